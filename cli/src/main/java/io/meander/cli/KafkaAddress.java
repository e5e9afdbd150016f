/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.flink.KafkaOptions;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** Where Kafka is, and what its clients need to be let in. */
final class KafkaAddress {

  /** Of an events topic that is created here. */
  static final int PARTITIONS = 4;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT[,...]",
      defaultValue = "localhost:9092",
      description = "Kafka's brokers (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers;

  @Option(
      names = "--properties",
      paramLabel = "FILE",
      description =
          "Properties for every Kafka client, such as security.protocol and sasl.jaas.config.")
  private Path properties;

  /** Without properties. */
  static KafkaAddress of(String bootstrapServers) {
    KafkaAddress address = new KafkaAddress();
    address.bootstrapServers = bootstrapServers;
    return address;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** As they are written in a command, for advice. */
  @Override
  public String toString() {
    return "--bootstrap-servers " + bootstrapServers + withProperties();
  }

  /** The option as it is written, after a space; empty without it. */
  String withProperties() {
    return properties == null ? "" : " --properties " + properties;
  }

  /**
   * What every client needs.
   *
   * @throws CommandFailure if the file cannot be read
   */
  Properties clientProperties() {
    Properties client = new Properties();
    client.putAll(clientProperties(Map.of()));
    return client;
  }

  /**
   * As {@link #clientProperties()}, with what one client needs besides; that wins over the file.
   */
  Map<String, Object> clientProperties(Map<String, Object> own) {
    Map<String, Object> client = new HashMap<>(ofFile());
    client.put("bootstrap.servers", bootstrapServers);
    client.putAll(own);
    return client;
  }

  /** What a job of this pipeline needs, from its committed offsets on. */
  KafkaOptions ofJob(String pipeline) {
    return new KafkaOptions(
        bootstrapServers,
        KafkaOptions.defaultGroup(pipeline),
        KafkaOptions.Start.COMMITTED,
        ofFile());
  }

  private Map<String, String> ofFile() {
    Map<String, String> map = new HashMap<>();
    if (properties == null) {
      return map;
    }
    Properties file = new Properties();
    try (Reader in = Files.newBufferedReader(properties)) {
      file.load(in);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(
          "--properties names '%s', and there is no such file.".formatted(properties), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          "--properties: '%s' cannot be read as a file of properties: %s"
              .formatted(properties, e.getMessage()),
          e);
    }
    file.stringPropertyNames().forEach(name -> map.put(name, file.getProperty(name)));
    return map;
  }
}
