/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.serving.PublishedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {

  private static final int EVENTS = 5000;

  @TempDir Path folder;

  @Test
  void learnsThroughKafkaWhatABacktestLearnsFromTheFile() throws Exception {
    Path demo = folder.resolve("demo");
    Path backtest = folder.resolve("backtest");
    Path flights = Path.of(System.getProperty("meander.root"), "examples", "flights");

    Command live =
        Command.run("demo", "--headless", "--events", EVENTS, "--port", 0, "--out", demo);
    Command offline =
        Command.run(
            "backtest",
            flights.resolve("pipeline.yaml"),
            "--events",
            flights.resolve("flights.csv.gz"),
            "--limit",
            EVENTS,
            "--out",
            backtest);

    assertThat(live.exitCode()).as(live.err()).isZero();
    assertThat(offline.exitCode()).as(offline.err()).isZero();
    assertThat(live.out()).contains("ptimistic");
    assertThat(live.err()).contains("http://127.0.0.1:");
    assertThat(answers(demo)).isEqualTo(answers(backtest)).hasSize(EVENTS + 1);
    assertThat(Files.readAllLines(demo.resolve("drift.csv")))
        .isEqualTo(Files.readAllLines(backtest.resolve("drift.csv")));
    JsonNode metrics = new ObjectMapper().readTree(demo.resolve("metrics.json").toFile());
    assertThat(metrics.at("/events").asInt()).isEqualTo(EVENTS);
    assertThat(metrics.at("/rejects").asInt()).isZero();
    for (String file :
        new TreeSet<>(List.of("keys.csv", "slices.csv", "windows.csv", "report.html"))) {
      assertThat(demo.resolve(file)).isNotEmptyFile();
    }
    PublishedModel model = PublishedModel.read(demo.resolve("models/MEM/ht.snapshot"));
    assertThat(model.snapshot().getTrainedInstances()).isPositive();
  }

  /** Each event's answer, without the snapshot version, which depends on the clock. */
  private static List<String> answers(Path results) throws IOException {
    return Files.readAllLines(results.resolve("predictions.csv")).stream()
        .map(
            line -> {
              String[] cells = line.split(",", -1);
              cells[12] = "";
              return String.join(",", cells);
            })
        .toList();
  }
}
