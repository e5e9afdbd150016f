/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.avro.ClassFigures;
import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.avro.ReliabilityBin;
import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A live job over the example's flights, stopped and restored into another number of tasks half
 * way, ends with the figures that a backtest of the same flights has in its files.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class LiveEvaluationIT {

  private static final Path FLIGHTS =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");
  private static final int EVENTS = 12_000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<EvaluationScope> TOTALS =
      Set.of(EvaluationScope.OVERALL_TOTAL, EvaluationScope.KEY_TOTAL, EvaluationScope.SLICE_TOTAL);

  @TempDir Path folder;

  @Test
  void endsWithTheBacktestsFiguresOfKeysSlicesAndEverything() throws Exception {
    PipelineSpec spec =
        spec(
            """
            task: classification
            label: {field: arrival_delay_minutes, above: 15, classes: ["no", "yes"],
                    outcome: [arrival_delay_minutes]}
            slots: [{id: ht, learner: trees.HoeffdingTree}, {id: nb, learner: bayes.NaiveBayes}]
            serve: {policy: champion, champion: ht}
            """);
    Path out = backtest();

    compare(live(spec), out, 0);
  }

  @Test
  void endsWithTheBacktestsFiguresOfARegressionButForRounding() throws Exception {
    PipelineSpec spec =
        spec(
            """
            task: regression
            label: {field: arrival_delay_minutes, outcome: [arrival_delay_minutes]}
            slots: [{id: tree, learner: trees.FIMTDD}]
            serve: {policy: champion, champion: tree}
            """);
    Path out = backtest();

    compare(live(spec), out, 1e-12);
  }

  private PipelineSpec spec(String task) throws Exception {
    Files.copy(FLIGHTS.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    Files.writeString(
        folder.resolve("spec.yaml"),
        task
            + """
            name: flights
            events: {topic: flights, schema: flight.avsc, key: [origin], id: flight_id,
                     time: {field: scheduled_departure}}
            features: [distance_miles, {name: to, hashed: destination, buckets: 64},
                       {name: hour, cyclic: scheduled_departure, period: 1d, zone: UTC}]
            frozen: {after: {instances: 50}}
            drift: {detector: DDM}
            evaluation: {window: 500, slices: [[destination], [origin, destination]], every: 1s}
            """);
    return SpecLoader.load(folder.resolve("spec.yaml"));
  }

  private Path backtest() {
    Path out = folder.resolve("out");
    Command command =
        Command.run(
            "backtest",
            folder.resolve("spec.yaml"),
            "--events",
            FLIGHTS.resolve("flights.csv.gz"),
            "--limit",
            EVENTS,
            "--out",
            out);
    assertThat(command.exitCode()).as(command.err()).isZero();
    return out;
  }

  /** The last evaluation of each predictor over each stretch. */
  private Map<List<String>, Evaluation> live(PipelineSpec spec) throws Exception {
    List<Path> halves = halves();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 2, 0, folder.resolve("log")))) {
      String address = broker.bootstrapServers();
      topics.require("flights", 2, true);
      new PipelineTopics(spec, KafkaOptions.of(address, spec.name())).prepare();
      RunningJob job = start(flink, spec, address, 1, SavepointRestoreSettings.none());
      replay(spec, halves.get(0), address);
      String topic = spec.topics().evaluations();
      awaitServed(address, topic, EVENTS / 2);
      String savepoint = job.stopWithSavepoint(false, PATIENCE);
      job = start(flink, spec, address, 2, SavepointRestoreSettings.forPath(savepoint));
      replay(spec, halves.get(1), address);
      Map<List<String>, Evaluation> last = awaitServed(address, topic, EVENTS);
      job.cancel();
      return last;
    }
  }

  private static RunningJob start(
      EmbeddedFlink flink,
      PipelineSpec spec,
      String address,
      int parallelism,
      SavepointRestoreSettings restore)
      throws Exception {
    StreamExecutionEnvironment env = flink.newEnvironment().setParallelism(parallelism);
    KafkaPipeline.build(env, spec, KafkaOptions.of(address, spec.name()));
    JobGraph graph = JobSettings.graph(env, spec.name());
    graph.setSavepointRestoreSettings(restore);
    return flink.submit(graph);
  }

  private static void replay(PipelineSpec spec, Path file, String address) throws Exception {
    new FileReplay(
            spec,
            file,
            null,
            KafkaAddress.of(address),
            Long.MAX_VALUE,
            Rate.UNLIMITED,
            Double.POSITIVE_INFINITY)
        .run();
  }

  /** The first flights of the example, in two files. */
  private List<Path> halves() throws IOException {
    List<String> lines;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FLIGHTS.resolve("flights.csv.gz"))),
                StandardCharsets.UTF_8))) {
      lines = reader.lines().limit(EVENTS + 1L).toList();
    }
    List<Path> halves = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      List<String> part = new ArrayList<>(lines.subList(0, 1));
      part.addAll(lines.subList(1 + half * EVENTS / 2, 1 + (half + 1) * EVENTS / 2));
      halves.add(Files.write(folder.resolve("half-" + half + ".csv"), part));
    }
    return halves;
  }

  /** Waits until keys, each slicing and everything have so many labels served, and tells all. */
  private static Map<List<String>, Evaluation> awaitServed(
      String address, String topic, long labels) {
    Map<List<String>, Evaluation> last = new LinkedHashMap<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              last.clear();
              for (Evaluation evaluation : TopicRecords.of(address, topic, Evaluation.class)) {
                if (TOTALS.contains(evaluation.getScope())) {
                  last.merge(place(evaluation), evaluation, LiveEvaluationIT::longer);
                }
              }
              Map<String, Long> served =
                  last.values().stream()
                      .filter(e -> e.getSlot().equals("served"))
                      .collect(
                          Collectors.groupingBy(
                              e -> e.getScope() + " " + e.getSlice(),
                              TreeMap::new,
                              Collectors.summingLong(Evaluation::getInstances)));
              assertThat(served)
                  .isEqualTo(
                      Map.of(
                          "OVERALL_TOTAL null", labels,
                          "KEY_TOTAL null", labels,
                          "SLICE_TOTAL destination", labels,
                          "SLICE_TOTAL origin|destination", labels));
            });
    return last;
  }

  private static Evaluation longer(Evaluation one, Evaluation other) {
    return one.getInstances() > other.getInstances() ? one : other;
  }

  private static List<String> place(Evaluation e) {
    return place(e.getScope(), e.getKey(), e.getSlice(), e.getSliceValue(), e.getSlot());
  }

  private static List<String> place(EvaluationScope scope, String... names) {
    List<String> place = new ArrayList<>(List.of(scope.name()));
    for (String name : names) {
      place.add(name == null ? "" : name);
    }
    return place;
  }

  private static void compare(Map<List<String>, Evaluation> live, Path out, double relative)
      throws IOException {
    Figures figures = new Figures(live, relative);
    for (CSVRecord row : rows(out.resolve("keys.csv"))) {
      String key = row.get("key");
      figures.row(row, place(EvaluationScope.KEY_TOTAL, key, null, null, row.get("slot")));
      if (!row.get("drifts").isEmpty()) {
        assertThat(figures.last.getDrifts()).hasToString(row.get("drifts"));
        assertThat(figures.last.getWarnings()).hasToString(row.get("warnings"));
      }
    }
    for (CSVRecord row : rows(out.resolve("slices.csv"))) {
      figures.row(
          row,
          place(
              EvaluationScope.SLICE_TOTAL,
              null,
              row.get("slice"),
              row.get("value"),
              row.get("slot")));
    }
    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    metrics.at("/slots").properties().forEach(s -> figures.node(s.getKey(), s.getValue()));
    metrics.at("/baselines").properties().forEach(s -> figures.node(s.getKey(), s.getValue()));
    for (String one : List.of("served", "frozen", "served_same_events")) {
      figures.node(one, metrics.get(one));
    }
    assertThat(figures.compared)
        .isEqualTo(
            live.keySet().stream()
                .filter(
                    place ->
                        place.get(0).equals("OVERALL_TOTAL")
                            || !place.get(4).equals("served_same_events"))
                .collect(Collectors.toSet()));
    assertThat(figures.compared).hasSizeGreaterThan(2000);
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

  /** Compares evaluations with what files say. */
  private static final class Figures {

    private static final double OF_FADED = 1e-9;

    private final Map<List<String>, Evaluation> live;
    private final double relative;
    private final Set<List<String>> compared = new HashSet<>();
    private Evaluation last;

    Figures(Map<List<String>, Evaluation> live, double relative) {
      this.live = live;
      this.relative = relative;
    }

    void row(CSVRecord row, List<String> place) {
      of(place);
      assertThat(last.getInstances())
          .as("%s", place)
          .isEqualTo(Long.parseLong(row.get("instances")));
      row.toMap()
          .forEach(
              (column, text) -> {
                Double expected = text.isEmpty() || column.equals("slot") ? null : number(text);
                if (column.startsWith("faded_")) {
                  // Over keys they fade in the order in which tasks' parts came together.
                  if (place.get(0).equals("KEY_TOTAL")) {
                    String name = column.substring("faded_".length());
                    close((Double) field(last.getFaded(), name), expected, OF_FADED, place, column);
                  }
                } else if (isFigure(column)) {
                  close((Double) field(last, column), expected, relative, place, column);
                }
              });
    }

    void node(String slot, JsonNode node) {
      List<String> place = place(EvaluationScope.OVERALL_TOTAL, null, null, null, slot);
      of(place);
      assertThat(last.getInstances()).isEqualTo(node.get("instances").asLong());
      node.properties()
          .forEach(
              entry -> {
                String name = entry.getKey();
                if (isFigure(name)) {
                  close(
                      (Double) field(last, name), figure(entry.getValue()), relative, place, name);
                }
              });
      if (node.has("drifts")) {
        assertThat(last.getDrifts()).isEqualTo(node.get("drifts").asLong());
        assertThat(last.getWarnings()).isEqualTo(node.get("warnings").asLong());
      }
      node.path("per_class")
          .properties()
          .forEach(
              entry -> {
                ClassFigures figures = last.getPerClass().get(entry.getKey());
                assertThat(figures.getPrecision())
                    .isEqualTo(figure(entry.getValue().get("precision")));
                assertThat(figures.getRecall()).isEqualTo(figure(entry.getValue().get("recall")));
                assertThat(figures.getF1()).isEqualTo(figure(entry.getValue().get("f1")));
              });
      List<ReliabilityBin> bins = new ArrayList<>();
      for (JsonNode bin : node.path("reliability")) {
        bins.add(
            new ReliabilityBin(
                bin.get("from").asDouble(),
                bin.get("to").asDouble(),
                bin.get("count").asLong(),
                bin.get("confidence").asDouble(),
                bin.get("accuracy").asDouble()));
      }
      assertThat(last.getReliability()).isEqualTo(bins);
    }

    private void of(List<String> place) {
      last = live.get(place);
      assertThat(last).as("an evaluation of %s", place).isNotNull();
      compared.add(place);
    }

    private static boolean isFigure(String name) {
      Schema.Field field = Evaluation.getClassSchema().getField(name);
      return field != null
          && field.schema().isUnion()
          && field.schema().getTypes().get(1).getType() == Schema.Type.DOUBLE;
    }

    private static Object field(SpecificRecord record, String name) {
      return record.get(record.getSchema().getField(name).pos());
    }

    private static Double number(String text) {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException e) {
        return null;
      }
    }

    private static Double figure(JsonNode node) {
      return node.isNull() ? null : node.asDouble();
    }

    private static void close(
        Double value, Double expected, double relative, List<String> place, String what) {
      if (expected == null || relative == 0) {
        assertThat(value).as("%s of %s", what, place).isEqualTo(expected);
      } else {
        assertThat(value)
            .as("%s of %s", what, place)
            .isCloseTo(expected, within(relative * Math.max(1, Math.abs(expected))));
      }
    }
  }
}
