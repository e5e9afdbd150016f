/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * From raw records to observations: decoding, key, id, event time, label, features; and what
 * becomes of records that do not fit. Import rule: {@code avro}, {@code features}, {@code models},
 * {@code spec} and Flink; no Kafka.
 */
package io.meander.flink.events;
