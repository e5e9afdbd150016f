/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.features;

import io.meander.bench.FlightRows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.apache.commons.csv.CSVRecord;

/**
 * The example's first flights as decoded records, and the order in which departures and landings
 * become known: a flight lands half an hour, a minute per 8 miles and its delay after its scheduled
 * departure.
 *
 * @param times scheduled departures, in milliseconds
 * @param landings in milliseconds
 * @param keys each flight's airport, as a number from 0
 * @param airports how many there are
 * @param order a flight's number for its departure, the number's complement for its landing
 */
record FlightArrivals(
    List<GenericRecord> flights,
    long[] times,
    long[] landings,
    int[] keys,
    int airports,
    int[] order) {

  /**
   * @param file the example's CSV file, gzipped
   * @param schema of its events
   */
  static FlightArrivals read(Path file, Schema schema, int rows) throws IOException {
    List<GenericRecord> flights = new ArrayList<>(rows);
    long[] times = new long[rows];
    long[] landings = new long[rows];
    int[] keys = new int[rows];
    Map<String, Integer> airports = new HashMap<>();
    for (CSVRecord row : FlightRows.first(file, rows)) {
      int i = flights.size();
      int miles = Integer.parseInt(row.get("distance_miles"));
      int delay = Integer.parseInt(row.get("arrival_delay_minutes"));
      times[i] = OffsetDateTime.parse(row.get("scheduled_departure")).toInstant().toEpochMilli();
      landings[i] = times[i] + 60_000L * (30 + delay) + 7_500L * miles;
      keys[i] = airports.computeIfAbsent(row.get("origin"), origin -> airports.size());
      GenericRecord flight = new GenericData.Record(schema);
      flight.put("flight_id", Long.parseLong(row.get("flight_id")));
      flight.put("scheduled_departure", times[i]);
      flight.put("origin", new Utf8(row.get("origin")));
      flight.put("destination", new Utf8(row.get("destination")));
      flight.put("distance_miles", miles);
      flight.put("arrival_delay_minutes", delay);
      flights.add(flight);
    }
    return new FlightArrivals(
        flights, times, landings, keys, airports.size(), order(times, landings));
  }

  private static int[] order(long[] times, long[] landings) {
    Integer[] order = new Integer[2 * times.length];
    for (int i = 0; i < times.length; i++) {
      order[i] = i;
      order[times.length + i] = ~i;
    }
    Arrays.sort(
        order,
        (a, b) ->
            Long.compare(
                a >= 0 ? times[a] : Math.max(times[~a], landings[~a]),
                b >= 0 ? times[b] : Math.max(times[~b], landings[~b])));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }
}
