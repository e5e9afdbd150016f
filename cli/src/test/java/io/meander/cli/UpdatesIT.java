/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlCommand;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.Rollback;
import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.models.LearnerCodec;
import io.meander.serving.FollowedModels;
import io.meander.serving.Payloads;
import io.meander.serving.SnapshotFollower;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The update log of a live job whose events and labels come on two topics, and which is killed on
 * the way: whoever follows it, and whoever makes models anew of it, has the models that the job
 * had.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class UpdatesIT {

  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int EVENTS = 1500;
  private static final int KEYS = 5;

  /** As the spec has it: each key has a moment within it. */
  private static final Duration IMAGES = Duration.ofSeconds(5);

  @TempDir Path folder;

  private PipelineSpec spec;
  private String kafka;

  @Test
  void followersAndBacktestsHaveTheModelsThatTheLiveJobHad() throws Exception {
    writeSpec();
    spec = SpecLoader.load(folder.resolve("spec.yaml"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      kafka = broker.bootstrapServers();
      learn();
      checkRestartedFollower();
      checkRecreated();
      checkSweep();
    }
  }

  private void learn() throws Exception {
    Path state = folder.resolve("flink");
    KafkaOptions options = KafkaOptions.of(kafka, spec.name());
    try (KafkaTopics topics = new KafkaTopics(KafkaAddress.of(kafka));
        EmbeddedFlink flink =
            EmbeddedFlink.start(new EmbeddedFlink.Options(state, 2, 0, folder.resolve("log")))) {
      topics.require("payments", 2, true);
      topics.require("charges", 2, true);
      assertThat(new PipelineTopics(spec, options).prepare()).contains("frauds-updates");
      FollowedModels models = FollowedModels.of(spec, 64L << 20, Payloads.STORES);
      try (SnapshotFollower follower =
          SnapshotFollower.start(client(), spec.topics().snapshots(), models)) {
        RunningJob job = flink.submit(graph(flink, options, Optional.empty()));
        replay(0, EVENTS / 2);
        Thread.sleep(IMAGES.toMillis()); // so that each key sends an image with its next label
        replay(EVENTS / 2, EVENTS);
        await().atMost(BOUND).until(() -> trained(models) > labels(0, EVENTS) / 4);
        job.cancel();
        await().atMost(BOUND).until(job::isDone);
        replay(EVENTS, 2 * EVENTS);
        Optional<String> former = RetainedState.newest(state);
        assertThat(former).isPresent();

        RunningJob again = flink.submit(graph(flink, options, former));
        await().atMost(BOUND).until(() -> trained(models) == labels(0, 2 * EVENTS));
        assertThat(models.updates().orElseThrow().figures().gaps()).isZero();
        assertThat(follower.whyNotReady()).isEmpty();
        again.cancel();
        await().atMost(BOUND).until(again::isDone);
      }
    }
  }

  private JobGraph graph(EmbeddedFlink flink, KafkaOptions options, Optional<String> former) {
    StreamExecutionEnvironment env = flink.newEnvironment();
    Configuration quick = new Configuration();
    quick.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    env.configure(quick);
    JobSettings.retainCheckpoints(env);
    KafkaPipeline.build(env, spec, options);
    JobGraph graph = JobSettings.graph(env, spec.name());
    former.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path, false)));
    return graph;
  }

  /** A new follower ends with the same models, and answers alike. */
  private void checkRestartedFollower() throws Exception {
    FollowedModels models = FollowedModels.of(spec, 64L << 20, Payloads.STORES);
    try (SnapshotFollower follower =
        SnapshotFollower.start(client(), spec.topics().snapshots(), models)) {
      assertThat(follower.awaitCaughtUp(BOUND)).isTrue();
      assertThat(trained(models)).isEqualTo(labels(0, 2 * EVENTS));
      for (String key : models.keys()) {
        assertThat(models.reach(key).byUpdates()).isTrue();
        double[] votes = models.answer(key, published -> new double[] {50}).vote().votes();
        assertThat(votes[0] + votes[1]).isBetween(0.999999, 1.000001);
      }
    }
  }

  /** Models at random positions equal what the job published there. */
  private void checkRecreated() throws Exception {
    Path file = folder.resolve("updates.avro");
    Path yaml = folder.resolve("spec.yaml");
    Command dump =
        Command.run("snapshots", "updates", yaml, "--bootstrap-servers", kafka, "--out", file);
    assertThat(dump.exitCode()).as(dump.err()).isZero();
    Command whole =
        Command.run(
            "backtest",
            yaml,
            "--from-updates",
            "--bootstrap-servers",
            kafka,
            "--verify",
            "--out",
            folder.resolve("whole"));
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    assertThat(whole.err()).containsPattern("[1-9][0-9]* images compared .*, 0 differ");
    assertThat(whole.out()).contains("s0", "s4", "ht*", "nb");

    LearnerCodec codec = new LearnerCodec(spec.modelContext());
    Random random = new Random(4);
    Map<String, List<ModelSnapshot>> published = published();
    assertThat(published).hasSize(KEYS);
    assertThat(published.values().stream().flatMap(List::stream))
        .anyMatch(snapshot -> snapshot.getPayloadUri() != null)
        .anyMatch(snapshot -> snapshot.getPayloadUri() == null);
    for (int draw = 0; draw < 4; draw++) {
      Map<String, ModelSnapshot> chosen = new TreeMap<>();
      published.forEach((key, all) -> chosen.put(key, all.get(random.nextInt(all.size()))));
      String at =
          chosen.entrySet().stream()
              .map(one -> one.getKey() + "=" + one.getValue().getPosition())
              .collect(Collectors.joining(","));
      Path out = folder.resolve("draw" + draw);
      Command run = Command.run("backtest", yaml, "--from-updates", file, "--at", at, "--out", out);
      assertThat(run.exitCode()).as(run.err()).isZero();
      for (ModelSnapshot snapshot : chosen.values()) {
        ModelSnapshot recreated =
            AvroEncoding.decode(
                Files.readAllBytes(
                    out.resolve("models")
                        .resolve(snapshot.getKey())
                        .resolve(snapshot.getSlot() + ".snapshot")),
                ModelSnapshot.class);
        assertThat(recreated.getPosition()).isEqualTo(snapshot.getPosition());
        assertThat(recreated.getIncarnation()).isEqualTo(snapshot.getIncarnation());
        assertThat(recreated.getTrainedInstances()).isEqualTo(snapshot.getTrainedInstances());
        assertThat(bytes(recreated.getPayload())).isEqualTo(codec.canonical(payload(snapshot)));
      }
    }
    // in a process of its own, which has read no record before the file's
    try (MeanderProcess alone =
        new MeanderProcess(
            folder,
            "backtest",
            yaml.toString(),
            "--from-updates",
            file.toString(),
            "--verify",
            "--out",
            folder.resolve("alone").toString())) {
      assertThat(alone.awaitLine("images compared")).contains(", 0 differ");
    }
    Command none =
        Command.run("backtest", yaml, "--from-updates", file, "--at", "s9=3", "--out", file + ".d");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).contains("there are no updates of key 's9'");
    Command beyond =
        Command.run(
            "backtest", yaml, "--from-updates", file, "--at", "s1=99999999", "--out", file + ".d");
    assertThat(beyond.exitCode()).isEqualTo(1);
    assertThat(beyond.err()).contains("key 's1': position 99999999 is not in the log");
    Command before =
        Command.run(
            "backtest",
            yaml,
            "--from-updates",
            file,
            "--at",
            "2001-01-01T00:00:00Z",
            "--out",
            file + ".d");
    assertThat(before.exitCode()).isEqualTo(1);
    assertThat(before.err()).contains("key 's1': it was not born yet");
    Command wrong =
        Command.run("backtest", yaml, "--from-updates", file, "--at", "noon", "--out", file + ".d");
    assertThat(wrong.exitCode()).isEqualTo(2);
  }

  /** What the newest snapshots and all updates refer to stays, and what is young. */
  private void checkSweep() throws Exception {
    Map<String, URI> needed = new TreeMap<>();
    Set<URI> superseded = new HashSet<>();
    for (List<ModelSnapshot> all : published().values()) {
      for (ModelSnapshot snapshot : all) {
        if (snapshot.getPayloadUri() != null) {
          URI uri = URI.create(snapshot.getPayloadUri());
          superseded.add(uri);
          needed.put(snapshot.getKey() + " " + snapshot.getSlot(), uri);
        }
      }
    }
    Set<URI> stays = new HashSet<>(needed.values());
    int ofSnapshots = stays.size();
    for (ModelUpdate update :
        TopicRecords.of(
            kafka, spec.snapshots().updates().orElseThrow().topic(), ModelUpdate.class)) {
      if (update.getPayloadUri() != null) {
        stays.add(URI.create(update.getPayloadUri()));
      }
    }
    assertThat(stays).as("of updates alone").hasSizeGreaterThan(ofSnapshots);
    superseded.removeAll(stays);
    assertThat(superseded).isNotEmpty();

    Path payloads = folder.resolve("payloads/frauds");
    Path orphan =
        Files.write(
            Files.createDirectories(payloads.resolve("ee")).resolve("e".repeat(64)), new byte[9]);
    Set<Path> goes = new HashSet<>(); // also what transactions left that were never committed
    try (Stream<Path> files = Files.walk(payloads)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        goes.add(file);
      }
    }
    Path ordered = Files.write(payloads.resolve("ee").resolve("d".repeat(64)), new byte[9]);
    Files.setLastModifiedTime(ordered, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    stays.add(ordered.toUri());
    goes.add(ordered);
    sendRollback(ordered.toUri());
    stays.forEach(uri -> assertThat(goes.remove(Path.of(uri))).as("%s", uri).isTrue());
    Path young = Files.write(payloads.resolve("ee").resolve("f".repeat(64)), new byte[9]);

    assertThat(sweep("--grace", "59m").exitCode()).isEqualTo(2);
    Command older = sweep("--grace", "9d");
    assertThat(older.exitCode()).as(older.err()).isZero();
    assertThat(older.out()).isEmpty();
    Command dry = sweep("--dry-run");
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out().lines().map(uri -> Path.of(URI.create(uri))))
        .containsExactlyInAnyOrderElementsOf(goes);
    assertThat(goes).contains(orphan).allMatch(Files::exists);
    Command swept = sweep();
    assertThat(swept.exitCode()).as(swept.err()).isZero();
    assertThat(swept.out().lines()).containsExactlyInAnyOrderElementsOf(dry.out().lines().toList());
    assertThat(goes).noneMatch(Files::exists);
    assertThat(stays).allMatch(uri -> Files.exists(Path.of(uri)));
    assertThat(young).exists();

    Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    try (var producer =
        new KafkaProducer<>(client(), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(spec.topics().snapshots(), "s1|ht", "no snapshot")).get();
    }
    Command unknown = sweep();
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).contains("what it refers to is not known, so nothing was deleted");
    assertThat(young).exists();
  }

  /** As of an operator who undoes something while the job is down. */
  private void sendRollback(URI payload) throws Exception {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("undo")
            .setPipeline(spec.name())
            .setIssuedAt(Instant.EPOCH)
            .setKeys(List.of("s1"))
            .setRollback(new Rollback("ht", 1L, null, payload.toString(), 0L))
            .build();
    try (var producer =
        new KafkaProducer<>(client(), new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(spec.topics().control(), AvroEncoding.encode(command)))
          .get();
      producer.send(new ProducerRecord<>(spec.topics().control(), new byte[3])).get();
    }
  }

  private Command sweep(String... options) throws Exception {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "snapshots", "sweep", folder.resolve("spec.yaml"), "--bootstrap-servers", kafka));
    arguments.addAll(List.of(options));
    return Command.run(arguments.toArray());
  }

  private Map<String, List<ModelSnapshot>> published() throws Exception {
    Map<String, List<ModelSnapshot>> published = new TreeMap<>();
    for (ModelSnapshot snapshot :
        TopicRecords.of(kafka, spec.topics().snapshots(), ModelSnapshot.class)) {
      published.computeIfAbsent(snapshot.getKey(), k -> new ArrayList<>()).add(snapshot);
    }
    return published;
  }

  private static byte[] payload(ModelSnapshot snapshot) throws IOException {
    return Payloads.STORES.of(
        snapshot.getPayloadUri(), snapshot.getPayload(), snapshot.getPayloadBytes());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private Properties client() {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", kafka);
    return properties;
  }

  /** Instances that the champions of all keys have learned, as the follower knows. */
  private static long trained(FollowedModels models) throws Exception {
    long sum = 0;
    for (String key : models.keys()) {
      sum +=
          models.describe(key).stream()
              .filter(model -> model.slot().equals("ht"))
              .mapToLong(FollowedModels.Description::trainedInstances)
              .sum();
    }
    return sum;
  }

  /** Every third payment has no verdict. */
  private static long labels(int from, int to) {
    long count = 0;
    for (int i = from; i < to; i++) {
      count += i % 3 == 0 ? 0 : 1;
    }
    return count;
  }

  private void replay(int from, int to) throws Exception {
    StringBuilder payments = new StringBuilder("id,at,shop,amount\n");
    StringBuilder charges = new StringBuilder("payment,came,shop,verdict\n");
    for (int i = from; i < to; i++) {
      long at = 1_000_000_000_000L + 1000L * i;
      int amount = i * 37 % 100;
      payments.append("p%d,%d,s%d,%d%n".formatted(i, at, i % KEYS, amount));
      if (i % 3 != 0) {
        charges.append(
            "p%d,%d,s%d,%s%n".formatted(i, at + 60_000, i % KEYS, amount > 60 ? "bad" : "ok"));
      }
    }
    Path events = Files.writeString(folder.resolve("payments.csv"), payments);
    Path labels = Files.writeString(folder.resolve("charges.csv"), charges);
    new FileReplay(
            spec,
            events,
            labels,
            KafkaAddress.of(kafka),
            Long.MAX_VALUE,
            Rate.UNLIMITED,
            Double.POSITIVE_INFINITY)
        .run();
  }

  private void writeSpec() throws Exception {
    Payments.writeSchemas(folder);
    Files.writeString(
        folder.resolve("spec.yaml"),
        """
        name: frauds
        events: {topic: payments, schema: payment.avsc, key: [shop], id: id, time: {field: at}}
        label: {topic: charges, schema: charge.avsc, id: payment, field: verdict,
                time: {field: came}, wait: 10d}
        features: [amount]
        slots:
          - {id: ht, learner: trees.HoeffdingTree -g 20}
          - {id: nb, learner: bayes.NaiveBayes}
        serve: {champion: ht}
        snapshots: {every: {instances: 37, time: 1s}, deltas: true, images: 5s,
                    max-inline: 1KB, payloads: "%s"}
        """
            .formatted(folder.resolve("payloads").toUri()));
  }
}
