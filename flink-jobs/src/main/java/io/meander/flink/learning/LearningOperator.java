/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelSnapshot;
import io.meander.flink.AvroType;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.DriftSignal;
import io.meander.models.Fact;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.PublishPolicy;
import io.meander.models.Reducer;
import io.meander.models.Scored;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Answers every observation with its key's models, learns from its label, watches for drift and
 * publishes. Live models are on the heap; before the barrier only the facts since the last one are
 * written, see {@link KeyedModels}. All decisions are the {@link Reducer}'s. Runs on its task's
 * thread.
 */
public final class LearningOperator extends AbstractStreamOperator<Step>
    implements TwoInputStreamOperator<Observation, Deployment, Step>,
        Triggerable<String, VoidNamespace>,
        BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  /** Published models. */
  public static final OutputTag<ModelSnapshot> SNAPSHOTS =
      new OutputTag<>("snapshots", AvroType.of(ModelSnapshot.class));

  private static final int EVENTS = 1;

  private final PipelineSpec spec;
  private final LearningOptions options;

  private transient StoredModels stored;
  private transient ValueState<Long> wakeup;
  private transient ValueState<Long> expiry;
  private transient KeyExpiry expiryOrNull;
  private transient ListState<byte[]> storedDeployment;
  private transient Deployment deployment;
  private transient KeyedModels models;
  private transient Reducer reducer;
  private transient double[] classWeights;
  private transient SnapshotWriter snapshots;
  private transient PublishPolicy publishing;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient StreamRecord<Step> step;
  private transient Counter predictions;
  private transient Counter labels;
  private transient Counter drifts;
  private transient Counter published;
  private transient Counter expired;
  private transient Counter outgrown;
  private transient long barrierMillis;

  public LearningOperator(PipelineSpec spec, LearningOptions options) {
    this.spec = spec;
    this.options = options;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = new StoredModels(this, context);
    wakeup =
        context.getKeyedStateStore().getState(new ValueStateDescriptor<>("wakeup", Long.class));
    expiry =
        context.getKeyedStateStore().getState(new ValueStateDescriptor<>("expiry", Long.class));
    storedDeployment =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    "deployment", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    deployment = spec.deployment();
    for (byte[] stored : storedDeployment.get()) {
      adopt(DeploymentCodec.read(stored));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    ModelContext context = spec.modelContext();
    MetricGroup metrics = getMetricGroup().addGroup("meander", spec.name());
    reducer = new Reducer(context);
    classWeights = spec.weight().factors(context.classes());
    snapshots = new SnapshotWriter(spec, context);
    publishing =
        new PublishPolicy(
            spec.snapshots().everyInstances(),
            isTimed() ? spec.snapshots().everyTime() : null,
            spec.snapshots().onDrift());
    models =
        new KeyedModels(
            stored,
            context,
            reducer,
            spec.missing(),
            spec.recovery(),
            new LiveModels(cacheBytes()),
            metrics.addGroup("cache"));
    timers = getInternalTimerService("wakeup", VoidNamespaceSerializer.INSTANCE, this);
    expiryOrNull =
        spec.expireAfter()
            .map(after -> new KeyExpiry(after, spec.events().time().isPresent(), timers, expiry))
            .orElse(null);
    step = new StreamRecord<>(null);
    predictions = metrics.counter("predictions");
    labels = metrics.counter("labels");
    drifts = metrics.counter("drifts");
    published = metrics.counter("snapshots");
    expired = metrics.counter("expiredKeys");
    outgrown = metrics.counter("outgrownSlots");
    metrics.gauge("barrierMillis", () -> barrierMillis);
    metrics.gauge("generation", () -> deployment.generation());
  }

  @Override
  public void processElement1(StreamRecord<Observation> element) throws Exception {
    long now = isTimed() ? getProcessingTimeService().getCurrentProcessingTime() : 0;
    LiveModels.Entry entry = models.current();
    Observation event = models.complete(entry, element.getValue());
    ModelSet set = entry.set;
    if (expiryOrNull != null) {
      expiryOrNull.seen(entry, event.eventTime());
    }
    for (Fact fact : reducer.decideTouched(set, deployment, event.eventTime(), now)) {
      models.apply(entry, fact);
    }
    Answer answer = reducer.answer(set, event);
    predictions.inc();
    Scored scored = null;
    List<DriftSignal> signals = List.of();
    if (event.label() != Observation.NO_LABEL) {
      models.apply(
          entry,
          reducer.decideLabelled(set, event.features(), answer, event.label(), weight(event)));
      labels.inc();
      scored = new Scored(answer, event.label(), event.eventTime(), set.majority());
      signals = dealWithAlarms(entry);
      publish(entry, now);
      models.learned(entry);
    }
    step.replace(new Step(event.sequence(), answer, scored, signals));
    output.collect(step);
  }

  @Override
  public void processElement2(StreamRecord<Deployment> element) {
    adopt(element.getValue());
  }

  /** A key learned something and went quiet before its publication's time was up, or is old. */
  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    if (expiryOrNull != null && expiryOrNull.isDue(timer.getTimestamp())) {
      expire();
      return;
    }
    wakeup.clear();
    LiveModels.Entry entry = models.ifLive(timer.getKey());
    if (entry != null) {
      publish(entry, timer.getTimestamp());
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    if (expiryOrNull != null && expiryOrNull.isDue(timer.getTimestamp())) {
      expire();
    }
  }

  /** The current key goes whole: models, log and timers. */
  private void expire() throws Exception {
    models.expire();
    if (wakeup.value() != null) {
      timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, wakeup.value());
      wakeup.clear();
    }
    expired.inc();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    long start = System.nanoTime();
    models.flush();
    barrierMillis = (System.nanoTime() - start) / 1_000_000;
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    storedDeployment.update(List.of(DeploymentCodec.write(deployment)));
  }

  /** The end of the events: every key's last models are published, in the order of the keys. */
  @Override
  public void endInput(int input) throws Exception {
    if (input != EVENTS) {
      return;
    }
    models.flush();
    for (String key : storedKeys()) {
      setCurrentKey(key);
      ModelSet set = models.peek();
      if (set != null) {
        snapshots.last(set).forEach(this::emit);
      }
    }
  }

  private Set<String> storedKeys() {
    Set<String> keys = new TreeSet<>();
    for (String state : List.of(StoredModels.IMAGE, StoredModels.LOG)) {
      try (Stream<String> held =
          this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
        held.forEach(keys::add);
      }
    }
    return keys;
  }

  private List<DriftSignal> dealWithAlarms(LiveModels.Entry entry) {
    List<DriftSignal> signals = applied(entry, reducer.decideAlarmed(entry.set), List.of());
    return applied(entry, reducer.decideOutgrown(entry.set, deployment), signals);
  }

  /** Applies facts; what they tell the world comes after the signals so far. */
  private List<DriftSignal> applied(
      LiveModels.Entry entry, List<Fact> facts, List<DriftSignal> before) {
    if (facts.isEmpty()) {
      return before;
    }
    List<DriftSignal> signals = new ArrayList<>(before);
    for (Fact fact : facts) {
      if (fact instanceof Fact.Drifted drifted) {
        signals.add(reducer.signal(entry.set, drifted));
        drifts.inc();
      } else if (fact instanceof Fact.Outgrown large) {
        signals.add(reducer.signal(entry.set, large));
        outgrown.inc();
      }
      models.apply(entry, fact);
    }
    return signals;
  }

  private void publish(LiveModels.Entry entry, long now) throws Exception {
    ModelSet set = entry.set;
    for (Fact.Published fact : reducer.decidePublished(set, publishing, now)) {
      models.apply(entry, fact);
      if (isTimed()) {
        emit(snapshots.write(set, set.slot(fact.slot()), fact.cause(), now));
      }
    }
    if (isTimed() && set.hasUnpublished() && wakeup.value() == null) {
      long at = (now + spec.snapshots().everyTime().toMillis() + 1) & ~1L; // even: see KeyExpiry
      wakeup.update(at);
      timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
    }
  }

  private void emit(ModelSnapshot snapshot) {
    published.inc();
    output.collect(SNAPSHOTS, new StreamRecord<>(snapshot));
  }

  private void adopt(Deployment candidate) {
    if (candidate.generation() > deployment.generation()) {
      deployment = candidate;
    }
  }

  /** Effective: the event's own times its class's. */
  private double weight(Observation event) {
    return event.weight() * classWeights[event.label()];
  }

  private boolean isTimed() {
    return options.publish() == LearningOptions.Publish.WHEN_DUE;
  }

  private long cacheBytes() {
    if (options.cacheBytes() > 0) {
      return options.cacheBytes();
    }
    int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    return (long) (Runtime.getRuntime().maxMemory() * LearningOptions.DEFAULT_HEAP_SHARE) / tasks;
  }
}
