/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What crosses an edge between operators, as bytes. Import rule: Flink's type system, the records
 * of {@code avro} and {@code online-models}; no operator.
 */
package io.meander.flink.wire;
