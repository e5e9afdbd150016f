/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.bytes;
import static io.meander.flink.TestPipelines.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.Reject;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** The learning pipeline over records that end, without Kafka and without control. */
class BoundedPipelineIT {

  private static final int RECORDS = 400;
  private static final int BAD = 137;

  /** What a run gave. */
  private record Run(List<Step> steps, List<Reject> rejects, List<ModelSnapshot> snapshots) {}

  @Test
  void eachRecordIsOneStepOrOneReject() throws Exception {
    Run run = run(2);

    assertThat(run.rejects()).hasSize(1);
    assertThat(run.rejects().get(0).getSequence()).isEqualTo(BAD);
    assertThat(run.rejects().get(0).getReason()).isEqualTo("unknown-class");
    assertThat(run.steps().stream().map(Step::sequence))
        .containsExactlyElementsOf(
            LongStream.range(0, RECORDS).filter(i -> i != BAD).boxed().toList());
  }

  @Test
  void theEndPublishesTheLastModelOfEachKeyOnce() throws Exception {
    assertThat(run(2).snapshots())
        .extracting(s -> s.getKey() + " " + s.getTrainedInstances())
        .containsExactlyInAnyOrder("K0 80", "K1 80", "K2 79", "K3 80", "K4 80");
  }

  @Test
  void theParallelismChangesNothing() throws Exception {
    Run one = run(1);
    Run four = run(4);

    assertThat(four.steps()).usingRecursiveComparison().isEqualTo(one.steps());
    assertThat(four.snapshots()).containsExactlyInAnyOrderElementsOf(one.snapshots());
  }

  private static Run run(int parallelism) throws Exception {
    Configuration config = new Configuration();
    config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
    LearningPipeline.Outputs outputs =
        LearningPipeline.build(
            env.fromData(records(), WireTypes.RAW_RECORD).setParallelism(1).uid("records"),
            null,
            null,
            TestPipelines.flights(),
            LearningPipeline.Options.BOUNDED);
    Queue<Step> steps = collect(outputs.steps(), "steps");
    Queue<Reject> rejects = collect(outputs.rejects(), "rejects");
    Queue<ModelSnapshot> snapshots = collect(outputs.snapshots(), "snapshots");
    env.execute();
    List<Step> sorted = new ArrayList<>(steps);
    sorted.sort(Comparator.comparingLong(Step::sequence));
    return new Run(sorted, List.copyOf(rejects), List.copyOf(snapshots));
  }

  private static List<RawRecord> records() {
    List<RawRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      String late = i == BAD ? "perhaps" : (i * 7 + i / 11) % 3 == 0 ? "yes" : "no";
      byte[] value = bytes(flight("f" + i, "K" + i % 5, 1_000L * i, (i * 31) % 97, late));
      records.add(new RawRecord("f.avro", 0, i, Long.MIN_VALUE, null, value, i, null));
    }
    return records;
  }

  private static <T> Queue<T> collect(DataStream<T> stream, String name) {
    CollectingSink<T> sink = new CollectingSink<>(name + UUID.randomUUID());
    stream.sinkTo(sink).uid(name + "-collected");
    return sink.collected();
  }

  /** Hands what it gets to the test, in the same JVM. */
  private static final class CollectingSink<T> implements Sink<T> {

    private static final long serialVersionUID = 1L;
    private static final Map<String, Queue<?>> COLLECTED = new ConcurrentHashMap<>();

    private final String id;

    CollectingSink(String id) {
      this.id = id;
    }

    @SuppressWarnings("unchecked") // only this sink puts elements under its id
    Queue<T> collected() {
      return (Queue<T>) COLLECTED.computeIfAbsent(id, i -> new ConcurrentLinkedQueue<T>());
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      Queue<T> queue = collected();
      return new SinkWriter<>() {
        @Override
        public void write(T element, Context writing) {
          queue.add(element);
        }

        @Override
        public void flush(boolean endOfInput) {
          // Nothing is held back.
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };
    }
  }
}
