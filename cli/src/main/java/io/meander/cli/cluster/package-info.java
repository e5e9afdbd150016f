/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * A Flink cluster and a Kafka broker as processes of this machine, from Maven's jars. Import rule:
 * {@code cli.local}, Flink, Kafka's admin client and Jackson; no other part of the command.
 */
package io.meander.cli.cluster;
