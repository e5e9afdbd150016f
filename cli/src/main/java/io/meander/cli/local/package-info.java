/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Kafka and Flink inside this process, for the demo, for backtests and for running a pipeline
 * without a cluster. Everything listens on 127.0.0.1 only and leaves nothing running when closed.
 *
 * <p>May see Flink, Kafka and the JDK; nothing of Meander but this package.
 */
package io.meander.cli.local;
