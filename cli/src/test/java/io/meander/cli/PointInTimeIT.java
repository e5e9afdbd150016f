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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Delays are known when flights have landed: no answer, feature, baseline or figure of a backtest
 * of the example knows one before, against {@link NaiveFlights}.
 */
class PointInTimeIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");
  private static final String SLOT =
      """
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      evaluation: {window: %d}
      """;
  private static final int WINDOW = 500;
  private static final double ROUNDING = 1e-9;

  @TempDir Path folder;

  @Test
  void everyAnswerAndFigureKnowsTheFlightsThatHaveLandedAndNoOther() throws IOException {
    NaiveFlights naive = new NaiveFlights(flights(20_000));
    Path spec = spec(learningNothingElse(Files.readString(EXAMPLE.resolve("past.yaml"))));

    Path out = backtest(spec, EXAMPLE.resolve("flights.csv.gz"), naive.flights().size());

    assertAnswers(out, naive);
    assertFigures(out, naive);
    assertWindows(out, naive);
  }

  @Test
  void whatLandsLaterIsKnownLater() throws IOException {
    List<NaiveFlights.Flight> flights = flights(4000);
    int moved = 1000;
    NaiveFlights.Flight flight = flights.get(moved);
    long later = flight.landed() + Duration.ofHours(2).toMillis();
    flights.set(moved, flight.landing(flight.landed(), 150));
    List<NaiveFlights.Flight> changed = new ArrayList<>(flights);
    changed.set(moved, flight.landing(later, 150));
    NaiveFlights before = new NaiveFlights(flights);
    NaiveFlights after = new NaiveFlights(changed);
    Path spec =
        spec(
            learningNothingElse(Files.readString(EXAMPLE.resolve("past.yaml")))
                .replaceAll("known-at: .*", "known-at: {field: landed}")
                .replace(
                    "outcome: [arrival_delay_minutes]",
                    "outcome: [arrival_delay_minutes, landed]"));

    List<CSVRecord> first = assertAnswers(backtest(spec, file(flights), 4000), before);
    List<CSVRecord> second = assertAnswers(backtest(spec, file(changed), 4000), after);

    int between = 0;
    for (int i = 0; i < flights.size(); i++) {
      NaiveFlights.Flight other = flights.get(i);
      boolean same = !other.origin().equals(flight.origin()) || other.departure() < flight.landed();
      String votes = second.get(i).get("votes");
      if (same) {
        assertThat(votes).isEqualTo(first.get(i).get("votes"));
      } else if (other.departure() < later) {
        between++;
        assertThat(after.expected(i).late3h()).isLessThan(before.expected(i).late3h());
        assertThat(votes).isNotEqualTo(first.get(i).get("votes"));
        assertThat(trained(second.get(i))).isEqualTo(trained(first.get(i)) - 1);
      } else {
        assertThat(trained(second.get(i))).isEqualTo(trained(first.get(i)));
      }
    }
    assertThat(between).isGreaterThan(10);
  }

  private static List<CSVRecord> assertAnswers(Path out, NaiveFlights naive) throws IOException {
    List<CSVRecord> rows = rows(out.resolve("predictions.csv"));
    assertThat(rows).hasSameSizeAs(naive.flights());
    for (int i = 0; i < rows.size(); i++) {
      CSVRecord row = rows.get(i);
      NaiveFlights.Flight flight = naive.flights().get(i);
      NaiveFlights.Expected expected = naive.expected(i);
      assertThat(row.get("key")).isEqualTo(flight.origin());
      assertThat(trained(row)).as("row %d", i).isEqualTo(expected.known());
      assertThat(row.get("no_change")).as("row %d", i).isEqualTo(text(expected.noChange()));
      assertThat(row.get("votes"))
          .as("row %d: late_3h %s, late_recent %s", i, expected.late3h(), expected.lateRecent())
          .isEqualTo("no=%s;yes=%s".formatted(expected.votes()[0], expected.votes()[1]));
      assertThat(row.get("predicted")).isEqualTo(text(expected.predicted()));
      boolean labelled = naive.isLabelled(i);
      assertThat(row.get("label_outcome")).isEqualTo(labelled ? "in_time" : "pending");
      assertThat(row.get("label")).isEqualTo(labelled ? text(flight.label()) : "");
      assertThat(row.get("label_time"))
          .isEqualTo(labelled ? Instant.ofEpochMilli(flight.landed()).toString() : "");
    }
    return rows;
  }

  private static void assertFigures(Path out, NaiveFlights naive) throws IOException {
    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    List<Integer> labelled = naive.labelled();
    assertThat(metrics.get("labels").asInt()).isEqualTo(labelled.size()).isGreaterThan(15_000);
    assertThat(metrics.at("/label_outcomes/pending").asInt())
        .isEqualTo(naive.flights().size() - labelled.size())
        .isPositive();
    Confusion slot = confusion(naive, labelled, i -> naive.expected(i).predicted());
    Confusion noChange = confusion(naive, labelled, i -> naive.expected(i).noChange());
    Confusion majority = confusion(naive, labelled, i -> naive.expected(i).majority());
    for (String node : List.of("/slots/nb", "/served")) {
      slot.assertEquals(metrics.at(node));
      assertThat(metrics.at(node + "/kappa_temporal").asDouble())
          .isCloseTo(slot.above(noChange.accuracy()), within(ROUNDING));
    }
    noChange.assertEquals(metrics.at("/baselines/no_change"));
    majority.assertEquals(metrics.at("/baselines/majority"));
    double logLoss =
        labelled.stream()
            .mapToDouble(i -> naive.expected(i).votes()[naive.flights().get(i).label()])
            .map(vote -> -Math.log(Math.max(1e-15, vote)))
            .average()
            .orElseThrow();
    assertThat(metrics.at("/slots/nb/log_loss").asDouble()).isCloseTo(logLoss, within(ROUNDING));
  }

  private static void assertWindows(Path out, NaiveFlights naive) throws IOException {
    List<Integer> labelled = naive.labelled();
    int checked = 0;
    for (CSVRecord row : rows(out.resolve("windows.csv"))) {
      int from = Integer.parseInt(row.get("from"));
      int to = Integer.parseInt(row.get("to"));
      List<Integer> window = labelled.subList(from - 1, to);
      IntUnaryOperator predicted =
          switch (row.get("slot")) {
            case "no_change" -> i -> naive.expected(i).noChange();
            case "majority" -> i -> naive.expected(i).majority();
            default -> i -> naive.expected(i).predicted();
          };
      assertThat(Double.parseDouble(row.get("accuracy")))
          .isCloseTo(100 * confusion(naive, window, predicted).accuracy(), within(ROUNDING));
      assertThat(row.get("from_time")).isEqualTo(landed(naive, window.get(0)));
      assertThat(row.get("to_time")).isEqualTo(landed(naive, window.get(window.size() - 1)));
      checked++;
    }
    assertThat(checked).isEqualTo(4 * ((labelled.size() + WINDOW - 1) / WINDOW));
  }

  private static String landed(NaiveFlights naive, int flight) {
    return Instant.ofEpochMilli(naive.flights().get(flight).landed()).toString();
  }

  private static Confusion confusion(
      NaiveFlights naive, List<Integer> labelled, IntUnaryOperator predicted) {
    double[][] counts = new double[2][2];
    for (int i : labelled) {
      counts[predicted.applyAsInt(i)][naive.flights().get(i).label()]++;
    }
    return new Confusion(counts);
  }

  /** Counts by predicted class and label. */
  private record Confusion(double[][] counts) {

    double all() {
      return counts[0][0] + counts[0][1] + counts[1][0] + counts[1][1];
    }

    /** 0 to 1. */
    double accuracy() {
      return (counts[0][0] + counts[1][1]) / all();
    }

    /** Percent above an accuracy of so much. */
    double above(double accuracy) {
      return 100 * (accuracy() - accuracy) / (1 - accuracy);
    }

    void assertEquals(JsonNode figures) {
      double chance = 0;
      for (int c = 0; c < 2; c++) {
        chance += (counts[c][0] + counts[c][1]) / all() * ((counts[0][c] + counts[1][c]) / all());
      }
      assertThat(figures.get("instances").asDouble()).isEqualTo(all());
      assertThat(figures.get("accuracy").asDouble()).isCloseTo(100 * accuracy(), within(ROUNDING));
      assertThat(figures.get("kappa").asDouble()).isCloseTo(above(chance), within(ROUNDING));
    }
  }

  /** The example with one slot, of the flight's distance and of delays alone. */
  private static String learningNothingElse(String past) {
    return past.substring(0, past.indexOf("slots:"))
            .lines()
            .filter(line -> !line.contains("cyclic:") && !line.contains("hashed:"))
            .collect(Collectors.joining("\n", "", "\n"))
        + SLOT.formatted(WINDOW);
  }

  private Path spec(String text) throws IOException {
    return Files.writeString(folder.resolve("spec.yaml"), text);
  }

  private Path backtest(Path spec, Path events, int limit) throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    Command command =
        Command.run(
            "backtest",
            spec,
            "--events",
            events,
            "--limit",
            limit,
            "--parallelism",
            2,
            "--out",
            out);
    assertThat(command.exitCode()).as(command.err()).isZero();
    return out;
  }

  /** The example's first flights. */
  private static List<NaiveFlights.Flight> flights(int count) throws IOException {
    List<NaiveFlights.Flight> flights = new ArrayList<>();
    try (BufferedReader rows =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(EXAMPLE.resolve("flights.csv.gz"))),
                StandardCharsets.UTF_8))) {
      rows.readLine();
      for (int i = 0; i < count; i++) {
        String[] row = rows.readLine().split(",", -1);
        long departure = OffsetDateTime.parse(row[1]).toInstant().toEpochMilli();
        double miles = Double.parseDouble(row[4]);
        double delay = Double.parseDouble(row[5]);
        // As past.yaml says: half an hour, a minute for eight miles, and the delay.
        long landed = departure + (long) (60_000 * (30 + miles / 8 + delay));
        flights.add(new NaiveFlights.Flight(row[0], departure, row[2], miles, delay, landed));
      }
    }
    return flights;
  }

  private Path file(List<NaiveFlights.Flight> flights) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "scheduled_departure,origin,distance_miles,arrival_delay_minutes,landed\n");
    for (NaiveFlights.Flight flight : flights) {
      text.append(
          "%s,%s,%.0f,%.0f,%s%n"
              .formatted(
                  Instant.ofEpochMilli(flight.departure()),
                  flight.origin(),
                  flight.miles(),
                  flight.delay(),
                  Instant.ofEpochMilli(flight.landed())));
    }
    return Files.writeString(Files.createTempFile(folder, "flights", ".csv"), text);
  }

  private static List<CSVRecord> rows(Path file) throws IOException {
    try (CSVParser rows =
        CSVParser.parse(
            file,
            StandardCharsets.UTF_8,
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
      return rows.getRecords();
    }
  }

  private static long trained(CSVRecord row) {
    return Long.parseLong(row.get("trained_instances"));
  }

  private static String text(int label) {
    return label == NaiveFlights.YES ? "yes" : "no";
  }
}
