/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that come after their events, through the whole of a backtest. */
class LateLabelsIT {

  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path FLIGHTS = ROOT.resolve("examples/flights/flights.csv.gz");

  /** Labels come just before the hundredth event after their own. */
  private static final int DELAY = 100;

  @TempDir Path folder;

  @Test
  void givesMoasFiguresForDelayedLabelsFromAFileOfTheirOwn() throws IOException {
    electricity();
    Path spec = labelsApart();

    JsonNode metrics = backtest(spec, "--labels", folder.resolve("labels.csv"));

    // EvaluatePrequentialDelayed -k 100
    assertThat(metrics.at("/slots/ht/accuracy").asDouble()).isCloseTo(75.15, within(1e-9));
    assertThat(metrics.at("/slots/ht/kappa").asDouble()).isCloseTo(48.176, within(0.0005));
    assertThat(metrics.at("/label_outcomes/in_time").asLong()).isEqualTo(2000);
    // Every label came 99,999 ms after its event.
    JsonNode latency = metrics.get("verification_latency_seconds");
    assertThat(latency.get("count").asLong()).isEqualTo(2000);
    assertThat(latency.get("p50").asDouble()).isCloseTo(99.999, within(0.1));
    assertThat(latency.get("max").asDouble()).isCloseTo(99.999, within(0.1));
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("\"latencies\":[{\"from\":")
        .doesNotContainPattern("/\\*[A-Z.]+\\*/");
  }

  @Test
  void givesTheSameWhereTheLabelsAreInsideAndKnownLater() throws IOException {
    electricity();
    Path spec =
        write(
            "spec.yaml",
            """
            name: electricity
            events: {time: {field: t}}
            label: {field: class, classes: ["0", "1"], known-at: {after: 99999ms}}
            features: {all-but: [t]}
            slots: [{id: ht, learner: trees.HoeffdingTree}]
            """);

    JsonNode pending = backtest(spec);
    assertThat(pending.at("/label_outcomes/pending").asLong()).isEqualTo(DELAY);
    assertThat(pending.at("/labels").asLong()).isEqualTo(2000 - DELAY);
    JsonNode resolved = backtest(spec, "--resolve-pending");
    assertThat(resolved.at("/label_outcomes/pending").asLong()).isZero();
    assertThat(resolved.at("/slots/ht/accuracy").asDouble()).isCloseTo(75.15, within(1e-9));
  }

  @Test
  void theOrderOfArrivalIsAFieldOfBothFiles() throws IOException {
    electricity();
    Path spec = labelsApart();
    Path labels = folder.resolve("labels.csv");

    Command alone = run(spec, "--arrived", "t");
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(alone.err()).contains("a file of events alone has its own");
    Command unknown = run(spec, "--labels", labels, "--arrived", "tt");
    assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(2);
    assertThat(unknown.err()).contains("--arrived: ").contains("'tt'");
    Command ofOne = run(spec, "--labels", labels, "--arrived", "t");
    assertThat(ofOne.exitCode()).as("labels have no such field").isEqualTo(2);
    assertThat(ofOne.err()).contains("'t'").contains("known");
  }

