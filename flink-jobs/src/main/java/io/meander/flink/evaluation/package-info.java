/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Figures of everything, of keys and of slices, added up inside the job: each learning task counts
 * its own, one task merges those of everything, keyed state those of keys and slices. Import rule:
 * {@code avro}, {@code models}, the wire formats and Flink; no Kafka.
 */
package io.meander.flink.evaluation;
