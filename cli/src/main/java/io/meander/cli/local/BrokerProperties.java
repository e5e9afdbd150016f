/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * Settings of a Kafka broker and its controller (KRaft) as one node on 127.0.0.1, small enough to
 * run beside Flink, and its formatted directory. For the embedded broker and for one that is a
 * process of its own.
 */
public final class BrokerProperties {

  /** Also what one event or snapshot may weigh at most. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private BrokerProperties() {}

  /**
   * @param directory under which the broker stores everything
   * @param clients port for clients
   * @param controller port for the controller, another one
   */
  private static Properties of(Path directory, int clients, int controller) {
    Properties p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", "1");
    p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(clients, controller));
    p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.setProperty("log.dirs", logs(directory).toAbsolutePath().toString());

    // One node: nothing to replicate to.
    p.setProperty("default.replication.factor", "1");
    p.setProperty("min.insync.replicas", "1");
    p.setProperty("offsets.topic.replication.factor", "1");
    p.setProperty("offsets.topic.num.partitions", "1");
    p.setProperty("transaction.state.log.replication.factor", "1");
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("transaction.state.log.num.partitions", "2");
    p.setProperty("share.coordinator.state.topic.replication.factor", "1");
    p.setProperty("share.coordinator.state.topic.min.isr", "1");
    p.setProperty("share.coordinator.state.topic.num.partitions", "1");
    p.setProperty("group.initial.rebalance.delay.ms", "0");

    // As long as Flink's exactly-once sink asks for by default.
    p.setProperty("transaction.max.timeout.ms", Long.toString(Duration.ofHours(1).toMillis()));
    p.setProperty("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    p.setProperty("auto.create.topics.enable", "false");
    // Replayed history carries old times: retention by time would delete it at once.
    p.setProperty("log.retention.ms", "-1");

    // Small: it shares the machine with Flink.
    p.setProperty("num.network.threads", "2");
    p.setProperty("num.io.threads", "2");
    p.setProperty("background.threads", "2");
    p.setProperty("num.recovery.threads.per.data.dir", "1");
    p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    p.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
    return p;
  }

  /**
   * Writes {@code server.properties} and formats the directory, unless a broker of an earlier run
   * has left its own there, which is taken over. The controller gets a free port.
   *
   * @param clients port for clients
   * @return the file of the properties
   */
  public static Path prepare(Path directory, int clients) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("server.properties");
    try (var out = Files.newOutputStream(file)) {
      of(directory, clients, LoopbackPorts.freeBut(clients)).store(out, null);
    }
    if (Files.exists(logs(directory).resolve("meta.properties"))) {
      return file;
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] arguments = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    int exit;
    try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      exit = StorageTool.execute(arguments, out);
    }
    if (exit != 0) {
      throw new IOException(said.toString(StandardCharsets.UTF_8).strip());
    }
    return file;
  }

  private static Path logs(Path directory) {
    return directory.resolve("log");
  }
}
