/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.bytes;
import static io.meander.flink.TestPipelines.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.Evaluation;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.avro.Reject;
import io.meander.avro.SlotDeclaration;
import io.meander.avro.TopicOffset;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.PredictionIds;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline between a real broker's topics. */
class KafkaPipelineIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int GOOD = 100;
  private static final int PARTITIONS = 2;

  @TempDir private static Path directory;

  private static TestBroker broker;
  private static MiniCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    broker = TestBroker.start(directory);
    Configuration config = new Configuration();
    config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    config.set(RestOptions.BIND_PORT, "0");
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build());
    cluster.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void everyRecordIsAnsweredOrRejectedWithItsPlace() throws Exception {
    PipelineSpec spec = TestPipelines.flights();
    KafkaOptions options = KafkaOptions.of(broker.bootstrapServers(), spec.name());
    PipelineTopics topics = new PipelineTopics(spec, options);
    assertThatThrownBy(topics::prepare)
        .isInstanceOf(TopicsException.class)
        .hasMessageContaining("there is no topic 'flights'");
    broker.createTopics(new NewTopic("flights", PARTITIONS, (short) 1));
    assertThat(topics.prepare()).hasSize(7);
    assertThat(topics.prepare()).isEmpty();
    send();

    JobClient job = submit(List.of(spec), options, SavepointRestoreSettings.none());
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(broker.read("flights-predictions")).hasSize(GOOD);
                assertThat(broker.read("flights-rejects")).hasSize(4);
                assertThat(served()).contains((long) GOOD);
                assertThat(broker.read("flights-snapshots")).isNotEmpty();
              });
      checkPredictions();
      checkRejects();
      checkSnapshots();
      deploy();
      String savepoint = stop(job);
      job = submit(List.of(spec), options, SavepointRestoreSettings.forPath(savepoint));
      checkContinuation();
    } finally {
      job.cancel().get();
    }
  }

  @Test
  void aPipelineJoinsAJobThatRunsAndLearnsFromItsTopicByAKeyOfItsOwn() throws Exception {
    PipelineSpec origins =
        TestPipelines.trips("origins", "origin", "{field: late, classes: ['no', 'yes']}");
    PipelineSpec carriers =
        TestPipelines.trips("carriers", "carrier", "{field: late, classes: ['no', 'yes']}");
    KafkaOptions options = KafkaOptions.of(broker.bootstrapServers(), "origins");
    broker.createTopics(new NewTopic("trips", PARTITIONS, (short) 1));
    new PipelineTopics(origins, options).prepare();
    new PipelineTopics(carriers, options).prepare();

    JobClient job = submit(List.of(origins), options, SavepointRestoreSettings.none());
    try {
      sendTrips(0, 40);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(broker.read("origins-predictions")).hasSize(40));
      String savepoint = stop(job);
      job =
          submit(List.of(origins, carriers), options, SavepointRestoreSettings.forPath(savepoint));
      sendTrips(40, 80);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(broker.read("origins-predictions")).hasSize(80);
                assertThat(broker.read("carriers-predictions")).hasSize(40);
              });
    } finally {
      job.cancel().get();
    }

    assertThat(trained("origins-predictions")).isEqualTo(Map.of("ATL", 39L, "ORD", 39L));
    assertThat(trained("carriers-predictions")).isEqualTo(Map.of("DL", 39L));
  }

  private static void sendTrips(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      broker.send(
          "trips",
          i % PARTITIONS,
          bytes(flight("t" + i, i % PARTITIONS == 0 ? "ATL" : "ORD", i, 100 + i, "no")));
    }
  }

  /** The most instances that a key's answers rest on. */
  private static Map<String, Long> trained(String topic) {
    return broker.read(topic, Prediction.class).stream()
        .collect(
            Collectors.groupingBy(
                Prediction::getKey,
                Collectors.reducing(0L, Prediction::getTrainedInstances, Math::max)));
  }

  private static String stop(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false,
            directory.resolve("savepoints").toUri().toString(),
            SavepointFormatType.CANONICAL)
        .get();
  }

  private static void send() throws Exception {
    for (int i = 0; i < GOOD; i++) {
      int partition = i / 2 % PARTITIONS;
      String origin = partition == 0 ? "ATL" : "ORD";
      String late = i % 3 == 0 ? "yes" : "no";
      broker.send("flights", partition, bytes(flight("f" + i, origin, 1_000L * i, 100 + i, late)));
    }
    byte[] whole = bytes(flight("bad", "ATL", 1, 1, "yes"));
    broker.send("flights", 0, Arrays.copyOf(whole, whole.length - 5));
    broker.send("flights", 1, bytes(flight("bad", "ATL", 1, 1, "perhaps")));
    broker.send("flights", 1, bytes(flight("bad", null, 1, 1, "yes")));
    broker.send("flights", 0, null);
  }

  private static void checkPredictions() {
    PredictionIds ids = new PredictionIds("flights");
    List<Prediction> predictions = broker.read("flights-predictions", Prediction.class);
    assertThat(predictions.stream().map(Prediction::getEventId)).doesNotHaveDuplicates();
    assertThat(predictions)
        .allSatisfy(
            p -> {
              assertThat(p.getPredictionId()).isEqualTo(ids.of(p.getEventId(), "bayes"));
              assertThat(p.getVotes().keySet()).containsExactlyInAnyOrder("no", "yes");
              assertThat(p.getVotes().get("no") + p.getVotes().get("yes"))
                  .isCloseTo(1, within(1e-12));
              assertThat(p.getGeneration()).isEqualTo(1);
            });
    assertThat(trained("flights-predictions")).isEqualTo(Map.of("ATL", 49L, "ORD", 49L));
  }

  private static void checkRejects() {
    Map<String, Reject> rejects =
        broker.read("flights-rejects", Reject.class).stream()
            .collect(Collectors.toMap(Reject::getReason, r -> r));

    assertThat(rejects.keySet())
        .containsExactlyInAnyOrder("malformed-avro", "unknown-class", "missing-key", "tombstone");
    Reject truncated = rejects.get("malformed-avro");
    byte[] whole = bytes(flight("bad", "ATL", 1, 1, "yes"));
    assertThat(truncated.getTopic()).isEqualTo("flights");
    assertThat(truncated.getPartition()).isZero();
    assertThat(truncated.getOffset()).isEqualTo(GOOD / PARTITIONS);
    assertThat(truncated.getValue())
        .isEqualTo(ByteBuffer.wrap(Arrays.copyOf(whole, whole.length - 5)));
    assertThat(rejects.get("unknown-class").getOffset()).isEqualTo(GOOD / PARTITIONS);
    assertThat(rejects.get("unknown-class").getPartition()).isEqualTo(1);
    assertThat(rejects.get("unknown-class").getDetail()).contains("'perhaps'", "[no, yes]");
    assertThat(rejects.get("tombstone").getValue()).isNull();
  }

  private static void checkSnapshots() {
    List<ModelSnapshot> snapshots = broker.read("flights-snapshots", ModelSnapshot.class);
    assertThat(snapshots)
        .allSatisfy(
            s -> {
              assertThat(s.getSlot()).isEqualTo("bayes");
              assertThat(s.getTrainedInstances()).isPositive();
              assertThat(s.getPayload().remaining()).isPositive();
              int partition = s.getKey().equals("ATL") ? 0 : 1;
              assertThat(s.getOffsets())
                  .containsExactly(
                      new TopicOffset("flights", partition, s.getTrainedInstances() - 1));
            });
    assertThat(broker.read("flights-snapshots"))
        .allSatisfy(
            r ->
                assertThat(new String(r.key(), StandardCharsets.UTF_8))
                    .isIn("ATL|bayes", "ORD|bayes"));
  }

  private static List<Long> served() {
    return broker.read("flights-evaluations", Evaluation.class).stream()
        .filter(e -> e.getSlot().equals("served"))
        .map(Evaluation::getInstances)
        .toList();
  }

  /** A command while the job runs: refused, then accepted and obeyed. */
  private static void deploy() throws Exception {
    broker.send("flights-control", 0, command("c1", "majorit"));
    broker.send("flights-control", 0, command("c2", "functions.MajorityClass"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(broker.read("flights-control-acks")).hasSize(2));
    List<ControlAck> acks = broker.read("flights-control-acks", ControlAck.class);
    assertThat(acks.get(0).getAccepted()).isFalse();
    assertThat(acks.get(0).getReason()).startsWith("slots[1].learner: ").contains("majorit");
    assertThat(acks.get(1).getAccepted()).isTrue();
    assertThat(acks.get(1).getGeneration()).isEqualTo(2);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              broker.send("flights", 0, bytes(flight("g" + System.nanoTime(), "ATL", 1, 1, "yes")));
              List<Prediction> predictions = broker.read("flights-predictions", Prediction.class);
              assertThat(predictions)
                  .anySatisfy(
                      p -> {
                        assertThat(p.getGeneration()).isEqualTo(2);
                        assertThat(p.getSlot()).isEqualTo("major");
                      });
            });
  }

  /** The next event finds the deployment, the models and the totals that the savepoint held. */
  private static void checkContinuation() throws Exception {
    int predictions = broker.read("flights-predictions").size();
    broker.send("flights", 1, bytes(flight("last", "ORD", 1, 1, "yes")));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(served()).contains(predictions + 1L);
              assertThat(broker.read("flights-predictions", Prediction.class))
                  .hasSize(predictions + 1)
                  .anySatisfy(
                      p -> {
                        assertThat(p.getEventId()).isEqualTo("last");
                        assertThat(p.getGeneration()).isEqualTo(2);
                        assertThat(p.getNoChange()).isEqualTo("yes");
                      });
            });
    List<ModelSnapshot> snapshots = broker.read("flights-snapshots", ModelSnapshot.class);
    assertThat(snapshots)
        .extracting(s -> s.getKey() + s.getSlot() + s.getVersion())
        .doesNotHaveDuplicates();
  }

  private static byte[] command(String id, String learner) {
    return AvroEncoding.encode(
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setPipeline("flights")
            .setIssuedAt(Instant.now())
            .setExpectedGeneration(1L)
            .setDeploy(
                new Deploy(
                    List.of(
                        new SlotDeclaration("bayes", "bayes.NaiveBayes", 1, null, null, "restart"),
                        new SlotDeclaration("major", learner, 1, null, null, "restart")),
                    "major",
                    null,
                    null,
                    null,
                    List.of()))
            .build());
  }

  private static JobClient submit(
      List<PipelineSpec> specs, KafkaOptions options, SavepointRestoreSettings restore)
      throws Exception {
    Configuration config = new Configuration();
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    config.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(config).setParallelism(2);
    KafkaPipeline.build(env, specs, options);
    var streams = env.getStreamGraph();
    streams.setSavepointRestoreSettings(restore);
    var graph = streams.getJobGraph();
    cluster.submitJob(graph).get();
    return new MiniClusterJobClient(
        graph.getJobID(),
        cluster,
        KafkaPipelineIT.class.getClassLoader(),
        MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
  }
}
