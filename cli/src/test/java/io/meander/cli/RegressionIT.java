/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A regression from the file to the files: the arrival delay of the example's flights. */
class RegressionIT {

  private static final Path FLIGHTS =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");

  @TempDir Path folder;

  @Test
  void writesTheFiguresOfItsTaskTheSameAtAnyParallelism() throws IOException {
    Path spec = FLIGHTS.resolve("delay-minutes.yaml");
    Path one = run(spec, "one", "--parallelism", 1);
    Path three = run(spec, "three", "--parallelism", 3);

    for (String file :
        List.of("predictions.csv", "drift.csv", "keys.csv", "windows.csv", "slices.csv")) {
      assertThat(one.resolve(file)).hasSameTextualContentAs(three.resolve(file));
    }
    JsonNode metrics = new ObjectMapper().readTree(one.resolve("metrics.json").toFile());
    assertThat(metrics.at("/task").asText()).isEqualTo("regression");
    assertThat(metrics.at("/slots/rules").has("accuracy")).isFalse();
    assertThat(metrics.at("/slots/rules/mae").isNumber()).isTrue();
    assertThat(metrics.at("/baselines").fieldNames())
        .toIterable()
        .containsExactly("no_change", "mean");
    assertThat(metrics.at("/baselines/mean/r2").asDouble()).isCloseTo(0, within(1e-9));
    assertThat(metrics.at("/comparisons/0/mae").has("low")).isTrue();

    double errors = 0;
    double squares = 0;
    double noChange = 0;
    long labels = 0;
    for (CSVRecord row : rows(one.resolve("predictions.csv"))) {
      assertThat(row.get("votes")).isEqualTo(row.get("predicted"));
      if (!row.get("label").isEmpty()) {
        double label = Double.parseDouble(row.get("label"));
        double error = label - Double.parseDouble(row.get("predicted"));
        errors += Math.abs(error);
        squares += error * error;
        noChange += Math.abs(label - Double.parseDouble(row.get("no_change")));
        labels++;
      }
    }
    assertThat(metrics.at("/labels").asLong()).isEqualTo(labels).isPositive();
    assertThat(metrics.at("/served/mae").asDouble()).isCloseTo(errors / labels, within(1e-9));
    assertThat(metrics.at("/served/rmse").asDouble())
        .isCloseTo(Math.sqrt(squares / labels), within(1e-9));
    assertThat(metrics.at("/baselines/no_change/mae").asDouble())
        .isCloseTo(noChange / labels, within(1e-9));

    assertThat(Files.readAllLines(one.resolve("keys.csv")).get(0))
        .isEqualTo(
            "key,slot,instances,mae,rmse,r2,drifts,warnings,model_bytes,faded_mae,faded_rmse");
    assertThat(Files.readAllLines(one.resolve("windows.csv")).get(0))
        .isEqualTo(
            "slot,window,from,to,instances,mae,rmse,r2,from_time,to_time,faded_mae,faded_rmse");
    assertThat(Files.readString(one.resolve("report.html"))).contains("\"lead\":\"mae\"");
  }

  @Test
  void ranksAGridByTheAbsoluteErrorAndComparesAges() throws IOException {
    Path spec = FLIGHTS.resolve("delay-minutes.yaml");

    Path out = run(spec, "grid", "--grid", "tree: -g 50,500");

    List<CSVRecord> ranked = rows(out.resolve("grid.csv"));
    assertThat(ranked).extracting(row -> Double.parseDouble(row.get("mae"))).isSorted().hasSize(3);
    assertThat(Double.parseDouble(ranked.get(2).get("mae_behind"))).isNotNegative();

    out = run(spec, "decay", "--decay", "1d", "--decay-test", "1d");
    JsonNode decay = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(decay.at("/decay/0/gap_mae").asDouble())
        .isCloseTo(
            decay.at("/decay/0/mae").asDouble() - decay.at("/decay/0/live_mae").asDouble(),
            within(1e-9));
  }

  @Test
  void refusesToRankByAFigureOfClasses() {
    Command command =
        Command.run(
            "backtest",
            FLIGHTS.resolve("delay-minutes.yaml"),
            "--events",
            FLIGHTS.resolve("flights.csv.gz"),
            "--rank-by",
            "kappa",
            "--out",
            folder.resolve("out"));

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).contains("--rank-by must be mae, rmse or r2, not kappa");
  }

  private Path run(Path spec, String name, Object... options) {
    Path out = folder.resolve(name);
    List<Object> arguments =
        new java.util.ArrayList<>(
            List.of(
                "backtest",
                spec,
                "--events",
                FLIGHTS.resolve("flights.csv.gz"),
                "--limit",
                20_000,
                "--out",
                out));
    arguments.addAll(List.of(options));
    Command command = Command.run(arguments.toArray());
    assertThat(command.exitCode()).as(command.err()).isZero();
    return out;
  }

  private static List<CSVRecord> rows(Path file) throws IOException {
    try (CSVParser rows =
        CSVParser.parse(
            file,
            java.nio.charset.StandardCharsets.UTF_8,
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
      return rows.getRecords();
    }
  }
}
