/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What a cluster has on disk: {@code conf}, {@code log}, {@code kafka} with the broker's topics,
 * {@code checkpoints}, {@code savepoints}, {@code tmp}, and {@code cluster.json}, which says what
 * runs. Topics and savepoints outlive the processes.
 */
final class ClusterFolder {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final Path root;

  ClusterFolder(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /**
   * What was started.
   *
   * @param webUi address of Flink's web UI and REST interface
   */
  record Started(String webUi, String bootstrapServers, List<ClusterProcess> processes) {}

  Path root() {
    return root;
  }

  Path conf() {
    return root.resolve("conf");
  }

  Path logConfiguration() {
    return conf().resolve("log4j2.properties");
  }

  Path log(String process) {
    return root.resolve("log").resolve(process + ".log");
  }

  /** What a process prints, mostly when it cannot start. */
  Path out(String process) {
    return root.resolve("log").resolve(process + ".out");
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  Path of(String name) {
    return root.resolve(name);
  }

  /** What was started last and not stopped since. */
  Optional<Started> read() throws IOException {
    Path file = record();
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Started.class))
        : Optional.empty();
  }

  void write(Started started) throws IOException {
    Path next = root.resolve("cluster.json.next");
    JSON.writeValue(next.toFile(), started);
    Files.move(next, record(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  void forget() throws IOException {
    Files.deleteIfExists(record());
  }

  private Path record() {
    return root.resolve("cluster.json");
  }
}
