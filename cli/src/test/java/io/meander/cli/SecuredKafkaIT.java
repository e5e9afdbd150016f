/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.cli.local.BrokerProperties;
import io.meander.cli.local.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command against a broker that lets in only who has its password (SASL/PLAIN). */
class SecuredKafkaIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root"), "examples", "flights");
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String PASSWORD = "open-sesame";

  @TempDir private static Path directory;

  private static KafkaRaftServer broker;
  private static String address;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    int port = LoopbackPorts.free();
    Properties properties = new Properties();
    try (var in =
        Files.newInputStream(BrokerProperties.prepare(directory.resolve("kafka"), port))) {
      properties.load(in);
    }
    properties.setProperty(
        "listeners",
        properties.getProperty("listeners").replace("PLAINTEXT://", "SASL_PLAINTEXT://"));
    properties.setProperty(
        "listener.security.protocol.map", "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.setProperty("security.inter.broker.protocol", "SASL_PLAINTEXT");
    properties.setProperty("sasl.enabled.mechanisms", "PLAIN");
    properties.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
    properties.setProperty(
        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
        login("broker", "b") + " user_broker=\"b\" user_meander=\"" + PASSWORD + "\";");
    broker = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    broker.startup();
    address = "127.0.0.1:" + port;
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.shutdown();
      broker.awaitShutdown();
    }
  }

  private static String login(String user, String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
        .formatted(user, password);
  }

  private static Path properties(String name, String password) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        """
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=PLAIN
        sasl.jaas.config=%s;
        """
            .formatted(login("meander", password)));
  }

  @Test
  void whoHasThePasswordIsLetInByEachCommandAndOthersAreTold() throws Exception {
    String spec = spec();
    Path right = properties("right.properties", PASSWORD);
    Path wrong = properties("wrong.properties", "guess");
    Object[] replay = {
      "replay",
      spec,
      "--events",
      EXAMPLE.resolve("flights.csv.gz"),
      "--limit",
      2000,
      "--create-topics"
    };

    Command without = Command.run(with(replay));
    assertThat(without.exitCode()).isEqualTo(1);
    assertThat(without.err()).contains("No Kafka broker answered", "--properties");
    Command refused = Command.run(with(replay, "--properties", wrong));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("Authentication failed");
    Path odd = Files.writeString(directory.resolve("odd"), "security.protocol=SASL_PLAINTXT\n");
    Command unusable = Command.run(with(replay, "--properties", odd));
    assertThat(unusable.exitCode()).isEqualTo(1);
    assertThat(unusable.err()).contains("--properties " + odd, "SASL_PLAINTXT");
    Command missing = Command.run(with(replay, "--properties", directory.resolve("none")));
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("none", "there is no such file");
    Command replayed = Command.run(with(replay, "--properties", right));
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();

    String said;
    try (MeanderProcess run = process("run", spec, right, "--web-port", "0")) {
      Path log = Path.of(run.awaitLine("Log:").replaceAll(".*Log:\\s*", ""));
      run.awaitLine("Learning from");
      try (MeanderProcess serve = process("serve", spec, right, "--port", "0")) {
        URI models =
            URI.create(
                serve.awaitLine("Predictions:").replaceAll(".*(http://.*)/v1.*", "$1/v1/models"));
        await().atMost(BOUND).until(() -> keys(models) > 3);
        serve.interrupt();
      }
      Command status =
          Command.run(with(new Object[] {"control", "status", spec}, "--properties", right));
      assertThat(status.out()).as(status.err()).contains("generation 1");
      Command list =
          Command.run(with(new Object[] {"snapshots", "list", spec}, "--properties", right));
      assertThat(list.exitCode()).as(list.err()).isZero();
      assertThat(list.out()).contains("ht*");
      said = run.interrupt() + Files.readString(log);
    }
    assertThat(said).doesNotContain(PASSWORD);
  }

  private static Object[] with(Object[] command, Object... more) {
    List<Object> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--bootstrap-servers", address));
    all.addAll(List.of(more));
    return all.toArray();
  }

  private static MeanderProcess process(
      String command, String spec, Path properties, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command, spec));
    arguments.addAll(
        List.of("--bootstrap-servers", address, "--properties", properties.toString()));
    arguments.addAll(List.of(more));
    return new MeanderProcess(directory, arguments.toArray(String[]::new));
  }

  private int keys(URI models) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(models).timeout(BOUND).build(),
            HttpResponse.BodyHandlers.ofString());
    return new JsonMapper().readTree(response.body()).get("keys").size();
  }

  /** The example with quick publications. */
  private static String spec() throws IOException {
    String text =
        Files.readString(EXAMPLE.resolve("pipeline.yaml"))
            .replace("instances: 1000, time: 30s", "instances: 500, time: 1s");
    Files.copy(EXAMPLE.resolve("flight.avsc"), directory.resolve("flight.avsc"));
    return Files.writeString(directory.resolve("pipeline.yaml"), text).toString();
  }
}
