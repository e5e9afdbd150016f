/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Figures over all keys, added up inside the job: each learning task counts its own, one task
 * merges them. Import rule: {@code avro}, {@code models}, the wire formats and Flink; no Kafka.
 */
package io.meander.flink.evaluation;
