/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.avro.Prediction;
import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.report.ReportSink;
import io.meander.cli.report.RunReport;
import io.meander.features.FeatureSchema;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Features give in a live job what they give in a backtest: each is the same to the last digit on
 * every event, and so are the votes of a learner of all of them.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LiveFeaturesIT {

  private static final int EVENTS = 20_000;
  private static final int LABELLED = 10_000;

  /** All but when the job published, which is its own. */
  private static final List<String> COMPARED =
      List.of(
          "key",
          "event_time",
          "predicted",
          "label",
          "no_change",
          "slot",
          "incarnation",
          "trained_instances",
          "votes");

  private static final Path FLIGHTS =
      Path.of(System.getProperty("meander.root")).resolve("examples/flights");

  private static final Path FILE = FLIGHTS.resolve("flights.csv.gz");

  @TempDir Path folder;

  private int backtests;

  /** Labels are inside the events, and the order is the file's. */
  @Test
  void aLiveJobsFeaturesAreThoseOfABacktest() throws Exception {
    Path yaml = write();
    Path offline = backtest(yaml, "--events", FILE, "--limit", EVENTS);
    PipelineSpec spec = SpecLoader.load(yaml);
    Path online = folder.resolve("online");
    Map<String, Map<String, Object>> live =
        learnLive(spec, new FileReplaySource(FILE, null, EVENTS), EVENTS, online);

    Map<String, List<String>> expected = answers(offline);
    assertThat(expected).hasSize(EVENTS);
    assertThat(answers(online)).isEqualTo(expected);
    assertSameFeatures(live, offline, spec);
    assertThat(Files.readAllLines(online.resolve("features.csv")))
        .isEqualTo(Files.readAllLines(offline.resolve("features.csv")));
  }

  /**
   * Labels have a topic of their own, so that the job decides in which order the two came. Its
   * answers tell: each says how many labels its key had learned.
   */
  @Test
  void aLiveJobsFeaturesOverLabelsAreThoseOfABacktestInItsOrder() throws Exception {
    Path yaml = writeLabelled();
    PipelineSpec spec = SpecLoader.load(yaml);
    Landings landings = Landings.of(FILE, LABELLED);
    Path flights = Landings.writeFlights(folder.resolve("flights.csv"), landings.byTime());
    Path arrivals = Landings.writeLabels(folder.resolve("arrivals.csv"), landings.byTime());
    Path online = folder.resolve("online");
    Map<String, Map<String, Object>> live =
        learnLive(
            spec, new FileReplaySource(flights, arrivals, Long.MAX_VALUE), 2 * LABELLED, online);
    List<Landings.Arrival> recorded = landings.recorded(rows(online.resolve("predictions.csv")));
    Path offline =
        backtest(
            yaml,
            "--events",
            Landings.writeFlights(folder.resolve("flights-recorded.csv"), recorded),
            "--labels",
            Landings.writeLabels(folder.resolve("arrivals-recorded.csv"), recorded),
            "--arrived",
            "arrived");

    assertSameFeatures(live, offline, spec);
    assertThat(answers(offline)).isEqualTo(answers(online));
    Path byTime = backtest(yaml, "--events", flights, "--labels", arrivals);
    assertThat(answers(byTime))
        .as("in another order they are others")
        .isNotEqualTo(answers(online));
  }

  private Path backtest(Path yaml, Object... options) {
    Path out = folder.resolve("backtest-" + backtests++);
    List<Object> arguments = new ArrayList<>(List.of("backtest", yaml, "--out", out));
    arguments.addAll(List.of(options));
    Command backtest = Command.run(arguments.toArray());
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    return out;
  }

  private record FileReplaySource(Path events, Path labelsOrNull, long limit) {}

  /** The features that its predictions carry, by event id. */
  private Map<String, Map<String, Object>> learnLive(
      PipelineSpec spec, FileReplaySource source, long records, Path out) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 2, 0, folder.resolve("log")));
        RunReport report = new RunReport(spec, out, false, null)) {
      topics.requireInputs(spec, true);
      KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      new PipelineTopics(spec, kafka).prepare();
      StreamExecutionEnvironment env = flink.newEnvironment();
      ReportSink.attach(KafkaPipeline.build(env, spec, kafka), report);
      RunningJob job = flink.submit(JobSettings.graph(env, spec.name()));
      new FileReplay(
              spec,
              source.events,
              source.labelsOrNull,
              KafkaAddress.of(broker.bootstrapServers()),
              source.limit,
              Rate.UNLIMITED,
              Double.POSITIVE_INFINITY)
          .run();
      await().atMost(Duration.ofMinutes(1)).until(() -> report.progress().records() == records);
      Map<String, Map<String, Object>> features = new TreeMap<>();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                TopicRecords.of(
                        broker.bootstrapServers(), spec.topics().predictions(), Prediction.class)
                    .forEach(p -> features.put(p.getEventId(), p.getFeatures()));
                return features.size() == report.progress().events();
              });
      job.cancel();
      report.finish();
      return features;
    }
  }

  /** What a live job logged, to the last digit, is in the backtest's {@code features.csv}. */
  private static void assertSameFeatures(
      Map<String, Map<String, Object>> live, Path backtest, PipelineSpec spec) throws IOException {
    List<FeatureSchema.Column> columns = spec.featureTransform().schema().columns();
    Set<String> varied = new HashSet<>();
    int count = 0;
    for (CSVRecord row : rows(backtest.resolve("features.csv"))) {
      Map<String, Object> logged = live.get(row.get("event_id"));
      assertThat(logged).as("event %s", row.get("event_id")).hasSameSizeAs(columns);
      for (FeatureSchema.Column column : columns) {
        Object value = logged.get(column.name());
        assertThat(value == null ? "" : value.toString())
            .as("event %s, %s", row.get("event_id"), column.name())
            .isEqualTo(row.get(column.name()));
        if (value instanceof Double number && number != 0) {
          varied.add(column.name());
        }
      }
      count++;
    }
    assertThat(count).isEqualTo(live.size());
    assertThat(varied).as("columns with numbers other than 0").hasSameSizeAs(columns);
  }

  private static Map<String, List<String>> answers(Path results) throws IOException {
    Map<String, List<String>> answers = new TreeMap<>();
    for (CSVRecord row : rows(results.resolve("predictions.csv"))) {
      answers.put(row.get("event_id"), COMPARED.stream().map(row::get).toList());
    }
    return answers;
  }

  private static List<CSVRecord> rows(Path file) throws IOException {
    try (CSVParser rows =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(Files.newBufferedReader(file))) {
      return rows.getRecords();
    }
  }

  private Path write() throws IOException {
    Files.copy(FLIGHTS.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    Path yaml = folder.resolve("spec.yaml");
    Files.writeString(
        yaml,
        """
        name: flights
        events:
          topic: flights
          schema: flight.avsc
          key: [origin]
          id: flight_id
          time: {field: scheduled_departure, out-of-orderness: 5m, idle-after: 1m}
        label: {field: arrival_delay_minutes, above: 15, classes: ["no", "yes"], outcome: [arrival_delay_minutes]}
        features:
          - distance_miles
          - {name: flights_1h, window: distance_miles, stat: count, last: 1h}
          - {name: far_12, window: distance_miles, stat: max, last: 12}
          - {name: ways_1d, window: destination, stat: distinct, last: 1d}
          - {name: middle_6h, window: distance_miles, stat: quantile, last: 6h}
          - {name: gap, since-last: destination}
          - {name: before, delta: distance_miles, by: 2}
          - {name: usual, scaled: distance_miles}
          - {name: often, frequency: destination, width: 32}
          - {name: late_3h, window: arrival_delay_minutes, of: labels, stat: mean, last: 3h, clip: [-10, 180]}
          - {name: late_recent, ewma: arrival_delay_minutes, of: labels, half-life: 6.58}
          - {name: late_to, target: destination, buckets: 32, class: "yes"}
        features-budget: 8KB
        slots:
          - {id: nb, learner: bayes.NaiveBayes}
        predictions: {features: true}
        """);
    return yaml;
  }

  private Path writeLabelled() throws IOException {
    Landings.writeSchemas(folder);
    Path yaml = folder.resolve("labelled.yaml");
    Files.writeString(
        yaml,
        """
        name: landings
        events:
          topic: flights
          schema: flight.avsc
          key: [origin]
          id: flight_id
          time: {field: scheduled_departure, out-of-orderness: 5m, idle-after: 1m}
        label:
          topic: arrivals
          schema: arrival.avsc
          key: [origin]
          id: flight_id
          field: arrival_delay_minutes
          above: 15
          classes: ["no", "yes"]
          time: {field: landed}
          wait: 400d
        features:
          - distance_miles
          - {name: late_3h, window: arrival_delay_minutes, of: labels, stat: mean, last: 3h, clip: [-10, 180]}
          - {name: late_20, window: arrival_delay_minutes, of: labels, stat: max, last: 20}
          - {name: middle_6h, window: arrival_delay_minutes, of: labels, stat: quantile, last: 6h}
          - {name: landings_1h, window: arrival_delay_minutes, of: labels, stat: count, last: 1h}
          - {name: late_recent, ewma: arrival_delay_minutes, of: labels, half-life: 6.58}
          - {name: late_to, target: destination, buckets: 32, class: "yes"}
        features-budget: 8KB
        slots:
          - {id: nb, learner: bayes.NaiveBayes}
        predictions: {features: true}
        """);
    return yaml;
  }
}
