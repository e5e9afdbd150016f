/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.bytes;
import static io.meander.flink.TestPipelines.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.avro.Reject;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.Predictor;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that predicts numbers, between a real broker's topics. */
class RegressionKafkaIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int EVENTS = 400;
  private static final String UNLABELLED = "unlabelled";

  private static final String SPEC =
      """
      name: minutes
      task: regression
      events: {topic: flights, schema: flight.avsc, key: [origin], id: id, time: {field: at}}
      label: {field: delay}
      features: [miles]
      slots:
        - {id: tree, learner: trees.FIMTDD -g 20}
        - {id: rules, learner: rules.AMRulesRegressor}
      serve: {champion: tree}
      snapshots: {every: {instances: 50}}
      """;

  @TempDir private static Path directory;

  @Test
  @SuppressWarnings("try") // MiniCluster.close() waits
  void tellsNumbersScoresThemAndPublishesTheModels() throws Exception {
    PipelineSpec spec = SpecLoader.parse(SPEC, path -> TestPipelines.FLIGHT.toString());
    Configuration config = new Configuration();
    config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    config.set(RestOptions.BIND_PORT, "0");
    MiniClusterConfiguration slots =
        new MiniClusterConfiguration.Builder()
            .setConfiguration(config)
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(2)
            .build();
    try (TestBroker broker = TestBroker.start(directory);
        MiniCluster cluster = new MiniCluster(slots)) {
      cluster.start();
      broker.createTopics(new NewTopic("flights", 2, (short) 1));
      KafkaOptions options = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      new PipelineTopics(spec, options).prepare();
      Map<String, Double> labels = send(broker);
      cluster.submitJob(job(spec, options)).get();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(broker.read("minutes-predictions")).hasSize(EVENTS + 1);
                assertThat(broker.read("minutes-rejects")).hasSize(1);
                assertThat(total(broker, "served").getInstances()).isEqualTo(EVENTS);
                assertThat(broker.read("minutes-snapshots")).isNotEmpty();
              });

      List<Prediction> predictions = broker.read("minutes-predictions", Prediction.class);
      double errors = 0;
      double squares = 0;
      for (Prediction prediction : predictions) {
        if (prediction.getEventId().equals(UNLABELLED)) {
          continue;
        }
        assertThat(prediction.getSlot()).isEqualTo("tree");
        assertThat(prediction.getVotes()).containsOnlyKeys("value");
        double value = prediction.getVotes().get("value");
        assertThat(Double.parseDouble(prediction.getPredicted())).isEqualTo(value);
        double error = labels.get(prediction.getEventId()) - value;
        errors += Math.abs(error);
        squares += error * error;
      }
      assertThat(broker.read("minutes-rejects", Reject.class).get(0).getReason())
          .isEqualTo("missing-key");
      checkScore(total(broker, "served"), errors, squares);
      checkScore(total(broker, "tree"), errors, squares);
      assertThat(total(broker, "rules").getMae()).isPositive();
      assertThat(total(broker, "mean").getR2()).isCloseTo(0, within(1e-9));
      checkSnapshots(spec, broker.read("minutes-snapshots", ModelSnapshot.class), predictions);
    }
  }

  /** Labels by event; an infinity is no label, and an event without a key is rejected. */
  private static Map<String, Double> send(TestBroker broker) throws Exception {
    Map<String, Double> labels = new HashMap<>();
    for (int i = 0; i < EVENTS; i++) {
      int partition = i % 2;
      GenericRecord flight =
          flight("f" + i, partition == 0 ? "ATL" : "ORD", 1_000L * i, i * 37 % 100, null);
      double label = (partition == 0 ? 0.5 : -0.5) * (i * 37 % 100) + i % 3;
      flight.put("delay", label);
      labels.put("f" + i, label);
      broker.send("flights", partition, bytes(flight));
    }
    GenericRecord infinite = flight(UNLABELLED, "ATL", 1, 1, null);
    infinite.put("delay", Double.POSITIVE_INFINITY);
    broker.send("flights", 0, bytes(infinite));
    broker.send("flights", 0, bytes(flight("keyless", null, 1, 1, null)));
    return labels;
  }

  private static org.apache.flink.runtime.jobgraph.JobGraph job(
      PipelineSpec spec, KafkaOptions options) {
    Configuration config = new Configuration();
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    config.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(config).setParallelism(2);
    KafkaPipeline.build(env, spec, options);
    return env.getStreamGraph().getJobGraph();
  }

  /** The newest total of a slot over all keys. */
  private static Evaluation total(TestBroker broker, String slot) {
    return broker.read("minutes-evaluations", Evaluation.class).stream()
        .filter(e -> e.getSlot().equals(slot) && e.getScope() == EvaluationScope.OVERALL_TOTAL)
        .reduce((a, b) -> b)
        .orElseThrow(() -> new AssertionError("no evaluation of " + slot));
  }

  private static void checkScore(Evaluation score, double errors, double squares) {
    assertThat(score.getMae()).isCloseTo(errors / EVENTS, within(1e-9));
    assertThat(score.getRmse()).isCloseTo(Math.sqrt(squares / EVENTS), within(1e-9));
    assertThat(score.getR2()).isLessThan(1);
    assertThat(score.getAccuracy()).isNull();
    assertThat(score.getLogLoss()).isNull();
  }

  /** A published model answers what the job answered next. */
  private static void checkSnapshots(
      PipelineSpec spec, List<ModelSnapshot> snapshots, List<Prediction> predictions) {
    ModelContext context = spec.modelContext();
    int compared = 0;
    for (ModelSnapshot snapshot : snapshots) {
      assertThat(snapshot.getTask()).isEqualTo("regression");
      assertThat(snapshot.getClasses()).isEmpty();
      assertThat(snapshot.getMetrics().getAccuracy()).isNull();
      byte[] payload = new byte[snapshot.getPayload().remaining()];
      snapshot.getPayload().duplicate().get(payload);
      Predictor predictor = new LearnerCodec(context).read(payload);
      for (Prediction prediction : predictions) {
        if (!prediction.getEventId().equals(UNLABELLED)
            && snapshot.getSlot().equals("tree")
            && prediction.getKey().equals(snapshot.getKey())
            && prediction.getTrainedInstances() == snapshot.getTrainedInstances()) {
          int number = Integer.parseInt(prediction.getEventId().substring(1));
          assertThat(predictor.vote(new double[] {number * 37 % 100}).predicted())
              .isEqualTo(prediction.getVotes().get("value"));
          compared++;
        }
      }
    }
    assertThat(compared).isPositive();
    assertThat(snapshots).extracting(ModelSnapshot::getSlot).contains("tree", "rules");
  }
}
