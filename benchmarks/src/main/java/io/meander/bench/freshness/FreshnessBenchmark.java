/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.freshness;

import io.meander.bench.Measurement;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.serving.FollowedModels;
import io.meander.serving.Payloads;
import io.meander.serving.SnapshotFollower;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * How long an event takes until it is answered, and so learned; until what it taught is handed to
 * Kafka; and until a follower answers from it. Job, follower and generator are this process, the
 * broker is wherever it is. Every event has its label.
 */
public final class FreshnessBenchmark {

  static final int KEYS = 20;
  static final int RATE = 200;

  private static final String LEARNER = "trees.HoeffdingTree -g 50";
  private static final long MODEL_BYTES = 256L << 20;
  private static final List<Duration> INTERVALS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(10));

  private final boolean quick;
  private final String bootstrapServers;
  private final Consumer<String> progress;

  /**
   * @param quick a third of the events
   */
  public FreshnessBenchmark(boolean quick, String bootstrapServers, Consumer<String> progress) {
    this.quick = quick;
    this.bootstrapServers = bootstrapServers;
    this.progress = progress;
  }

  /** By updates and by snapshots alone, each with checkpoints 1 s and 10 s apart. */
  public void run(Consumer<Measurement> results) throws Exception {
    for (Duration interval : INTERVALS) {
      for (boolean updates : new boolean[] {true, false}) {
        String way = updates ? "updates" : "snapshots every 1 s";
        String scenario = "freshness by %s, checkpoints %d s".formatted(way, interval.toSeconds());
        progress.accept(scenario);
        results.accept(measure(scenario, updates, interval));
      }
    }
  }

  private Measurement measure(String scenario, boolean updates, Duration interval)
      throws Exception {
    String name = "fresh-" + Long.toString(System.nanoTime(), 36);
    Path folder = Files.createTempDirectory("meander-bench-freshness");
    try {
      PipelineSpec spec = spec(folder, name, updates);
      KafkaOptions kafka = KafkaOptions.of(bootstrapServers, name);
      try (Admin admin = Admin.create(client())) {
        admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all().get();
      }
      new PipelineTopics(spec, kafka).prepare();
      FollowedModels models = FollowedModels.of(spec, MODEL_BYTES, Payloads.STORES);
      JobClient job = submit(spec, kafka, folder, interval);
      try (SnapshotFollower follower =
              SnapshotFollower.start(client(), spec.topics().snapshots(), models);
          SentEvents events = new SentEvents(spec, client(), models)) {
        Duration warmUp = interval.multipliedBy(2).plusSeconds(10);
        Duration measured = interval.multipliedBy(quick ? 4 : 12).plusSeconds(10);
        events.run(warmUp, measured, interval.multipliedBy(3).plusSeconds(60));
        follower.whyNotReady().ifPresent(progress);
        return measurement(scenario, events, updates);
      } finally {
        job.cancel().get();
      }
    } finally {
      delete(folder);
    }
  }

  private static JobClient submit(
      PipelineSpec spec, KafkaOptions kafka, Path folder, Duration interval) throws Exception {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("state").toUri().toString());
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
    KafkaPipeline.build(env, spec, kafka);
    return env.executeAsync(spec.name());
  }

  private static Measurement measurement(String scenario, SentEvents events, boolean updates) {
    double rate = RATE;
    return new Measurement(
        scenario,
        "meander",
        LEARNER,
        KEYS,
        1,
        "generated",
        events.events(),
        1,
        new Measurement.Spread(rate, rate, rate),
        null,
        null,
        null,
        new Measurement.Tail(
            events.served(50), events.served(99), events.served(99.9), events.served(100)),
        null,
        figures(events, updates));
  }

  /** Of several snapshots that are committed together only the last one's time is seen. */
  private static Map<String, Double> figures(SentEvents events, boolean updates) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("answered p50 ms", events.answered(50));
    figures.put("answered p99 ms", events.answered(99));
    if (updates) {
      figures.put("sent p50 ms", events.sent(50));
      figures.put("sent p99 ms", events.sent(99));
    }
    figures.put("served p50 ms", events.served(50));
    figures.put("served p99 ms", events.served(99));
    return figures;
  }

  private Properties client() {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers);
    return properties;
  }

  private static PipelineSpec spec(Path folder, String name, boolean updates)
      throws IOException, SpecException {
    Files.writeString(
        folder.resolve("point.avsc"),
        """
        {"type": "record", "name": "Point", "fields": [
          {"name": "id", "type": "string"},
          {"name": "sensor", "type": "string"},
          {"name": "x", "type": "double"},
          {"name": "y", "type": "double"},
          {"name": "label", "type": "string"}
        ]}
        """);
    Path yaml = folder.resolve("points.yaml");
    Files.writeString(
        yaml,
        """
        name: %s
        task: classification
        events: {topic: %s, schema: point.avsc, key: [sensor], id: id}
        label: {field: label, classes: ["below", "above"]}
        features: [x, y]
        slots:
          - {id: ht, learner: "%s"}
        snapshots: {every: {instances: 1000000, time: %s}, deltas: %s}
        """
            .formatted(name, name, LEARNER, updates ? "30s" : "1s", updates));
    return SpecLoader.load(yaml);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
