/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.Prediction;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * Payments by card; a fraud is one that is further from the card's last than anybody travels in the
 * time between. One is at a place that is not on Earth.
 */
final class Travels {

  /** That can be answered. */
  static final int EVENTS = 3_000;

  /** What the reject of the one that cannot says. */
  static final String REJECT =
      "feature 'from' (transform 'distance-from-last', version 1) failed:"
          + " java.lang.IllegalArgumentException: latitude is 95.0, not from -90.0 to 90.0;"
          + " event 'nowhere' of key 'c3'";

  private Travels() {}

  /**
   * @param withTransform whether distance and speed are among the features
   */
  static Path spec(Path folder, boolean withTransform) throws IOException {
    Files.writeString(
        folder.resolve("travel.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "id", "type": "string"},
          {"name": "card", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "latitude", "type": "double"},
          {"name": "longitude", "type": "double"},
          {"name": "fraud", "type": "string"}]}
        """);
    return Files.writeString(
        folder.resolve("travels.yaml"),
        """
        name: travels
        events: {topic: travels, schema: travel.avsc, key: [card], id: id, time: {field: at}}
        label: {field: fraud, classes: ["no", "yes"]}
        features:
          - latitude
          - longitude
        %s
        slots: [{id: ht, learner: trees.HoeffdingTree -g 20}]
        """
            .formatted(
                withTransform
                    ? "  - {name: from, transform: distance-from-last,"
                        + " fields: [latitude, longitude, at]}"
                    : ""));
  }

  /** In the order of their times, as a CSV file. */
  static Path events(Path folder) throws IOException {
    Random random = new Random(7);
    List<String> rows = new ArrayList<>(List.of("id,card,at,latitude,longitude,fraud"));
    double[] latitudes = new double[4];
    for (int i = 0; i < EVENTS; i++) {
      int card = random.nextInt(latitudes.length);
      boolean fraud = random.nextInt(4) == 0;
      double moved = fraud ? 20 + 20 * random.nextDouble() : random.nextDouble();
      latitudes[card] += latitudes[card] > 0 ? -moved : moved;
      rows.add(
          String.format(
              Locale.ROOT,
              "p%d,c%d,%d,%s,0,%s",
              i,
              card,
              i * 600_000L,
              latitudes[card],
              fraud ? "yes" : "no"));
      if (i == EVENTS / 2) {
        rows.add("nowhere,c3,%d,95,0,no".formatted(i * 600_000L));
      }
    }
    return Files.write(folder.resolve("travels.csv"), rows);
  }

  static String votes(Prediction answer) {
    return answer.getVotes().entrySet().stream()
        .map(vote -> vote.getKey() + "=" + vote.getValue())
        .sorted()
        .collect(Collectors.joining(";"));
  }

  /** By event id, of a backtest's folder. */
  static Map<String, String> votes(Path results) throws IOException {
    Map<String, String> votes = new TreeMap<>();
    CSVFormat csv = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader in = Files.newBufferedReader(results.resolve("predictions.csv"))) {
      for (CSVRecord row : csv.parse(in)) {
        votes.put(row.get("event_id"), row.get("votes"));
      }
    }
    return votes;
  }
}