  @Test
  void everyLabelHasOneOutcomeAndTheFilesAreTheSameAtAnyParallelism() throws IOException {
    flightLabels(8000);
    Path spec =
        write(
            "flights.yaml",
            """
            name: flights
            events: {key: [origin], id: flight_id,
                     time: {field: scheduled_departure, out-of-orderness: 0s}}
            label: {topic: landings, key: [from], id: flight, field: late, classes: ["no", "yes"],
                    time: {field: landed}, wait: 3h, otherwise: "no",
                    outcome: [arrival_delay_minutes]}
            features: [distance_miles, {name: to, hashed: destination, buckets: 16}]
            slots: [{id: nb, learner: bayes.NaiveBayes}]
            evaluation: {window: 100}
            """);

    JsonNode one = flights(spec, 1);
    JsonNode three = flights(spec, 3);

    Map<String, Long> outcomes = new TreeMap<>();
    one.at("/label_outcomes")
        .properties()
        .forEach(e -> outcomes.put(e.getKey(), e.getValue().asLong()));
    assertThat(outcomes.get("in_time")).isGreaterThan(4000);
    assertThat(outcomes.get("never")).isGreaterThan(1000);
    assertThat(outcomes.get("late")).isGreaterThan(100);
    assertThat(
            outcomes.get("in_time")
                + outcomes.get("early")
                + outcomes.get("never")
                + outcomes.get("pending"))
        .isEqualTo(8000);
    assertThat(one.at("/labels").asLong()).isEqualTo(8000 - outcomes.get("pending"));
    assertThat(three.at("/label_outcomes")).isEqualTo(one.at("/label_outcomes"));
    for (String file : List.of("predictions.csv", "keys.csv", "windows.csv", "drift.csv")) {
      assertThat(folder.resolve("3").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("1").resolve(file));
    }

    // The same labels without their key, which is found by their id.
    Path byId =
        write(
            "by-id.yaml", Files.readString(spec).replace("key: [from], id", "resolve: by-id, id"));
    JsonNode resolved = flights(byId, 2);
    assertThat(resolved.at("/label_outcomes")).isEqualTo(one.at("/label_outcomes"));
    assertThat(folder.resolve("2/predictions.csv"))
        .hasSameBinaryContentAs(folder.resolve("1/predictions.csv"));
  }

  @Test
  void whatIsGivenUpForWantOfRoomOrWithItsKeyIsTheSameAtAnyParallelismAndAddsUp()
      throws IOException {
    flightLabels(8000);
    Path spec =
        write(
            "tight.yaml",
            """
            name: flights
            events: {key: [origin], id: flight_id,
                     time: {field: scheduled_departure, out-of-orderness: 0s}}
            label: {topic: landings, key: [from], id: flight, field: late, classes: ["no", "yes"],
                    time: {field: landed}, wait: 12h, max-waiting-per-key: 6, max-waiting: 60,
                    outcome: [arrival_delay_minutes]}
            features: [distance_miles]
            slots: [{id: nb, learner: bayes.NaiveBayes}]
            expire-after: 6h
            """);

    JsonNode one = flights(spec, 1);
    JsonNode three = flights(spec, 3);

    assertThat(one.at("/never_by/max_waiting_per_key").asLong()).isPositive();
    assertThat(one.at("/never_by/max_waiting").asLong()).isPositive();
    assertThat(one.at("/never_by/expire_after").asLong()).isPositive();
    long never = 0;
    for (JsonNode count : one.at("/never_by")) {
      never += count.asLong();
    }
    JsonNode outcomes = one.at("/label_outcomes");
    assertThat(never).isEqualTo(outcomes.at("/never").asLong());
    assertThat(
            outcomes.at("/in_time").asLong()
                + outcomes.at("/early").asLong()
                + never
                + outcomes.at("/pending").asLong())
        .isEqualTo(8000);
    assertThat(outcomes.at("/pending").asLong()).isLessThanOrEqualTo(60);
    assertThat(outcomes.at("/unmatched").asLong()).isPositive();
    assertThat(three.at("/label_outcomes")).isEqualTo(outcomes);
    assertThat(three.at("/never_by")).isEqualTo(one.at("/never_by"));
    for (String file : List.of("predictions.csv", "keys.csv", "windows.csv")) {
      assertThat(folder.resolve("3").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("1").resolve(file));
    }
    // No label, no time of one; but a reason.
    assertThat(folder.resolve("1/predictions.csv"))
        .content()
        .containsPattern(",,,never,[^\\n]*,max-waiting\\n")
        .containsPattern(",,,never,[^\\n]*,max-waiting-per-key\\n")
        .containsPattern(",,,never,[^\\n]*,expire-after\\n");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    electricity();
    Path late =
        write(
            "late.yaml",
            """
            name: electricity
            events: {time: {field: t}}
            label: {topic: labels, id: id, field: class, classes: ["0", "1"]}
            slots: [{id: ht, learner: trees.HoeffdingTree}]
            """);
    Path inside =
        write(
            "inside.yaml",
            """
            name: electricity
            label: {field: class, classes: ["0", "1"]}
            slots: [{id: ht, learner: trees.HoeffdingTree}]
            """);
    Path labels = folder.resolve("labels.csv");

    assertThat(run(late, "--labels", labels).err()).contains("events.time and label.time");
    assertThat(run(inside, "--labels", labels).err()).contains("set label.topic");
  }

