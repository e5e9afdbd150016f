/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.report.ReportSink;
import io.meander.cli.report.RunReport;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
 * Features that remember give in a live job what they give in a backtest: a learner that sums up
 * all of them votes the same, to the last digit, on every event.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LiveFeaturesIT {

  private static final int EVENTS = 20_000;

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

  @TempDir Path folder;

  @Test
  void aLiveJobsFeaturesAreThoseOfABacktest() throws Exception {
    Path yaml = write();
    Path offline = folder.resolve("offline");
    Command backtest =
        Command.run(
            "backtest",
            yaml,
            "--events",
            FLIGHTS.resolve("flights.csv.gz"),
            "--limit",
            EVENTS,
            "--out",
            offline);
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    Path online = folder.resolve("online");
    learnLive(SpecLoader.load(yaml), online);

    Map<String, List<String>> expected = answers(offline);
    assertThat(expected).hasSize(EVENTS);
    assertThat(answers(online)).isEqualTo(expected);
  }

  private void learnLive(PipelineSpec spec, Path out) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(broker.bootstrapServers());
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
              FLIGHTS.resolve("flights.csv.gz"),
              null,
              broker.bootstrapServers(),
              EVENTS,
              Rate.UNLIMITED,
              Double.POSITIVE_INFINITY)
          .run();
      await().atMost(Duration.ofMinutes(1)).until(() -> report.progress().events() == EVENTS);
      job.cancel();
      report.finish();
    }
  }

  private static Map<String, List<String>> answers(Path results) throws IOException {
    Map<String, List<String>> answers = new TreeMap<>();
    try (CSVParser rows =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(Files.newBufferedReader(results.resolve("predictions.csv")))) {
      for (CSVRecord row : rows) {
        answers.put(row.get("event_id"), COMPARED.stream().map(row::get).toList());
      }
    }
    return answers;
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
        """);
    return yaml;
  }
}
