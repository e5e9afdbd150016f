/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.cli.files.FileEvents;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.flink.LearningPipeline;
import io.meander.flink.RawRecord;
import io.meander.flink.wire.WireTypes;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureIT {

  private static final int EVENTS = 30_000;
  private static final int FAILURES = 4;
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final Path FLIGHTS =
      Path.of(System.getProperty("meander.root"), "examples", "flights");

  /** By run, key and slot: in this process, as the embedded cluster is. */
  private static final Map<String, Map<String, ModelSnapshot>> MODELS = new ConcurrentHashMap<>();

  private static final AtomicInteger FAILED = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void aRunWithFailuresEndsWithTheModelsOfOneWithout() throws Exception {
    compare(SpecLoader.load(FLIGHTS.resolve("pipeline.yaml")));
  }

  @Test
  void soDoesOneWhoseLabelsComeLaterOrNever() throws Exception {
    String yaml =
        Files.readString(FLIGHTS.resolve("pipeline.yaml"))
            .replace("  above: 15  ", "  known-at: {after: 100m}\n  wait: 3h\n  above: 15  ");
    compare(SpecLoader.parse(yaml, path -> Files.readString(FLIGHTS.resolve(path))));
  }

  @Test
  void soDoesOneWhoseKeysBeginWithTheirParentsModels() throws Exception {
    String yaml =
        Files.readString(FLIGHTS.resolve("pipeline.yaml"))
            .replace("  above: 15  ", "  known-at: {after: 100m}\n  wait: 3h\n  above: 15  ");
    compare(
        SpecLoader.parse(
            yaml.replace("instances: 1000", "instances: 5") + "parent: {key: [], sample: 0.7}\n",
            path -> Files.readString(FLIGHTS.resolve(path))));
  }

  private void compare(PipelineSpec spec) throws Exception {
    FAILED.set(0);
    MODELS.clear();
    try (EmbeddedFlink flink =
        EmbeddedFlink.start(
            new EmbeddedFlink.Options(
                folder.resolve("flink"), 2, 0, folder.resolve("flink.log")))) {
      run(flink, spec, "quiet", false);
      run(flink, spec, "troubled", true);
    }

    assertThat(FAILED.get()).isEqualTo(FAILURES);
    assertThat(MODELS.get("quiet")).hasSize(20 * 3);
    assertThat(new TreeMap<>(MODELS.get("troubled"))).isEqualTo(new TreeMap<>(MODELS.get("quiet")));
  }

  private static void run(EmbeddedFlink flink, PipelineSpec spec, String name, boolean failing)
      throws Exception {
    MODELS.put(name, new ConcurrentHashMap<>());
    StreamExecutionEnvironment env = flink.newEnvironment();
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    env.configure(settings);
    DataStream<RawRecord> rows =
        env.fromSource(
                new FileEvents(FLIGHTS.resolve("flights.csv.gz"), null, spec, EVENTS, false, null),
                WatermarkStrategy.noWatermarks(),
                "file",
                WireTypes.RAW_RECORD)
            .setParallelism(1)
            .uid("file");
    if (failing) {
      rows =
          rows.map(new Failing(new Random(5).nextLong()))
              .returns(WireTypes.RAW_RECORD)
              .setParallelism(1)
              .uid("failing");
    }
    LearningPipeline.Outputs outputs =
        LearningPipeline.build(rows, null, null, spec, LearningPipeline.Options.BOUNDED);
    outputs.steps().sinkTo(new Discarding<>()).setParallelism(1).uid("steps");
    outputs.snapshots().sinkTo(new Models(name)).setParallelism(1).uid("models");
    RunningJob job = flink.submit(env.getStreamGraph().getJobGraph());
    assertThat(job.await(BOUND)).as("%s ended within %s", name, BOUND).isTrue();
  }

  /** Throws a few times, at random records, each time after a checkpoint was completed. */
  private static final class Failing extends RichMapFunction<RawRecord, RawRecord>
      implements CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private transient volatile boolean checkpointed;
    private transient int records;
    private transient int failAt;

    Failing(long seed) {
      this.seed = seed;
    }

    @Override
    public RawRecord map(RawRecord record) throws InterruptedException {
      if (failAt == 0) {
        failAt = 1000 + new Random(seed + FAILED.get()).nextInt(4000);
      }
      records++;
      if (records % 500 == 0) {
        Thread.sleep(10); // so that checkpoints fall among the records
      }
      if (checkpointed && records > failAt && FAILED.get() < FAILURES) {
        throw new IllegalStateException("failure " + FAILED.incrementAndGet() + " on purpose");
      }
      return record;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      checkpointed = true;
    }
  }

  /** Keeps the last snapshots of a run. */
  private record Models(String run) implements Sink<ModelSnapshot> {
    @Override
    public SinkWriter<ModelSnapshot> createWriter(WriterInitContext context) {
      return writer(s -> MODELS.get(run).put(s.getKey() + "|" + s.getSlot(), s));
    }
  }

  private record Discarding<T>() implements Sink<T> {
    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      return writer(ignored -> {});
    }
  }

  private static <T> SinkWriter<T> writer(java.util.function.Consumer<T> take) {
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context context) {
        take.accept(element);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
