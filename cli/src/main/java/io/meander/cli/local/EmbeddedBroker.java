/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import io.meander.flink.kafka.PartitionLeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker and its controller (KRaft) as one node in this process. It listens on 127.0.0.1
 * only, keeps all it stores under the given directory, and when closed leaves no thread behind but
 * the idle daemon threads of Kafka's process-wide metrics registry.
 *
 * <p>Used by one thread; clients connect from anywhere in this machine.
 */
public final class EmbeddedBroker implements AutoCloseable {

  /** How long one administrative request may take. */
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration BROKEN_STOP_TIMEOUT = Duration.ofSeconds(3);

  /** Whether Kafka has given up; as its way of ending the process is, for all of the process. */
  private static final AtomicBoolean BROKEN = new AtomicBoolean();

  private final String bootstrapServers;
  private final KafkaRaftServer server;

  private EmbeddedBroker(String bootstrapServers, KafkaRaftServer server) {
    this.bootstrapServers = bootstrapServers;
    this.server = server;
  }

  /**
   * Starts a broker and waits until it answers.
   *
   * @param directory made if missing; a broker's directory of an earlier run is taken over
   * @param port 0 for any free one
   * @throws EmbeddedException if the port is used, the directory cannot be written, or the broker
   *     does not come up
   */
  public static EmbeddedBroker start(Path directory, int port) throws EmbeddedException {
    if (port != 0 && !LoopbackPorts.isFree(port)) {
      throw new EmbeddedException(
          "Port %d on 127.0.0.1 is in use, so the broker cannot listen there. Give another port, or 0 for any free one."
              .formatted(port));
    }
    Exit.setHaltProcedure(EmbeddedBroker::endProcess);
    Exit.setExitProcedure(EmbeddedBroker::endProcess);
    KafkaRaftServer server = null;
    try {
      int clients = port == 0 ? LoopbackPorts.free() : port;
      Properties properties = new Properties();
      try (var in = Files.newInputStream(BrokerProperties.prepare(directory, clients))) {
        properties.load(in);
      }
      server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
      server.startup();
      return new EmbeddedBroker(LoopbackPorts.HOST + ":" + clients, server);
    } catch (IOException | RuntimeException e) {
      stop(server);
      throw new EmbeddedException(
          "The embedded Kafka broker did not start in %s: %s".formatted(directory, Causes.root(e)),
          e);
    }
  }

  /** As Kafka's clients want it: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Creates topics and waits until they take records.
   *
   * @throws EmbeddedException if one of them exists or is refused
   */
  public void createTopics(Collection<NewTopic> topics) throws EmbeddedException {
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client)) {
      CreateTopicsResult created = admin.createTopics(topics);
      for (NewTopic topic : topics) {
        PartitionLeaders.await(admin, created, topic.name(), ADMIN_TIMEOUT);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new EmbeddedException(
          "The embedded broker did not create its topics: " + Causes.root(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("Interrupted while the embedded broker created topics.", e);
    }
  }

  /** Stops the broker and waits, at most half a minute, until it has stopped. May be repeated. */
  @Override
  public void close() {
    stop(server);
  }

  private static void stop(KafkaRaftServer server) {
    if (server == null) {
      return;
    }
    // On a thread of its own: a broker whose disk is full may not come to an end.
    Thread stopping =
        new Thread(
            () -> {
              server.shutdown();
              server.awaitShutdown();
            },
            "stop-broker");
    stopping.setDaemon(true);
    stopping.start();
    try {
      stopping.join((BROKEN.get() ? BROKEN_STOP_TIMEOUT : STOP_TIMEOUT).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Kafka ends the process when it cannot go on, most often because the disk is full. Here it says
   * so and lets the shutdown hooks clean up first.
   */
  private static void endProcess(int status, String message) {
    if (BROKEN.getAndSet(true)) {
      return;
    }
    System.err.printf(
        "%nThe embedded Kafka broker cannot go on%s. Is the disk full? Its log says more.%n",
        message == null ? "" : " (" + message + ")");
    Thread exit = new Thread(() -> System.exit(1), "exit");
    exit.setDaemon(true);
    exit.start();
  }
}
