/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.Reject;
import io.meander.flink.events.Rejects;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** One task of the learning operator on RocksDB, without a cluster. */
final class TestTask implements AutoCloseable {

  static final int MAX_PARALLELISM = 16;

  private final KeyedTwoInputStreamOperatorTestHarness<String, Arrival, ControlMessage, Step>
      harness;
  private final AnsweringOperator operator;

  private TestTask(PipelineSpec spec, LearningOptions options, int parallelism, int index)
      throws Exception {
    operator = new AnsweringOperator(spec, options);
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator, Arrival::key, null, Types.STRING, MAX_PARALLELISM, parallelism, index);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(
        WireTypes.STEP.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
  }

  static TestTask start(PipelineSpec spec, LearningOptions options) throws Exception {
    return restore(spec, options, 1, 0, null, 1);
  }

  /**
   * @param stateOrNull of all tasks of the last run, whatever their number was
   */
  static TestTask restore(
      PipelineSpec spec,
      LearningOptions options,
      int parallelism,
      int index,
      OperatorSubtaskState stateOrNull,
      int parallelismOfState)
      throws Exception {
    TestTask task = new TestTask(spec, options, parallelism, index);
    if (stateOrNull != null) {
      task.harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              stateOrNull, MAX_PARALLELISM, parallelismOfState, parallelism, index));
    }
    task.harness.open();
    return task;
  }

  Step learn(Arrival arrival) throws Exception {
    harness.processElement1(new StreamRecord<>(arrival));
    return steps().get(0);
  }

  /** An arrival that need not give a step. */
  void send(Arrival arrival) throws Exception {
    harness.processElement1(new StreamRecord<>(arrival));
  }

  /** All steps since they were asked for last. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (Object record = harness.getOutput().poll();
        record != null;
        record = harness.getOutput().poll()) {
      steps.add((Step) ((StreamRecord<?>) record).getValue());
    }
    return steps;
  }

  void deploy(Deployment deployment) throws Exception {
    tell(new ControlMessage(deployment));
  }

  void tell(ControlMessage message) throws Exception {
    harness.processElement2(new StreamRecord<>(message));
  }

  /** An order for one key. */
  void direct(Directive directive) throws Exception {
    harness.processElement1(new StreamRecord<>(directive));
  }

  /** What it has reported so far. */
  List<TaskReport> reports() {
    var reports = harness.getSideOutput(LearningOperator.REPORTS);
    return reports == null ? List.of() : reports.stream().map(StreamRecord::getValue).toList();
  }

  long processingTime() {
    return harness.getProcessingTime();
  }

  void setProcessingTime(long millis) throws Exception {
    harness.setProcessingTime(millis);
  }

  /** What is written before a barrier and nothing else. */
  void flush() throws Exception {
    harness.prepareSnapshotPreBarrier(1);
  }

  OperatorSubtaskState checkpoint(long id) throws Exception {
    harness.prepareSnapshotPreBarrier(id);
    return harness.snapshot(id, id);
  }

  /** A savepoint in Flink's canonical format. */
  OperatorSubtaskState savepoint(long id) throws Exception {
    return savepoint(id, SavepointFormatType.CANONICAL);
  }

  OperatorSubtaskState savepoint(long id, SavepointFormatType format) throws Exception {
    harness.prepareSnapshotPreBarrier(id);
    return harness
        .snapshotWithLocalState(id, id, SavepointType.savepoint(format))
        .getJobManagerOwnedState();
  }

  void endOfEvents() throws Exception {
    harness.endInput1();
  }

  /** All that was published so far. */
  List<ModelSnapshot> snapshots() {
    var published = harness.getSideOutput(LearningOperator.SNAPSHOTS);
    return published == null ? List.of() : published.stream().map(StreamRecord::getValue).toList();
  }

  /** All rejects so far. */
  List<Reject> rejects() {
    var rejects = harness.getSideOutput(Rejects.TAG);
    return rejects == null ? List.of() : rejects.stream().map(StreamRecord::getValue).toList();
  }

  /** An accumulator of the task, as the web UI shows it. */
  long counted(String accumulator) {
    return operator.getRuntimeContext().getLongCounter(accumulator).getLocalValuePrimitive();
  }

  /** All of the update log that was sent so far. */
  List<ModelUpdate> updates() {
    var sent = harness.getSideOutput(LearningOperator.UPDATES);
    return sent == null ? List.of() : sent.stream().map(StreamRecord::getValue).toList();
  }

  /** The key's image in keyed state; null if it has none. */
  byte[] image(String key) throws Exception {
    return value(key, StoredModels.IMAGE);
  }

  /** The key's chunks in keyed state. */
  List<byte[]> log(String key) throws Exception {
    List<byte[]> chunks = new ArrayList<>();
    Iterable<byte[]> stored = logState(key).get();
    if (stored != null) {
      stored.forEach(chunks::add);
    }
    return chunks;
  }

  /** Changes a byte of the key's first log chunk in keyed state; from the end if negative. */
  void breakLog(String key, int at) throws Exception {
    ListState<byte[]> log = logState(key);
    byte[] chunk = log.get().iterator().next();
    chunk[Math.floorMod(at, chunk.length)] ^= 8;
    log.update(List.of(chunk));
  }

  private ListState<byte[]> logState(String key) throws Exception {
    operator.setCurrentKey(key);
    return operator
        .<String>getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ListStateDescriptor<>(
                StoredModels.LOG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** Changes a byte of the key's image in keyed state; from the end if negative. */
  void breakImage(String key, int at) throws Exception {
    breakValue(key, StoredModels.IMAGE, at);
  }

  /** Changes the fingerprint in a key's stored features. */
  void breakFeatures(String key) throws Exception {
    breakValue(key, StoredModels.FEATURES, 5);
  }

  private void breakValue(String key, String state, int at) throws Exception {
    operator.setCurrentKey(key);
    ValueState<byte[]> value =
        operator
            .<String>getKeyedStateBackend()
            .getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>(
                    state, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    byte[] bytes = value.value();
    bytes[Math.floorMod(at, bytes.length)] ^= 8;
    value.update(bytes);
  }

  /** What is stored of a key's features; null if nothing. */
  byte[] features(String key) throws Exception {
    return value(key, StoredModels.FEATURES);
  }

  private byte[] value(String key, String state) throws Exception {
    operator.setCurrentKey(key);
    return operator
        .<String>getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>(
                state, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
        .value();
  }

  /** The features with which an event waits for its label. */
  double[] waitingFeatures(String key, String eventId) throws Exception {
    flush();
    operator.setCurrentKey(key);
    byte[] waiting =
        operator
            .<String>getKeyedStateBackend()
            .getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new MapStateDescriptor<>(
                    WaitingStore.PENDING,
                    Types.STRING,
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
            .get(eventId);
    return WaitingCodec.read(eventId, key, waiting).featuresOrNull;
  }

  /** Keys for which the state backend holds something under that name. */
  long storedKeys(String state) {
    try (var keys = operator.getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.count();
    }
  }

  int timers() {
    return harness.numProcessingTimeTimers();
  }

  int eventTimeTimers() {
    return harness.numEventTimeTimers();
  }

  /** A watermark of the arrivals; the control input says nothing. */
  void watermark(long millis) throws Exception {
    harness.processWatermark1(new Watermark(millis));
    harness.getOutput().removeIf(Watermark.class::isInstance);
  }

  /** Entries of all keys in the states of waiting labels. */
  long storedWaits() {
    return Stream.of(WaitingStore.PENDING, WaitingStore.ORDER, WaitingStore.WAITS)
        .mapToLong(this::storedKeys)
        .sum();
  }

  /** Entries of all keys in all keyed states. */
  long stored() {
    return Stream.of(
            StoredModels.IMAGE,
            StoredModels.LOG,
            StoredModels.FEATURES,
            StoredModels.IMAGED,
            "wakeup",
            "expiry")
        .mapToLong(this::storedKeys)
        .sum();
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the task", e);
    }
  }
}
