/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What keeping models safe costs: the learning operator on RocksDB beside plain MOA, a value state
 * per event, and a cache that rewrites whole models before the barrier. Flink's operator harness
 * and MOA's types may be used here.
 */
package io.meander.bench.state;
