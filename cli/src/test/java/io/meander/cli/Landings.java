/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The example's flights, and on a topic of their own how late they landed. */
final class Landings {

  /** A flight before it departs, or its landing. */
  record Arrival(Flight flight, boolean isLabel) {}

  private record Flight(
      String id, Instant departure, String origin, String destination, int miles, int delay) {

    Instant landed() {
      return departure.plus(Duration.ofMinutes(30L + miles / 8 + delay));
    }
  }

  private final List<Flight> flights;

  private Landings(List<Flight> flights) {
    this.flights = flights;
  }

  /**
   * @param count of flights to read; all of them have landed
   */
  static Landings of(Path file, int count) throws IOException {
    List<Flight> flights = new ArrayList<>();
    try (CSVParser rows =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (CSVRecord row : rows) {
        if (flights.size() == count) {
          break;
        }
        flights.add(
            new Flight(
                row.get("flight_id"),
                OffsetDateTime.parse(row.get("scheduled_departure")).toInstant(),
                row.get("origin"),
                row.get("destination"),
                Integer.parseInt(row.get("distance_miles")),
                Integer.parseInt(row.get("arrival_delay_minutes"))));
      }
    }
    return new Landings(flights);
  }

  /** All flights, then all landings, each in the order of their times. */
  List<Arrival> byTime() {
    List<Arrival> all = new ArrayList<>();
    flights.forEach(flight -> all.add(new Arrival(flight, false)));
    flights.stream()
        .sorted(Comparator.comparing(Flight::landed))
        .forEach(flight -> all.add(new Arrival(flight, true)));
    return all;
  }

  /**
   * The order in which a job that was given {@link #byTime} took them in, key after key: a label
   * that came before its event is learned right after that, the others in their order.
   *
   * @param answers the rows of its {@code predictions.csv}
   */
  List<Arrival> recorded(List<CSVRecord> answers) {
    Map<String, CSVRecord> byId = new HashMap<>();
    answers.forEach(row -> byId.put(row.get("event_id"), row));
    Map<String, Deque<Arrival>> events = new LinkedHashMap<>();
    Map<String, Deque<Arrival>> labels = new HashMap<>();
    for (Arrival arrival : byTime()) {
      if (!arrival.isLabel || !isEarly(byId, arrival)) {
        (arrival.isLabel ? labels : events)
            .computeIfAbsent(arrival.flight.origin, key -> new ArrayDeque<>())
            .add(arrival);
      }
    }
    List<Arrival> recorded = new ArrayList<>();
    events.forEach(
        (key, ofKey) -> {
          Deque<Arrival> left = labels.getOrDefault(key, new ArrayDeque<>());
          long learned = 0;
          for (Arrival event : ofKey) {
            long known = Long.parseLong(byId.get(event.flight.id).get("trained_instances"));
            for (; learned < known; learned++) {
              recorded.add(left.remove());
            }
            assertThat(learned).isEqualTo(known);
            recorded.add(event);
            if (isEarly(byId, event)) {
              recorded.add(new Arrival(event.flight, true));
              learned++;
            }
          }
          recorded.addAll(left);
        });
    assertThat(recorded).hasSize(2 * flights.size());
    return recorded;
  }

  private static boolean isEarly(Map<String, CSVRecord> byId, Arrival arrival) {
    return byId.get(arrival.flight.id).get("label_outcome").equals("early");
  }

  /** Writes the flights of an order, with their places in it. */
  static Path writeFlights(Path file, List<Arrival> order) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("flight_id,scheduled_departure,origin,destination,distance_miles,arrived");
    for (int i = 0; i < order.size(); i++) {
      Flight flight = order.get(i).flight;
      if (!order.get(i).isLabel) {
        lines.add(
            "%s,%s,%s,%s,%d,%d"
                .formatted(
                    flight.id,
                    flight.departure,
                    flight.origin,
                    flight.destination,
                    flight.miles,
                    i));
      }
    }
    return Files.write(file, lines);
  }

  /** Writes the landings of an order, with their places in it. */
  static Path writeLabels(Path file, List<Arrival> order) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("flight_id,landed,origin,arrival_delay_minutes,arrived");
    for (int i = 0; i < order.size(); i++) {
      Flight flight = order.get(i).flight;
      if (order.get(i).isLabel) {
        lines.add(
            "%s,%s,%s,%d,%d".formatted(flight.id, flight.landed(), flight.origin, flight.delay, i));
      }
    }
    return Files.write(file, lines);
  }

  /** {@code flight.avsc} and {@code arrival.avsc}. */
  static void writeSchemas(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("flight.avsc"),
        """
        {"type": "record", "name": "Flight", "fields": [
          {"name": "flight_id", "type": "long"},
          {"name": "scheduled_departure", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "origin", "type": "string"},
          {"name": "destination", "type": "string"},
          {"name": "distance_miles", "type": "int"},
          {"name": "arrived", "type": "long"}]}
        """);
    Files.writeString(
        folder.resolve("arrival.avsc"),
        """
        {"type": "record", "name": "Arrival", "fields": [
          {"name": "flight_id", "type": "long"},
          {"name": "landed", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "origin", "type": "string"},
          {"name": "arrival_delay_minutes", "type": "int"},
          {"name": "arrived", "type": "long"}]}
        """);
  }
}
