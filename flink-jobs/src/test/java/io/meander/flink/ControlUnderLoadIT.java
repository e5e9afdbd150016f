/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.bytes;
import static io.meander.flink.TestPipelines.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.avro.Promote;
import io.meander.avro.Rollback;
import io.meander.avro.Seal;
import io.meander.avro.SlotDeclaration;
import io.meander.avro.Status;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.models.LearnerCodec;
import io.meander.models.Predictor;
import io.meander.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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

/**
 * Deploys, promotes and rolls back under load: nothing is lost and every answer is what it says.
 */
class ControlUnderLoadIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ROUNDS = 100;
  private static final Duration ROUND = Duration.ofMillis(400);
  private static final List<String> KEYS = List.of("ATL", "ORD", "DFW", "LAX", "MEM");

  @TempDir private static Path directory;

  private final Map<String, GenericRecord> sent = new ConcurrentHashMap<>();
  private int commands;

  @Test
  void aHundredDeploymentsPromotionsAndRollbacksLoseNoPrediction() throws Exception {
    Configuration config = new Configuration();
    config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    config.set(RestOptions.BIND_PORT, "0");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build());
    try (TestBroker broker = TestBroker.start(directory)) {
      cluster.start();
      PipelineSpec spec = TestPipelines.flights();
      KafkaOptions options = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      broker.createTopics(new NewTopic("flights", 2, (short) 1));
      new PipelineTopics(spec, options).prepare();
      var job = submit(cluster, spec, options);
      AtomicBoolean stop = new AtomicBoolean();
      Thread load = new Thread(() -> load(broker, stop), "load");
      load.start();
      try {
        for (int round = 0; round < ROUNDS; round++) {
          int seed = round / 2;
          send(broker, c -> c.setDeploy(deploy(seed)));
          send(broker, c -> c.setPromote(new Promote(seed % 2 == 0 ? "tree" : "bayes")));
          send(broker, c -> c.setRollback(new Rollback("bayes", null, null, null, 0L)));
          Thread.sleep(ROUND.toMillis());
        }
        send(broker, c -> c.setStatus(new Status(true)));
        send(broker, c -> c.setSeal(new Seal(false)));
      } finally {
        stop.set(true);
        load.join();
      }
      try {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  assertThat(broker.read("flights-predictions")).hasSize(sent.size());
                  assertThat(broker.read("flights-control-acks")).hasSize(commands);
                });
        check(broker, spec);
      } finally {
        cluster.cancelJob(job).get();
      }
    } finally {
      cluster.close();
    }
  }

  private void check(TestBroker broker, PipelineSpec spec) throws Exception {
    List<ControlAck> acks = broker.read("flights-control-acks", ControlAck.class);
    assertThat(acks).allMatch(ControlAck::getAccepted);
    assertThat(acks.stream().mapToLong(ControlAck::getGeneration).max().orElseThrow())
        .isEqualTo(1 + 3 * ROUNDS);
    assertThat(acks).anyMatch(a -> a.getLiveKeys() != null && a.getLiveKeys() == KEYS.size());
    assertThat(acks).anyMatch(a -> a.getSealedKeys() != null);

    List<Prediction> predictions = broker.read("flights-predictions", Prediction.class);
    assertThat(predictions.stream().map(Prediction::getEventId)).doesNotHaveDuplicates();
    assertThat(predictions).extracting(Prediction::getSlot).contains("bayes", "tree");
    Map<String, Long> generations = new HashMap<>();
    Map<String, Long> trained = new HashMap<>();
    Map<String, Prediction> byModel = new HashMap<>();
    Set<String> lives = new HashSet<>();
    for (Prediction p : predictions) {
      Long before = generations.put(p.getKey(), p.getGeneration());
      assertThat(p.getGeneration()).isGreaterThanOrEqualTo(before == null ? 1 : before);
      String life = p.getKey() + "/" + p.getSlot() + "/" + p.getIncarnation();
      lives.add(life);
      Long learned = trained.put(life, p.getTrainedInstances());
      if (learned != null) {
        assertThat(p.getTrainedInstances()).as(life).isGreaterThan(learned);
      }
      byModel.put(life + "/" + p.getTrainedInstances(), p);
    }
    assertThat(lives).hasSizeGreaterThan(ROUNDS);

    LearnerCodec codec = new LearnerCodec(spec.modelContext());
    int compared = 0;
    for (ModelSnapshot snapshot : broker.read("flights-snapshots", ModelSnapshot.class)) {
      String model =
          String.join(
              "/",
              snapshot.getKey(),
              snapshot.getSlot(),
              Long.toString(snapshot.getIncarnation()),
              Long.toString(snapshot.getTrainedInstances()));
      Prediction p = byModel.get(model);
      if (p != null) {
        byte[] payload = new byte[snapshot.getPayload().remaining()];
        snapshot.getPayload().duplicate().get(payload);
        Predictor predictor = codec.read(payload);
        double[] features = spec.featureTransform().apply(sent.get(p.getEventId()));
        double[] votes = predictor.vote(features).votes();
        assertThat(List.of(p.getVotes().get("no"), p.getVotes().get("yes")))
            .as(model)
            .containsExactly(votes[0], votes[1]);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(ROUNDS);
  }

  private void load(TestBroker broker, AtomicBoolean stop) {
    Random random = new Random(1);
    try {
      for (int i = 0; !stop.get(); i++) {
        int key = random.nextInt(KEYS.size());
        double miles = random.nextInt(1000);
        String late = miles > 500 == random.nextInt(10) > 0 ? "yes" : "no";
        GenericRecord flight = flight("f" + i, KEYS.get(key), 1_000L * i, miles, late);
        broker.send("flights", key % 2, bytes(flight));
        sent.put("f" + i, flight);
        Thread.sleep(2);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void send(TestBroker broker, Consumer<ControlCommand.Builder> kind) throws Exception {
    ControlCommand.Builder command =
        ControlCommand.newBuilder()
            .setCommandId("c" + commands++)
            .setPipeline("flights")
            .setIssuedAt(Instant.now());
    kind.accept(command);
    broker.send("flights-control", 0, AvroEncoding.encode(command.build()));
  }

  private static Deploy deploy(int seed) {
    List<SlotDeclaration> slots = new ArrayList<>();
    slots.add(new SlotDeclaration("bayes", "bayes.NaiveBayes", 1, null, null, "restart"));
    slots.add(
        new SlotDeclaration("tree", "trees.HoeffdingTree -g 20", seed, null, null, "restart"));
    return new Deploy(slots, "bayes", null, null, null, List.of());
  }

  private static org.apache.flink.api.common.JobID submit(
      MiniCluster cluster, PipelineSpec spec, KafkaOptions options) throws Exception {
    Configuration config = new Configuration();
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    config.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(config).setParallelism(2);
    KafkaPipeline.build(env, spec, options);
    var graph = env.getStreamGraph().getJobGraph();
    cluster.submitJob(graph).get();
    return graph.getJobID();
  }
}
