/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CSV without a schema whose rows are not all as they should be, through a whole backtest. */
class OddRowsIT {

  /** Beyond those that types are inferred from. */
  private static final int ROWS = 10_200;

  private static final String SPEC =
      """
      name: odd
      events: {id: id, key: [k], time: {field: t, out-of-orderness: 0s}}
      label: {field: y, classes: ["no", "yes"], known-at: {after: 5s}, wait: 1m}
      weight: {field: w, class: {"yes": 4}}
      features: [x, color]
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      """;

  @TempDir Path folder;

  private JsonNode metrics;
  private List<CSVRecord> predictions;
  private List<CSVRecord> rejects;
  private Command command;

  @BeforeEach
  void run() throws IOException {
    List<String> rows = new ArrayList<>(List.of("id,t,k,x,color,w,y"));
    for (int i = 0; i < ROWS; i++) {
      String y = i % 3 == 0 ? "yes" : "no";
      rows.add("e%d,%d,k%d,%d,%s,%s,%s".formatted(i, 1000L * i, i % 2, i % 5, "red", "1.5", y));
    }
    rows.set(1 + 20, "e20,20000,k0,0,blue,1.5,maybe");
    rows.set(1 + 30, "e30,30000,k0,0,blue,-1,no");
    rows.set(1 + 40, "e40,40000,k0");
    rows.set(1 + 50, "e50,50000,,0,blue,1.5,no");
    rows.set(1 + 61, "e60,61000,k0,3,red,1.5,no");
    rows.set(1 + 10_100, "e10100,10100000,k0,0,mauve,1.5,no");
    Path events = Files.write(folder.resolve("odd.csv"), rows);
    Path spec = Files.writeString(folder.resolve("odd.yaml"), SPEC);
    command = Command.run("backtest", spec, "--events", events, "--out", folder.resolve("out"));
    assertThat(command.exitCode()).as(command.err()).isZero();
    metrics = new ObjectMapper().readTree(folder.resolve("out/metrics.json").toFile());
    predictions = rows("predictions.csv");
    rejects = rows("rejects.csv");
  }

  @Test
  void everyRowIsOnePredictionOrOneRejectAndUnknownClassesStopNothing() {
    // An event with an unknown class is answered, and its label rejected when that is known.
    assertThat(predictions).hasSize(ROWS - 3);
    assertThat(rejects)
        .extracting(row -> row.get("reason"), row -> row.get("file"), row -> row.get("row"))
        .containsExactly(
            tuple("unknown-class", "odd.csv", "21"),
            tuple("bad-weight", "odd.csv", "31"),
            tuple("unreadable-row", "odd.csv", "41"),
            tuple("missing-key", "odd.csv", "51"));
    assertThat(rejects.get(0).get("detail")).contains("'maybe'", "[no, yes]");
    assertThat(rejects.get(0).get("form")).isEqualTo("json");
    assertThat(rejects.get(0).get("record")).contains("\"id\": \"e20\"", "\"y\": \"maybe\"");
    assertThat(rejects.get(2).get("form")).isEqualTo("row");
    assertThat(rejects.get(2).get("record")).isEqualTo("e40,40000,k0");
    assertThat(metrics.at("/rejects").asLong()).isEqualTo(4);
    assertThat(command.out()).contains("4 rejects", "1 rejected as unknown-class", "rejects.csv");
  }

  @Test
  void aValueThatCameAfterThoseTypesAreInferredFromIsTheUnknownOne() {
    assertThat(predictions).extracting(row -> row.get("event_id")).contains("e10100");
  }

  @Test
  void rowsOfPredictionsAgreeWithTheFigures() {
    Map<String, Long> outcomes = new TreeMap<>();
    predictions.forEach(row -> outcomes.merge(row.get("label_outcome"), 1L, Long::sum));

    assertThat(outcomes.get("repeated")).isEqualTo(1);
    assertThat(outcomes.get("repeated")).isEqualTo(metrics.at("/repeated_events").asLong());
    assertThat(outcomes.get("in_time")).isEqualTo(metrics.at("/label_outcomes/in_time").asLong());
    assertThat(outcomes.get("never")).isEqualTo(metrics.at("/label_outcomes/never").asLong());
    assertThat(outcomes.get("pending")).isEqualTo(metrics.at("/label_outcomes/pending").asLong());
    assertThat(predictions)
        .filteredOn(row -> row.get("label_outcome").equals("in_time"))
        .allSatisfy(
            row ->
                assertThat(Double.parseDouble(row.get("weight")))
                    .isEqualTo(row.get("label").equals("yes") ? 6.0 : 1.5));
  }

  private List<CSVRecord> rows(String file) throws IOException {
    try (Reader in = Files.newBufferedReader(folder.resolve("out").resolve(file))) {
      return CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .get()
          .parse(in)
          .getRecords();
    }
  }
}
