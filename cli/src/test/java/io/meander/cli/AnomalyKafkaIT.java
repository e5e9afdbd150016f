/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.models.Predictor;
import io.meander.serving.PublishedModel;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Anomaly scores by a live job: every event is answered and learned without a label, labels that
 * come later score, and a follower of the snapshots calls the same events anomalies.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class AnomalyKafkaIT {

  private static final int EVENTS = 3000;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String METRIC = "flink_taskmanager_job_task_operator_meander_";

  @TempDir Path folder;

  @Test
  void learnsWithoutLabelsWhichScoreWhenTheyCome() throws Exception {
    write();
    PipelineSpec spec = SpecLoader.load(folder.resolve("spec.yaml"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 2, 0, folder.resolve("log")))) {
      topics.require("readings", 2, true);
      topics.require("verdicts", 2, true);
      KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      new PipelineTopics(spec, kafka).prepare();
      StreamExecutionEnvironment env = flink.newEnvironment();
      KafkaPipeline.build(env, spec, kafka);
      RunningJob job = flink.submit(JobSettings.graph(env, spec.name()));
      new FileReplay(
              spec,
              folder.resolve("readings.csv"),
              folder.resolve("verdicts.csv"),
              KafkaAddress.of(broker.bootstrapServers()),
              Long.MAX_VALUE,
              Rate.UNLIMITED,
              Double.POSITIVE_INFINITY)
          .run();
      String servers = broker.bootstrapServers();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(predictions(servers)).hasSize(EVENTS);
                assertThat(scored(servers)).isEqualTo(EVENTS / 2);
              });
      await() // publications follow the transaction of a checkpoint
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(snapshots(servers)).hasSizeGreaterThan(5));
      String web = flink.webUi().toString();
      await() // Flink's REST interface fetches metrics when it is asked, for the next answer
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(ShownMetrics.of(web, job.id().toString()))
                      .contains(
                          METRIC + "calledAnomalies",
                          METRIC + "unlabelledLearned",
                          METRIC + "slot_auc"));
      List<Prediction> predictions = predictions(servers);
      List<ModelSnapshot> snapshots = snapshots(servers);
      job.cancel();

      assertThat(predictions).extracting(Prediction::getPredicted).contains("odd", "fine");
      assertThat(predictions)
          .allSatisfy(p -> assertThat(p.getVotes().keySet()).isSubsetOf("score", "threshold"));
      followersCallTheSame(predictions, snapshots);
    }
  }

  /** The model of a snapshot, asked what the job was asked right after publishing it. */
  private void followersCallTheSame(List<Prediction> predictions, List<ModelSnapshot> snapshots)
      throws Exception {
    Map<String, Prediction> byModel = new HashMap<>();
    for (Prediction p : predictions) {
      byModel.put(p.getKey() + "@" + p.getTrainedInstances(), p);
    }
    Map<String, double[]> features = features();
    int compared = 0;
    for (ModelSnapshot snapshot : snapshots) {
      Prediction p = byModel.get(snapshot.getKey() + "@" + snapshot.getTrainedInstances());
      if (p == null || snapshot.getThreshold() == null) {
        continue;
      }
      Predictor.Vote vote = PublishedModel.of(snapshot).vote(features.get(p.getEventId()));
      assertThat(vote.votes()[0]).isEqualTo(p.getVotes().get("score"));
      assertThat(vote.votes()[1])
          .isEqualTo(p.getVotes().get("threshold"))
          .isEqualTo(snapshot.getThreshold());
      assertThat(vote.predicted() == 1 ? "odd" : "fine").isEqualTo(p.getPredicted());
      compared++;
    }
    assertThat(compared).isPositive();
  }

  /** Labels that the served figures are of so far, with their area. */
  private static long scored(String servers) throws Exception {
    long scored = 0;
    for (Evaluation evaluation :
        TopicRecords.of(servers, "sensors-evaluations", Evaluation.class)) {
      if (evaluation.getSlot().equals("served")
          && evaluation.getScope() == EvaluationScope.OVERALL_TOTAL
          && evaluation.getToInstance() > scored) {
        scored = evaluation.getToInstance();
        assertThat(evaluation.getKappa()).isNull();
        assertThat(evaluation.getAuc()).isGreaterThan(0.5);
        assertThat(evaluation.getPerClass()).containsOnlyKeys("fine", "odd");
      }
    }
    return scored;
  }

  private static List<Prediction> predictions(String servers) throws Exception {
    return TopicRecords.of(servers, "sensors-predictions", Prediction.class);
  }

  private static List<ModelSnapshot> snapshots(String servers) throws Exception {
    return TopicRecords.of(servers, "sensors-snapshots", ModelSnapshot.class);
  }

  private Map<String, double[]> features() throws Exception {
    Map<String, double[]> features = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("readings.csv")).subList(1, EVENTS + 1)) {
      String[] cells = line.split(",", -1);
      features.put(
          cells[0], new double[] {Double.parseDouble(cells[3]), Double.parseDouble(cells[4])});
    }
    return features;
  }

  /** Four sensors; one reading in 40 is odd; every second reading gets a verdict. */
  private void write() throws Exception {
    StringBuilder readings = new StringBuilder("id,at,sensor,heat,load\n");
    StringBuilder verdicts = new StringBuilder("id,came,sensor,verdict\n");
    Random random = new Random(11);
    for (int i = 0; i < EVENTS; i++) {
      long at = 1_000_000_000_000L + 1000L * i;
      boolean odd = random.nextInt(40) == 0;
      double heat = odd ? 0.9 : 0.3 + 0.1 * random.nextDouble();
      double load = odd ? random.nextDouble() : heat + 0.1 * random.nextDouble();
      readings.append("r%d,%d,s%d,%s,%s%n".formatted(i, at, i % 4, heat, load));
      if (i % 2 == 0) {
        verdicts.append("r%d,%d,s%d,%s%n".formatted(i, at + 60_000, i % 4, odd ? "odd" : "fine"));
      }
    }
    Files.writeString(folder.resolve("readings.csv"), readings);
    Files.writeString(folder.resolve("verdicts.csv"), verdicts);
    Files.writeString(
        folder.resolve("reading.avsc"),
        """
        {"type": "record", "name": "Reading", "fields": [
          {"name": "id", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "sensor", "type": "string"},
          {"name": "heat", "type": "double"},
          {"name": "load", "type": "double"}]}
        """);
    Files.writeString(
        folder.resolve("verdict.avsc"),
        """
        {"type": "record", "name": "Verdict", "fields": [
          {"name": "id", "type": "string"},
          {"name": "came", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "sensor", "type": "string"},
          {"name": "verdict", "type": {"type": "enum", "name": "V", "symbols": ["fine", "odd"]}}]}
        """);
    Files.writeString(
        folder.resolve("spec.yaml"),
        """
        name: sensors
        task: anomaly
        events: {topic: readings, schema: reading.avsc, key: [sensor], id: id, time: {field: at}}
        label: {topic: verdicts, schema: verdict.avsc, field: verdict, time: {field: came}, wait: 10d}
        features: [heat, load]
        slots: [{id: trees, learner: oneclass.HSTrees -p 50 -t 10 -h 8}]
        serve: {threshold: {quantile: 0.95, last: 200, after: 100}}
        snapshots: {every: {instances: 50, time: 10m}}
        """);
  }
}
