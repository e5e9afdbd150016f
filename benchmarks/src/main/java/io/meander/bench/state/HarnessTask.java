/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;
import io.meander.state.MeanderRocksDBOptionsFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.OutputTag;

/**
 * One task of a keyed operator on RocksDB with incremental checkpoints to files, driven on the
 * caller's thread: Flink's own state backend and operator, without network and other tasks.
 *
 * @param <T> what the operator emits; thrown away
 */
abstract class HarnessTask<T> implements Design {

  /** What all tasks store; gone when the JVM ends, also by an interrupt. */
  private static final Path ROOT = root();

  private static final int MAX_PARALLELISM = 128;
  private static final String ROCKSDB_MEMORY = "512m";

  protected final AbstractStreamOperator<T> operator;
  private final AbstractStreamOperatorTestHarness<T> harness;
  private final StreamRecord<Observation> element = new StreamRecord<>(null);
  private final Map<String, Metric> metrics = new ConcurrentHashMap<>();
  private final Path folder;
  private long checkpoints;

  /**
   * @param stateOrNull to be restored
   */
  HarnessTask(AbstractStreamOperator<T> operator, OperatorSubtaskState stateOrNull)
      throws Exception {
    this.operator = operator;
    folder = Files.createTempDirectory(ROOT, "task");
    MockEnvironment environment =
        new MockEnvironmentBuilder()
            .setManagedMemorySize(1 << 20)
            .setBufferSize(1024)
            .setMaxParallelism(MAX_PARALLELISM)
            .setParallelism(1)
            .setMetricGroup(metricGroup())
            .build();
    harness = new AbstractStreamOperatorTestHarness<>(operator, environment);
    KeySelector<Observation, String> key = Observation::key;
    harness.getStreamConfig().setStatePartitioner(0, key);
    harness.getStreamConfig().setStateKeySerializer(StringSerializer.INSTANCE);
    harness.getStreamConfig().serializeAllConfigs();
    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend(true);
    backend.setRocksDBOptions(new MeanderRocksDBOptionsFactory());
    backend.getMemoryConfiguration().setFixedMemoryPerSlot(MemorySize.parse(ROCKSDB_MEMORY));
    backend.setDbStoragePath(Files.createDirectory(folder.resolve("db")).toUri().toString());
    harness.setStateBackend(backend);
    harness.setCheckpointStorage(
        new FileSystemCheckpointStorage(
            Files.createDirectory(folder.resolve("checkpoints")).toUri()));
    harness.setOutputCreator(serializer -> new Discarded<>());
    harness.setup();
    if (stateOrNull != null) {
      harness.initializeState(stateOrNull);
    }
    harness.open();
  }

  abstract void process(StreamRecord<Observation> element) throws Exception;

  @Override
  public final void learn(Observation event) throws Exception {
    element.replace(event);
    operator.setKeyContextElement1(element);
    process(element);
  }

  @Override
  public final Barrier checkpoint() throws Exception {
    long id = ++checkpoints;
    long start = System.nanoTime();
    harness.prepareSnapshotPreBarrier(id);
    long stall = System.nanoTime() - start;
    OperatorSubtaskState state = harness.snapshot(id, id);
    long bytes =
        state.getManagedKeyedState().stream()
            .mapToLong(KeyedStateHandle::getCheckpointedSize)
            .sum();
    harness.notifyOfCompletedCheckpoint(id);
    return new Barrier(stall, bytes);
  }

  /** What the operator does before a barrier, without the checkpoint. */
  final void flush() throws Exception {
    harness.prepareSnapshotPreBarrier(checkpoints + 1);
  }

  /** A checkpoint to restore from; it must be the task's first. */
  final OperatorSubtaskState save() throws Exception {
    harness.prepareSnapshotPreBarrier(++checkpoints);
    return harness.snapshot(checkpoints, checkpoints);
  }

  /** Puts bytes into a value state of a key, past the operator. */
  final void put(String key, String state, byte[] value) throws Exception {
    operator.setCurrentKey(key);
    operator
        .<String>getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>(
                state, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
        .update(value);
  }

  /** Appends bytes to a list state of a key, past the operator. */
  final void append(String key, String state, byte[] value) throws Exception {
    operator.setCurrentKey(key);
    operator
        .<String>getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ListStateDescriptor<>(state, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
        .add(value);
  }

  /** The operator's metric with this name, whatever group it is in. */
  final <M extends Metric> M metric(String name, Class<M> type) {
    return type.cast(metrics.get(name));
  }

  @Override
  public final void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the task", e);
    }
    FileUtils.deleteDirectoryQuietly(folder.toFile());
  }

  private static Path root() {
    try {
      Path root = Files.createTempDirectory("meander-bench");
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> FileUtils.deleteDirectoryQuietly(root.toFile())));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }

  private TaskMetricGroup metricGroup() {
    TestingMetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer((metric, name, group) -> metrics.put(name, metric))
            .build();
    return TaskManagerMetricGroup.createTaskManagerMetricGroup(
            registry, "localhost", ResourceID.generate())
        .addJob(new JobID(), "bench")
        .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
  }

  private static final class Discarded<T> implements Output<StreamRecord<T>> {
    @Override
    public void collect(StreamRecord<T> element) {}

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {}

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void emitWatermark(WatermarkEvent watermark) {}

    @Override
    public void close() {}
  }
}
