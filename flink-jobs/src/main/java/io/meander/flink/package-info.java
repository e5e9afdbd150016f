/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The Flink job: how operators, sources and sinks are put together, and the {@code main} that a
 * cluster starts. Import rule: everything but {@code serving} and {@code cli}; never MOA.
 */
package io.meander.flink;
