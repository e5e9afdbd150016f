/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The gate that control commands pass: checked, numbered, made into a complete deployment. Import
 * rule: {@code avro}, {@code models}, {@code spec}, the events package's rejects and Flink; no
 * Kafka.
 */
package io.meander.flink.control;