  private JsonNode flights(Path spec, int parallelism) throws IOException {
    Path out = folder.resolve(Integer.toString(parallelism));
    Command command =
        Command.run(
            "backtest",
            spec,
            "--events",
            FLIGHTS,
            "--labels",
            folder.resolve("landings.csv"),
            "--limit",
            8000,
            "--parallelism",
            parallelism,
            "--out",
            out);
    assertThat(command.exitCode()).as(command.err()).isZero();
    return new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
  }

  private JsonNode backtest(Path spec, Object... more) throws IOException {
    Command command = run(spec, more);
    assertThat(command.exitCode()).as(command.err()).isZero();
    return new ObjectMapper().readTree(folder.resolve("out/metrics.json").toFile());
  }

  private Command run(Path spec, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "backtest",
                spec,
                "--events",
                folder.resolve("events.csv"),
                "--out",
                folder.resolve("out")));
    arguments.addAll(List.of(more));
    return Command.run(arguments.toArray());
  }

  /** The spec of electricity with its labels in a file of their own. */
  private Path labelsApart() throws IOException {
    return write(
        "spec.yaml",
        """
        name: electricity
        events: {time: {field: t}}
        label: {topic: labels, id: id, field: class, classes: ["0", "1"],
                time: {field: known}, wait: 1d}
        features: {all-but: [t]}
        slots: [{id: ht, learner: trees.HoeffdingTree}]
        """);
  }

  /** Events a second apart, and their labels as rows of their own. */
  private void electricity() throws IOException {
    Path file = ROOT.resolve("../shared/data/electricity_tiny.arff");
    Assumptions.assumeTrue(
        Files.exists(file), () -> "skipped: reference file " + file + " is not there");
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("@") && !line.startsWith("%")) {
        rows.add(line);
      }
    }
    StringBuilder events =
        new StringBuilder("t,period,nswprice,nswdemand,vicprice,vicdemand,transfer,class\n");
    StringBuilder labels = new StringBuilder("id,known,class\n");
    for (int i = 0; i < rows.size(); i++) {
      String label = rows.get(i).substring(rows.get(i).lastIndexOf(',') + 1);
      events.append("%d,%s%n".formatted(1000L * i, rows.get(i)));
      labels.append("%d,%d,%s%n".formatted(i, 1000L * (i + DELAY) - 1, label));
    }
    write("events.csv", events.toString());
    write("labels.csv", labels.toString());
  }

  /** When a flight lands it is known whether it is late; one in ten never says so. */
  private void flightLabels(int count) throws IOException {
    List<Landing> landings = new ArrayList<>();
    try (BufferedReader rows =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FLIGHTS)), StandardCharsets.UTF_8))) {
      rows.readLine();
      for (int i = 0; i < count; i++) {
        String[] row = rows.readLine().split(",", -1);
        if (i % 10 == 3 || row[5].isEmpty()) {
          continue;
        }
        long minutes = 30 + Long.parseLong(row[4]) / 8 + Long.parseLong(row[5]);
        landings.add(
            new Landing(
                OffsetDateTime.parse(row[1]).plus(Duration.ofMinutes(minutes)),
                row[2] + "," + row[0] + "," + (Long.parseLong(row[5]) > 15 ? "yes" : "no")));
      }
    }
    landings.sort(Comparator.comparing((Landing landing) -> landing.time().toInstant()));
    StringBuilder text = new StringBuilder("landed,from,flight,late\n");
    landings.forEach(l -> text.append(l.time()).append(',').append(l.rest()).append('\n'));
    write("landings.csv", text.toString());
  }

  private record Landing(OffsetDateTime time, String rest) {}

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
