/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import picocli.CommandLine.Option;

/** Where Kafka is. */
final class KafkaAddress {

  /** Of an events topic that is created here. */
  static final int PARTITIONS = 4;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT[,...]",
      defaultValue = "localhost:9092",
      description = "Kafka's brokers (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers;

  String bootstrapServers() {
    return bootstrapServers;
  }
}
