/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.UnfitEventException;
import io.meander.features.expression.Expression;
import io.meander.flink.RawRecord;
import io.meander.flink.RawRecord.Kind;
import io.meander.flink.TestPipelines;
import io.meander.flink.events.ArrivalReader;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.zip.GZIPInputStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real flights whose labels are known when they land: departure, half an hour, 8 miles a minute,
 * and the delay. A feature over an airport's labels sees a flight from its landing on and never
 * before, whatever the label says and whenever it comes.
 */
class LandingsTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");
  private static final int FLIGHTS = 2500;
  private static final long HOURS_2 = Duration.ofHours(2).toMillis();

  private static final String YAML =
      """
      name: landings
      events: {schema: flight.avsc, key: [origin], id: flight_id,
               time: {field: scheduled_departure, out-of-orderness: 0s}}
      label: {field: arrival_delay_minutes, above: 15, classes: ["no", "yes"],
              outcome: [arrival_delay_minutes],
              known-at: {value: "scheduled_departure + duration('30m')
                         + duration('1m') * (distance_miles / 8 + arrival_delay_minutes)"}}
      features:
        - distance_miles
        - {name: late_3h, window: arrival_delay_minutes, of: labels, stat: mean, last: 3h}
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      """;

  private static PipelineSpec spec;
  private static Expression landing;
  private static List<GenericRecord> flights;
  private static Map<Long, Double> asTheyLanded;

  @BeforeAll
  static void readFlights() throws Exception {
    spec = SpecLoader.parse(YAML, path -> Files.readString(EXAMPLE.resolve(path)));
    landing =
        Expression.compile(
            spec.label().knownAt().orElseThrow().valueOrNull(), spec.events().schema());
    flights = new ArrayList<>();
    try (BufferedReader rows =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(EXAMPLE.resolve("flights.csv.gz"))),
                StandardCharsets.UTF_8))) {
      rows.readLine();
      while (flights.size() < FLIGHTS) {
        String[] row = rows.readLine().split(",", -1);
        GenericRecord flight = new GenericData.Record(spec.events().schema());
        flight.put("flight_id", Long.parseLong(row[0]));
        flight.put("scheduled_departure", OffsetDateTime.parse(row[1]).toInstant().toEpochMilli());
        flight.put("origin", row[2]);
        flight.put("destination", row[3]);
        flight.put("distance_miles", Integer.parseInt(row[4]));
        flight.put("arrival_delay_minutes", row[5].isEmpty() ? null : Integer.parseInt(row[5]));
        flights.add(flight);
      }
    }
    asTheyLanded = features(null, 0, 0);
  }

  @Test
  void aLabelThatArrivesLaterChangesTheFeatureBetweenAndNothingBefore() throws Exception {
    GenericRecord moved = landedBeforeOthersLeft();

    Map<Long, Double> later = features(moved, HOURS_2, 0);

    List<GenericRecord> between = new ArrayList<>();
    for (GenericRecord flight : flights) {
      long id = (Long) flight.get("flight_id");
      long departure = departure(flight);
      boolean same = Double.compare(later.get(id), asTheyLanded.get(id)) == 0;
      if (!sameAirport(flight, moved) || departure < landing(moved)) {
        assertThat(same).as("flight %s before the landing of %s", flight, moved).isTrue();
      } else if (departure < landing(moved) + HOURS_2) {
        between.add(flight);
        assertThat(same).as("flight %s after the landing of %s", flight, moved).isFalse();
      }
    }
    assertThat(between).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void whatALabelSaysIsSeenByNoFeatureBeforeItArrives() throws Exception {
    GenericRecord told = landedBeforeOthersLeft();

    Map<Long, Double> other = features(told, 0, 500);

    boolean seen = false;
    for (GenericRecord flight : flights) {
      long id = (Long) flight.get("flight_id");
      boolean same = Double.compare(other.get(id), asTheyLanded.get(id)) == 0;
      if (!sameAirport(flight, told) || departure(flight) < landing(told)) {
        assertThat(same).as("flight %s before the landing of %s", flight, told).isTrue();
      }
      seen |= !same;
    }
    assertThat(seen).isTrue();
  }

  /** A flight of a delay unlike its airport's, after whose landing others of it leave soon. */
  private static GenericRecord landedBeforeOthersLeft() {
    return flights.stream()
        .filter(flight -> flight.get("arrival_delay_minutes") != null)
        .filter(flight -> (Integer) flight.get("arrival_delay_minutes") > 30)
        .max(
            Comparator.comparingLong(
                landed ->
                    flights.stream()
                        .filter(flight -> sameAirport(flight, landed))
                        .filter(flight -> departure(flight) >= landing(landed))
                        .filter(flight -> departure(flight) < landing(landed) + HOURS_2)
                        .count()))
        .orElseThrow();
  }

  private static boolean sameAirport(GenericRecord one, GenericRecord other) {
    return one.get("origin").toString().equals(other.get("origin").toString());
  }

  private static long departure(GenericRecord flight) {
    return (Long) flight.get("scheduled_departure");
  }

  private static long landing(GenericRecord flight) {
    try {
      return (long) landing.number(flight);
    } catch (UnfitEventException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The feature of every flight, by its id.
   *
   * @param changedOrNull a flight whose label comes {@code later}, and says so many minutes {@code
   *     more}
   */
  private static Map<Long, Double> features(GenericRecord changedOrNull, long later, int more)
      throws Exception {
    record Known(long at, long row, GenericRecord flight) {}
    PriorityQueue<Known> inTheAir =
        new PriorityQueue<>(Comparator.comparingLong(Known::at).thenComparingLong(Known::row));
    ArrivalReader reader = new ArrivalReader(spec);
    Map<Long, Double> features = new LinkedHashMap<>();
    long number = 0;
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (int row = 0; row < flights.size(); row++) {
        GenericRecord flight = flights.get(row);
        while (!inTheAir.isEmpty() && inTheAir.peek().at() <= departure(flight)) {
          Known landed = inTheAir.poll();
          task.learn(
              reader.read(raw(landed.flight(), Kind.LABEL, landed.at(), number++, landed.row())));
        }
        Arrival event =
            reader.read(raw(flight, Kind.EVENT_BEFORE_LABEL, Observation.NO_TIME, number++, row));
        task.learn(event);
        features.put(
            (Long) flight.get("flight_id"), task.waitingFeatures(event.key(), event.eventId())[1]);
        if (flight.get("arrival_delay_minutes") != null) {
          boolean changed = flight == changedOrNull;
          GenericRecord label = new GenericData.Record((GenericData.Record) flight, true);
          label.put(
              "arrival_delay_minutes",
              (Integer) flight.get("arrival_delay_minutes") + (changed ? more : 0));
          inTheAir.add(new Known(landing(flight) + (changed ? later : 0), row, label));
        }
      }
    }
    return features;
  }

  private static RawRecord raw(GenericRecord flight, Kind kind, long time, long number, long row) {
    return new RawRecord(
        "flights.csv", 0, row, time, null, TestPipelines.bytes(flight), number, null, kind, row);
  }
}
