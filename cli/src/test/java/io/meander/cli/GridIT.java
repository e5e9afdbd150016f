/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many option strings in one pass, on the first of the example's flights. */
class GridIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");

  private static final String SPEC =
      """
      name: grid
      # A comment that stays.
      events: {schema: flight.avsc, key: [origin], id: flight_id, time: {field: scheduled_departure}}
      label: {field: arrival_delay_minutes, above: 15, classes: ["no", "yes"],
              outcome: [arrival_delay_minutes]}
      features: [distance_miles, {name: hour, cyclic: scheduled_departure, period: 1d}]
      slots:
        - {id: tree, learner: %s}   # the one that is varied
        - {id: nb, learner: bayes.NaiveBayes}
      serve: {champion: tree}
      """;

  @TempDir Path folder;

  @Test
  void ranksVariantsThatRunAsTheyWouldAlone() throws IOException {
    Files.copy(EXAMPLE.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    Files.writeString(folder.resolve("spec.yaml"), SPEC.formatted("\"trees.HoeffdingTree -g 77\""));
    Path out = folder.resolve("results/grid");

    Command run = backtest("spec.yaml", out, "--grid", "tree: -c 0.5,0.0000001 -t 0.05,0.3");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<CSVRecord> ranked = rows(out.resolve("grid.csv"));
    assertThat(ranked)
        .extracting(row -> row.get("slot"))
        .containsExactlyInAnyOrder("tree-1", "tree-2", "tree-3", "tree-4", "nb");
    assertThat(ranked)
        .extracting(row -> Double.parseDouble(row.get("kappa")))
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(ranked.get(0).get("kappa_behind")).isEqualTo("0.0");
    assertThat(ranked)
        .allSatisfy(
            row -> assertThat(Double.parseDouble(row.get("micros_per_instance"))).isPositive())
        .allSatisfy(row -> assertThat(Long.parseLong(row.get("largest_model_bytes"))).isPositive());
    assertThat(run.out()).contains("The best, as it stands in a spec:");

    JsonNode together = metrics(out).get("slots");
    CSVRecord second = row(ranked, "tree-2");
    assertThat(second.get("learner")).isEqualTo("trees.HoeffdingTree -g 77 -c 0.5 -t 0.3");
    Files.writeString(
        folder.resolve("alone.yaml"), SPEC.formatted("\"" + second.get("learner") + "\""));
    Path alone = folder.resolve("alone");
    assertThat(backtest("alone.yaml", alone).exitCode()).isZero();
    assertThat(together.get("tree-2")).isEqualTo(metrics(alone).at("/slots/tree"));
    assertThat(together.get("nb")).isEqualTo(metrics(alone).at("/slots/nb"));

    CSVRecord bestTree =
        ranked.stream().filter(r -> r.get("slot").startsWith("tree")).findFirst().orElseThrow();
    assertThat(Files.readString(out.resolve("winner.yaml")))
        .contains("# A comment that stays.")
        .contains(
            "- {id: tree, learner: \""
                + bestTree.get("learner")
                + "\"}   # the one that is varied");
    Command validated = Command.run("validate", out.resolve("winner.yaml"));
    assertThat(validated.exitCode()).as(validated.err()).isZero();
  }

  @Test
  void saysWhatIsWrongBeforeAnythingStarts() throws IOException {
    Files.copy(EXAMPLE.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    Files.writeString(folder.resolve("spec.yaml"), SPEC.formatted("trees.HoeffdingTree"));
    Path out = folder.resolve("none");

    assertThat(wrong(out, "--grid", "-g 50,100"))
        .contains("--grid must name the slot, such as \"tree: -g 50,200\" (slots: tree, nb)");
    assertThat(wrong(out, "--grid", "tee: -g 50"))
        .contains("there is no slot 'tee'; did you mean 'tree'");
    assertThat(wrong(out, "--grid", "tree: -Q 50")).contains("'-Q' is no option of");
    assertThat(wrong(out, "--grid", "tree: -g 5", "--grid", "tree: -g 6")).contains("there twice");
    assertThat(wrong(out, "--grid", "tree: -g 5", "--rank-by", "luck"))
        .contains("--rank-by must be kappa, accuracy or log-loss, not luck");
    assertThat(out).doesNotExist();
  }

  private String wrong(Path out, Object... more) {
    Command run = backtest("spec.yaml", out, more);
    assertThat(run.exitCode()).isEqualTo(2);
    return run.err();
  }

  private Command backtest(String spec, Path out, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "backtest",
                folder.resolve(spec),
                "--events",
                EXAMPLE.resolve("flights.csv.gz"),
                "--limit",
                6000,
                "--out",
                out));
    arguments.addAll(List.of(more));
    return Command.run(arguments.toArray());
  }

  private static JsonNode metrics(Path out) throws IOException {
    return new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
  }

  private static CSVRecord row(List<CSVRecord> rows, String slot) {
    return rows.stream().filter(row -> row.get("slot").equals(slot)).findFirst().orElseThrow();
  }

  private static List<CSVRecord> rows(Path file) throws IOException {
    try (var parser =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(Files.newBufferedReader(file))) {
      return parser.getRecords();
    }
  }
}
