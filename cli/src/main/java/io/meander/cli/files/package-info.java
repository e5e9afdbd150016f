/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Data files as event streams: CSV, ARFF and Avro, plain or gzipped. May import Avro, flink-jobs
 * and below, and Flink's source interfaces.
 */
package io.meander.cli.files;
