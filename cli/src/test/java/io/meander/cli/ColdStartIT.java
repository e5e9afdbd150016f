/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that begin with the models of a parent that learns from a sample, through a backtest. */
class ColdStartIT {

  private static final Instant FIRST = Instant.parse("2001-01-01T00:00:00Z");
  private static final int EVENTS = 3000;
  private static final int FROZEN_AT = 2000;

  private static final String SPEC =
      """
      name: newcomers
      events: {key: [k], time: {field: t}}
      label: {field: late, classes: ["no", "yes"]}
      features: [x]
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      snapshots: {every: {instances: 50}}
      parent: {key: [], sample: 0.1}
      frozen: {at: %s}
      """
          .formatted(FIRST.plusSeconds(FROZEN_AT));

  @TempDir Path folder;

  @Test
  void theParentAnswersUntilTheFirstLabelAndTheAnswerSaysSo() throws IOException {
    Map<String, Integer> firstSeen = writeEvents();
    Path one = backtest("one", 1);
    Path three = backtest("three", 3);

    assertThat(three.resolve("predictions.csv"))
        .hasSameTextualContentAs(one.resolve("predictions.csv"));
    Map<String, Integer> seen = new HashMap<>();
    int byParent = 0;
    int row = 0;
    try (CSVParser rows =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(Files.newBufferedReader(one.resolve("predictions.csv")))) {
      for (CSVRecord answer : rows) {
        int before = seen.merge(answer.get("key"), 1, Integer::sum) - 1;
        long trained = Long.parseLong(answer.get("trained_instances"));
        if (before == 0 && row > EVENTS / 2) {
          byParent++;
          assertThat(answer.get("parent_key")).isEqualTo("all");
          // A tenth of the events so far, in publications of 50.
          assertThat(trained % 50).isZero();
          assertThat(trained).isBetween(50L, row / 8L);
        } else if (before > 0) {
          assertThat(answer.get("parent_key")).isEmpty();
          assertThat(trained).isEqualTo(before);
        }
        if (before > 0 && firstSeen.get(answer.get("key")) > EVENTS / 2) {
          assertThat(answer.get("incarnation")).isEqualTo("2");
        }
        row++;
      }
    }
    assertThat(row).isEqualTo(EVENTS);
    assertThat(byParent).isGreaterThan(20);

    JsonNode keys =
        new ObjectMapper().readTree(one.resolve("metrics.json").toFile()).get("frozen_keys");
    long later = firstSeen.values().stream().filter(first -> first >= FROZEN_AT).count();
    assertThat(keys.get("born_later").asLong()).isEqualTo(later).isPositive();
    assertThat(keys.get("with_twin").asLong() + keys.get("not_frozen").asLong())
        .isEqualTo(firstSeen.size() - later);
    assertThat(keys.get("with_twin").asLong()).isPositive();
  }

  /** One event a second, new keys all along; returns each key's first row. */
  private Map<String, Integer> writeEvents() throws IOException {
    Map<String, Integer> firstSeen = new HashMap<>();
    Random random = new Random(3);
    StringBuilder rows = new StringBuilder("t,k,x,late\n");
    for (int i = 0; i < EVENTS; i++) {
      String key = "k" + random.nextInt(5 + i / 40);
      firstSeen.putIfAbsent(key, i);
      double x = random.nextDouble();
      rows.append(FIRST.plusSeconds(i))
          .append(String.format(Locale.ROOT, ",%s,%.4f,%s%n", key, x, x > 0.5 ? "yes" : "no"));
    }
    Files.writeString(folder.resolve("events.csv"), rows);
    Files.writeString(folder.resolve("spec.yaml"), SPEC);
    return firstSeen;
  }

  private Path backtest(String name, int parallelism) {
    Path out = folder.resolve(name);
    Command run =
        Command.run(
            "backtest",
            folder.resolve("spec.yaml"),
            "--events",
            folder.resolve("events.csv"),
            "--parallelism",
            parallelism,
            "--out",
            out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return out;
  }
}
