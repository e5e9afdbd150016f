/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.LoopbackPorts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 4, unit = TimeUnit.MINUTES)
class InterruptIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root"), "examples", "flights");
  private static final Duration BOUND = Duration.ofMinutes(1);

  @TempDir Path directory;

  @Test
  void endsADemoThatGoesOnLeavingNeitherPortsNorFiles() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    try (MeanderProcess demo =
        new MeanderProcess(temporary, "demo", "--rate", "200/s", "--port", "0")) {
      String webUi = demo.awaitLine("Flink's web UI: ").replace("Flink's web UI: ", "");
      demo.awaitLine("accuracy");

      String said = demo.interrupt();

      assertThat(said).contains("Stopping ...").doesNotContain("meander:");
      assertThat(LoopbackPorts.isFree(URI.create(webUi).getPort())).isTrue();
      try (Stream<Path> left = Files.list(temporary)) {
        assertThat(left.map(p -> p.getFileName().toString()))
            .allMatch(name -> name.startsWith("meander-logs-") || name.startsWith("hsperfdata"));
      }
    }
  }

  @Test
  void leavesNoProcessOfAClusterThatWasStarting() throws Exception {
    Path cluster = directory.resolve("cluster");
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    try (MeanderProcess start =
        new MeanderProcess(
            temporary,
            "cluster",
            "start",
            "--dir",
            cluster.toString(),
            "--web-port",
            "0",
            "--kafka-port",
            "0")) {
      start.awaitLine("Starting ...");

      assertThat(start.interrupt()).contains("Stopping ...").doesNotContain("meander:");
    }
    assertThat(Command.run("cluster", "status", "--dir", cluster).out())
        .contains("No cluster is started in");
    assertThat(
            ProcessHandle.allProcesses()
                .map(ProcessHandle::info)
                .map(info -> info.commandLine().orElse(""))
                .filter(line -> line.contains(cluster.toString())))
        .isEmpty();
  }

  @Test
  void goesOnFromTheKeptStateWhenRunAgain() throws Exception {
    Path state = directory.resolve("state");
    String spec = EXAMPLE.resolve("pipeline.yaml").toString();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      String kafka = broker.bootstrapServers();
      replay(spec, kafka, 500);
      try (MeanderProcess run = run(spec, kafka, state)) {
        run.awaitLine("State:          new");
        awaitPredictions(kafka, 500);

        assertThat(run.interrupt()).contains("State kept: file:");
      }
      replay(spec, kafka, 300);
      try (MeanderProcess run = run(spec, kafka, state)) {
        run.awaitLine("State:          goes on from file:");
        awaitPredictions(kafka, 800);

        assertThat(run.interrupt()).contains("State kept: file:");
      }
      assertThat(predictions(kafka, 801, Duration.ofSeconds(2))).isEqualTo(800);
    }
  }

  private MeanderProcess run(String spec, String kafka, Path state) throws Exception {
    return new MeanderProcess(
        directory,
        "run",
        spec,
        "--bootstrap-servers",
        kafka,
        "--state-dir",
        state.toString(),
        "--web-port",
        "0");
  }

  private static void replay(String spec, String kafka, int rows) {
    StringWriter said = new StringWriter();
    int exit =
        Meander.run(
            new String[] {
              "replay",
              spec,
              "--events",
              EXAMPLE.resolve("flights.csv.gz").toString(),
              "--bootstrap-servers",
              kafka,
              "--limit",
              Integer.toString(rows),
              "--create-topics"
            },
            new PrintWriter(said),
            new PrintWriter(said));
    assertThat(exit).as(said.toString()).isZero();
    assertThat(said.toString()).contains(rows + " rows of ");
  }

  private static void awaitPredictions(String kafka, int count) {
    assertThat(predictions(kafka, count, BOUND)).isEqualTo(count);
  }

  /** Reads until there are as many, or the time is over; returns how many there were. */
  private static int predictions(String kafka, int wanted, Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka,
                "group.id",
                "count-" + System.nanoTime(),
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("flight-delays-predictions"));
      int read = 0;
      while (read < wanted && System.nanoTime() < end) {
        read += consumer.poll(Duration.ofMillis(200)).count();
      }
      return read;
    }
  }
}
