/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of several ages on the same events, of a stream whose concept turns round once. */
class DecayIT {

  private static final Instant FIRST = Instant.parse("2001-01-01T00:00:00Z");
  private static final int DAYS = 40;

  /** From here on the classes are the other way round. */
  private static final int TURN = 20;

  /** The test is of ten days. */
  private static final Instant START =
      FIRST.plus(Duration.ofHours(DAYS * 24 - 1)).minus(Duration.ofDays(10));

  private static final String SPEC =
      """
      name: turning
      events: {key: [k], time: {field: t}}
      label: {field: late, classes: ["no", "yes"]}
      features: [x]
      slots: [{id: hat, learner: trees.HoeffdingAdaptiveTree -g 50}]
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeEvents() throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder("t,k,x,late\n");
    for (int hour = 0; hour < DAYS * 24; hour++) {
      List<String> keys = new ArrayList<>(List.of("a", "b", "b"));
      if (hour >= 35 * 24) {
        keys.add("young");
      }
      for (String key : keys) {
        for (int i = 0; i < 3; i++) {
          double x = random.nextDouble();
          boolean late = x > 0.5 != hour >= TURN * 24;
          rows.append(FIRST.plus(Duration.ofHours(hour)))
              .append(String.format(Locale.ROOT, ",%s,%.4f,%s%n", key, x, late ? "yes" : "no"));
        }
      }
    }
    Files.writeString(folder.resolve("events.csv"), rows);
    Files.writeString(folder.resolve("spec.yaml"), SPEC);
  }

  @Test
  void anOldModelIsWorseAndATwinIsTheOneThatTheSpecWouldFreeze() throws IOException {
    Path out = folder.resolve("decay");
    Command run = backtest("spec.yaml", out, "--decay", "2d,25d", "--decay-test", "10d");
    assertThat(run.exitCode()).as(run.err()).isZero();

    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    JsonNode young = metrics.at("/decay/0");
    JsonNode old = metrics.at("/decay/1");
    assertThat(metrics.at("/decay_test/from").asText()).isEqualTo(START.toString());
    assertThat(metrics.at("/decay_test/keys_left_out").asInt()).isEqualTo(1);
    assertThat(metrics.at("/decay_test/left_out").asLong()).isEqualTo(5 * 24 * 3);
    // Hours 719 to 959 of the test, at 9 events of the keys that have twins.
    assertThat(young.get("instances").asLong()).isEqualTo(241 * 9);
    assertThat(old.get("instances").asLong()).isEqualTo(241 * 9);
    assertThat(young.get("age").asText()).isEqualTo("2d");
    assertThat(young.get("accuracy").asDouble()).isGreaterThan(90);
    assertThat(old.get("accuracy").asDouble()).isLessThan(20);
    assertThat(old.get("gap_low").isNull()).isTrue(); // fewer than ten blocks of labels
    assertThat(old.get("gap_kappa").asDouble()).isGreaterThan(100);
    assertThat(old.get("trained_instances").asLong()).isEqualTo((719 - 25 * 24) * 9);
    assertThat(metrics.get("slots").size()).isEqualTo(1);
    assertThat(run.out()).contains("age  ", "25d  ").doesNotContain("frozen@");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("\"decay_stretches\":[{\"predictor\":\"served\"", "id=\"decay-section\"");
    assertThat(Files.readAllLines(out.resolve("decay.csv"))).hasSize(1 + 11 * 3);

    for (int days : List.of(2, 25)) {
      Path single = folder.resolve("single" + days);
      Files.writeString(
          folder.resolve("frozen.yaml"),
          SPEC + "frozen: {at: %s}%n".formatted(START.minus(Duration.ofDays(days))));
      Command frozen = backtest("frozen.yaml", single, "--all-slots");
      assertThat(frozen.exitCode()).as(frozen.err()).isZero();
      assertThat(answers(out, "frozen@" + days + "d"))
          .hasSizeGreaterThan(2000)
          .isEqualTo(answers(single, "frozen"));
    }
  }

  @Test
  void saysWhatCannotBeCompared() throws IOException {
    Path out = folder.resolve("none");
    Files.writeString(folder.resolve("timeless.yaml"), SPEC.replace(", time: {field: t}", ""));

    assertThat(backtest("spec.yaml", out, "--decay", "35d", "--decay-test", "10d").err())
        .contains("--decay 35d is longer than the history", "29d after the first");
    assertThat(backtest("spec.yaml", out, "--decay", "1d", "--decay-test", "90d").err())
        .contains("--decay-test 90d leaves nothing to learn from");
    assertThat(backtest("spec.yaml", out, "--decay", "1d,24h").err()).contains("the age 24h twice");
    assertThat(backtest("spec.yaml", out, "--decay", "soon").err())
        .contains("'soon' is not a duration such as");
    assertThat(backtest("timeless.yaml", out, "--decay", "1d").err())
        .contains("--decay goes by event time");
    assertThat(out).doesNotExist();
  }

  private Command backtest(String spec, Path out, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "backtest",
                folder.resolve(spec),
                "--events",
                folder.resolve("events.csv"),
                "--out",
                out));
    if (!List.of(more).contains("--all-slots")) {
      arguments.add("--all-slots");
    }
    arguments.addAll(List.of(more));
    return Command.run(arguments.toArray());
  }

  /** A slot's answers, without its id. */
  private static List<String> answers(Path out, String slot) throws IOException {
    return Files.readAllLines(out.resolve("slots.csv")).stream()
        .filter(line -> line.contains("," + slot + ","))
        .map(line -> line.replace("," + slot + ",", ","))
        .toList();
  }
}
