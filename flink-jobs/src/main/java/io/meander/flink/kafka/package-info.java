/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Kafka at both ends of the job: raw records in, Avro records out, and the topics themselves.
 * Import rule: the only package that names Kafka's classes, apart from the pipeline that uses it.
 */
package io.meander.flink.kafka;
