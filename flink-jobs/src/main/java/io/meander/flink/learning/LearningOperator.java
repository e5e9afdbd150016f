/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.features.FailedTransformException;
import io.meander.features.FeatureSchema;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.PublishRate;
import io.meander.flink.RefusedStateException;
import io.meander.flink.StoredLayout;
import io.meander.flink.events.Rejects;
import io.meander.flink.events.UnfitRecordException;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.Fact;
import io.meander.models.FrozenTwin;
import io.meander.models.LabelArrival;
import io.meander.models.LabelResult;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.Observation;
import io.meander.models.PublishPolicy;
import io.meander.models.Reducer;
import io.meander.models.Scored;
import io.meander.models.ServedFeatures;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
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
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Answers every event with its key's models, learns from its label, inside it or on its own (see
 * {@link LabelJoin}), watches for drift and publishes. Live models are on the heap; before the
 * barrier only the facts since the last one are written, see {@link KeyedModels}. All decisions are
 * the {@link Reducer}'s. What becomes of answers and publications is the subclass's. Runs on its
 * task's thread.
 *
 * @param <O> what it emits
 */
public abstract class LearningOperator<O> extends AbstractStreamOperator<O>
    implements TwoInputStreamOperator<Arrival, ControlMessage, O>,
        Triggerable<String, VoidNamespace>,
        BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  /** Published models. */
  public static final OutputTag<ModelSnapshot> SNAPSHOTS =
      new OutputTag<>("snapshots", AvroType.of(ModelSnapshot.class));

  /** The update log, where followers want it. */
  public static final OutputTag<ModelUpdate> UPDATES =
      new OutputTag<>("updates", AvroType.of(ModelUpdate.class));

  /** The tasks' answers to what the gate asked. */
  public static final OutputTag<TaskReport> REPORTS = new OutputTag<>("reports", WireTypes.REPORT);

  private static final int EVENTS = 1;

  /** As Flink counts inputs for watermarks. */
  private static final int ARRIVALS = 0;

  final PipelineSpec spec;
  private final LearningOptions options;

  private transient StoredModels stored;
  private transient ValueState<Long> wakeup;
  private transient ValueState<Long> expiry;
  private transient KeyExpiry expiryOrNull;
  private transient WaitingStore waiting;
  private transient LabelJoin joinOrNull;
  private transient TakeOver takeOver;
  private transient StoredLayout layout;
  private transient ModelContext context;
  private transient ControlInput control;
  private transient StoredWatermark storedWatermark;
  private transient VersionHistory history;
  private transient SealPass sealing;
  private transient RunClock clock;
  private transient KeyedModels models;
  private transient Reducer reducer;

  /** Whether an event is learned when it was answered, and not when its label is known. */
  private transient boolean learnsUnlabelled;

  private transient Reconciliation reconciliation;
  private transient TestThenTrain testThenTrain;
  private transient SnapshotWriter snapshots;
  private transient Publishing publishing;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient LearningMetrics counts;
  private transient Rejects rejects;

  /** The label that is about to meet its answer; null between labels. */
  private transient LabelArrival metOrNull;

  LearningOperator(PipelineSpec spec, LearningOptions options) {
    this.spec = spec;
    this.options = options;
  }

  @Override
  public void initializeState(StateInitializationContext state) throws Exception {
    super.initializeState(state);
    stored = new StoredModels(this, state, updates().isPresent());
    takeOver = new TakeOver(StateTerms.of(spec, keyFields(), !isTimed()), state, this::hasLogs);
    layout = new StoredLayout(spec, state.getOperatorStateStore());
    if (updates().isPresent() && layout.layout().schemas().size() > 1) {
      throw RefusedStateException.refused(
          List.of(
              "its features change while snapshots.deltas sends the update log, of which followers"
                  + " make models by one feature schema: take deltas out of the spec"));
    }
    context = spec.modelContext(layout.layout());
    boolean votesByClass = spec.target().task() == Task.CLASSIFICATION;
    waiting =
        isJoining()
            ? new WaitingStore(
                this,
                state.getKeyedStateStore(),
                () -> storedKeys(List.of(WaitingStore.WAITS)),
                spec.label().waits().waitOrNull() != null,
                votesByClass ? spec.target().classes().size() : 0)
            : null;
    wakeup = state.getKeyedStateStore().getState(new ValueStateDescriptor<>("wakeup", Long.class));
    expiry = state.getKeyedStateStore().getState(new ValueStateDescriptor<>("expiry", Long.class));
    history =
        new VersionHistory(
            state.getKeyedStateStore(),
            isTimed() ? spec.recovery().historyBytes() : 0,
            new LearnerCodec(context),
            context.classes().size(),
            metrics().counter("rollbacksWithoutVersion"));
    control = new ControlInput(Declared.of(spec, own(spec.deployment())), state);
    takeOver.checkDeclared(control.isRedeclared());
    storedWatermark = new StoredWatermark(state.getOperatorStateStore());
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = metrics();
    clock = new RunClock(isTimed() ? getProcessingTimeService() : null);
    reducer = new Reducer(context);
    learnsUnlabelled = context.target().learnsUnlabelled();
    snapshots = new SnapshotWriter(spec, context);
    LiveModels live = new LiveModels(cacheBytes());
    models =
        new KeyedModels(
            stored,
            context,
            reducer,
            layout.features(),
            spec.recovery(),
            live,
            updates().map(this::updateWriter).orElse(null),
            new CacheMetrics(metrics.addGroup("cache"), live));
    rejects = new Rejects(spec.name(), getRuntimeContext());
    counts = new LearningMetrics(metrics, getRuntimeContext(), accumulators());
    timers = getInternalTimerService("wakeup", VoidNamespaceSerializer.INSTANCE, this);
    publishing =
        new Publishing(
            reducer,
            models,
            new PublishPolicy(
                spec.snapshots().everyInstances(),
                isTimed() ? spec.snapshots().everyTime() : null,
                spec.snapshots().onDrift()),
            isTimed() ? publishRate() : null,
            timers,
            wakeup,
            this::published,
            counts::publishedAfter);
    reconciliation =
        new Reconciliation(control, models, reducer, history, clock, this::gone, counts.unborn);
    testThenTrain =
        new TestThenTrain(
            reducer,
            models,
            publishing,
            control,
            spec.weight().factors(context.classes()),
            this::beforeFirstLabel,
            clock,
            counts);
    expiryOrNull =
        spec.expireAfter()
            .map(
                after ->
                    new KeyExpiry(
                        after, spec.events().time().isPresent(), timers, this::watermark, expiry))
            .orElse(null);
    if (isJoining()) {
      waiting.restore();
      joinOrNull =
          new LabelJoin(
              spec,
              layout.features().keepEventInputs(),
              isTimed(),
              isTimed() ? getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks() : 1,
              this,
              waiting,
              getInternalTimerService("waits", VoidNamespaceSerializer.INSTANCE, new EndOfWaits()),
              storedWatermark,
              new Learning(),
              metrics.addGroup("labels"));
    }
    metrics.gauge("generation", () -> control.deployment().generation());
    sealing = new SealPass(getProcessingTimeService(), new Sealing());
    if (control.isSealing()) {
      seal();
    }
  }

  @Override
  public void processElement1(StreamRecord<Arrival> element) throws Exception {
    Arrival arrival = element.getValue();
    if (arrival instanceof Directive directive) {
      adopt(directive.deployment());
      reconciliation.obey(directive);
      return;
    }
    List<LabelResult> results = List.of();
    if (joinOrNull != null) {
      results = new ArrayList<>(joinOrNull.expire());
    }
    if (arrival instanceof Observation event) {
      onEvent(event, results);
    } else {
      LabelArrival label = (LabelArrival) arrival;
      if (label.hasLabel()) {
        metOrNull = label;
        joinOrNull.label(label, results);
        metOrNull = null;
      } else {
        joinOrNull.noLabel(label.eventId(), results);
      }
      emit(Step.ofLabels(label.sequence(), results, testThenTrain.raised(), label.time()));
    }
    if (joinOrNull != null) {
      joinOrNull.flushIfMany();
    }
  }

  /**
   * @param results to which is added what became of its label
   */
  private void onEvent(Observation arrived, List<LabelResult> results) throws Exception {
    if (joinOrNull != null) {
      Answer before = joinOrNull.answered(arrived.eventId());
      if (before != null) {
        counts.repeats.inc();
        emit(
            new Step(
                arrived.sequence(),
                before,
                true,
                null,
                results,
                testThenTrain.raised(),
                arrived.eventTime(),
                arrived.weight(),
                null));
        return;
      }
    }
    LiveModels.Entry entry = models.current();
    Observation event;
    try {
      event = models.complete(entry, arrived);
    } catch (FailedTransformException e) {
      rejected(arrived, UnfitRecordException.of(e, arrived));
      if (!results.isEmpty()) { // of waits that are over; the record's number is its reject's
        emit(Step.ofLabels(Observation.UNNUMBERED, results, testThenTrain.raised(), watermark()));
      }
      return;
    }
    taken(entry, arrived);
    if (expiryOrNull != null) {
      expiryOrNull.seen(entry, event.eventTime());
    }
    reconciliation.answers(entry, event.eventTime());
    Answer answer = answer(entry, event);
    ServedFeatures features = // now: learning may give the slot another learner
        spec.predictions().features()
            ? context.served(servedSchema(entry, answer), event.features())
            : null;
    counts.predicted(event.eventTime(), entry.set.lastEventTime());
    if (context.target().task() == Task.ANOMALY) {
      counts.scored(answer);
    }
    Scored scored = null;
    if (event.hasLabel()) {
      scored =
          testThenTrain.learn(
              entry, answer, event.features(), event.label(), event.eventTime(), event.weight());
      models.label(entry, event.inputs(), event.eventTime());
    } else {
      if (learnsUnlabelled) {
        testThenTrain.unlabelled(entry, answer, event.features(), event.weight());
      }
      if (joinOrNull != null) {
        joinOrNull.add(event, answer, results);
      }
    }
    reconciliation.done();
    emit(
        new Step(
            event.sequence(),
            answer,
            false,
            scored,
            results,
            testThenTrain.raised(),
            event.eventTime(),
            event.weight(),
            features));
  }

  /** The schema that the model learns under whose answer was served. */
  FeatureSchema servedSchema(LiveModels.Entry entry, Answer answer) {
    String slot = answer.servedAnswer().slot();
    return slot.equals(SlotSpec.SERVED) ? context.features() : entry.set.slot(slot).features();
  }

  /** In a job over topics, whose places its snapshots tell. */
  void taken(LiveModels.Entry entry, Arrival arrivalOrNull) {
    if (isTimed() && arrivalOrNull != null) {
      models.taken(entry, arrivalOrNull);
    }
  }

  /** With labels that have met their predictions. */
  private final class Learning implements LabelJoin.Learning {

    @Override
    public Scored learn(Waiting answered, double label, long time, boolean scoreOnly)
        throws Exception {
      LiveModels.Entry entry = reconciliation.touched();
      taken(entry, metOrNull);
      Answer answer = answered.answerOrNull;
      return scoreOnly
          ? new Scored(answer, label, time, entry.set.reference(label))
          : testThenTrain.learn(
              entry, answer, answered.featuresOrNull, label, time, answered.weight);
    }

    @Override
    public void known(Waiting answered) throws Exception {
      models.label(models.current(), answered.inputs, answered.labelTime);
    }

    @Override
    public void relearn(Waiting answered, double label) throws Exception {
      LiveModels.Entry entry = reconciliation.touched();
      taken(entry, metOrNull);
      testThenTrain.relearn(
          entry, answered.answerOrNull, answered.featuresOrNull, label, answered.weight);
    }
  }

  /** Waits of the current key may be over. */
  private final class EndOfWaits implements Triggerable<String, VoidNamespace> {

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
      end(timer.getTimestamp());
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
      end(timer.getTimestamp());
    }

    private void end(long timer) throws Exception {
      List<LabelResult> results = joinOrNull.onTimer(timer);
      if (!results.isEmpty()) {
        emit(Step.ofLabels(Observation.UNNUMBERED, results, testThenTrain.raised(), timer));
      }
    }
  }

  /** The answer to an event. */
  Answer answer(LiveModels.Entry entry, Observation event) {
    return reducer.answer(entry.set, event);
  }

  /** The key is about to learn its first label. */
  void beforeFirstLabel(LiveModels.Entry entry) {}

  /** An event cannot be answered, and is no part of its key's past. */
  abstract void rejected(Observation event, UnfitRecordException why);

  /** All that handling one record gave. */
  abstract void emit(Step result);

  /** A slot's model is due to go out; the set knows already. */
  abstract void published(LiveModels.Entry entry, Fact.Published fact, long now) throws IOException;

  /** A slot of a key, and its models, are no more. */
  void gone(String key, String slot) {}

  private static List<String> slotIds(Deployment deployment) {
    return Stream.concat(
            deployment.slots().stream().map(SlotSpec::id),
            deployment.twins().stream().map(FrozenTwin::id))
        .toList();
  }

  /** Where the update log goes, if anybody follows it. */
  Optional<PipelineSpec.Updates> updates() {
    return Optional.empty();
  }

  /** Part of the heap for the live models of all tasks of the process. */
  abstract double heapShare();

  /** What the job's accumulators of this operator begin with. */
  abstract String accumulators();

  /** The fields that the state is kept by. */
  List<String> keyFields() {
    return spec.events().key();
  }

  /** What the operator takes of a deployment. */
  Deployment own(Deployment deployment) {
    return deployment;
  }

  ModelContext context() {
    return context;
  }

  Rejects rejects() {
    return rejects;
  }

  VersionHistory history() {
    return history;
  }

  KeyedModels models() {
    return models;
  }

  SnapshotWriter snapshots() {
    return snapshots;
  }

  @Override
  public void processElement2(StreamRecord<ControlMessage> element) {
    ControlMessage message = element.getValue();
    adopt(message.deployment());
    ControlMessage.Question question = message.questionOrNull();
    if (question != null) {
      switch (question.kind()) {
        case STATUS -> report(question, 0);
        case RELEASE -> models.sealed(false);
        case SEAL -> {
          control.begin(question);
          seal();
        }
      }
    }
  }

  private void adopt(Deployment deployment) {
    if (control.adopt(own(deployment))) {
      models.deployed();
    }
  }

  private void seal() {
    models.sealed(true);
    Set<String> keys = storedKeys(List.of(StoredModels.LOG));
    keys.addAll(models.live().keys());
    sealing.start(keys);
  }

  /** With the keys of a seal. */
  private final class Sealing implements SealPass.Sealing {

    @Override
    public boolean seal(String key) throws Exception {
      setCurrentKey(key);
      return models.seal();
    }

    @Override
    public void done(long sealed) {
      control.done().forEach(question -> report(question, sealed));
    }
  }

  private void report(ControlMessage.Question question, long sealed) {
    var task = getRuntimeContext().getTaskInfo();
    LiveModels live = models.live();
    output.collect(
        REPORTS,
        new StreamRecord<>(
            new TaskReport(
                question,
                task.getIndexOfThisSubtask(),
                task.getNumberOfParallelSubtasks(),
                live.size(),
                live.unreconciled(),
                sealed)));
  }

  /** Time is that of the arrivals alone: whether the control input has begun or ended is chance. */
  @Override
  public void processWatermark1(Watermark mark) throws Exception {
    processWatermark(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) {
    // Deployments have no time.
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input == ARRIVALS) {
      processWatermarkStatus(status);
    }
  }

  /** A key learned something and went quiet before its publication's time was up, or is old. */
  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    if (expiryOrNull != null && expiryOrNull.isDue(timer.getTimestamp())) {
      expire(timer.getTimestamp());
      return;
    }
    publishing.awake(timer.getKey(), timer.getTimestamp());
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    if (expiryOrNull != null && expiryOrNull.isDue(timer.getTimestamp())) {
      expire(timer.getTimestamp());
    }
  }

  /** The current key goes whole: models, log and timers. */
  private void expire(long timer) throws Exception {
    String key = (String) getCurrentKey();
    models.expire();
    slotIds(control.deployment()).forEach(slot -> gone(key, slot));
    history.clear();
    if (joinOrNull != null) {
      List<LabelResult> results = joinOrNull.forget();
      if (!results.isEmpty()) {
        emit(Step.ofLabels(Observation.UNNUMBERED, results, testThenTrain.raised(), timer));
      }
    }
    publishing.expire();
    counts.expired.inc();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    long start = System.nanoTime();
    models.flush();
    if (joinOrNull != null) {
      joinOrNull.flush();
    }
    counts.barrierMillis = (System.nanoTime() - start) / 1_000_000;
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void snapshotState(StateSnapshotContext checkpoint) throws Exception {
    super.snapshotState(checkpoint);
    int index = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    takeOver.store(index);
    layout.store(index);
    control.store();
    storedWatermark.store(timers.currentWatermark());
  }

  /** The end of the events: every key's last models are published, in the order of the keys. */
  @Override
  public void endInput(int input) throws Exception {
    if (input != EVENTS) {
      return;
    }
    models.flush();
    for (String key : storedKeys(List.of(StoredModels.IMAGE, StoredModels.LOG))) {
      setCurrentKey(key);
      LiveModels.Entry entry = models.peek();
      if (entry != null) {
        snapshots.last(entry).forEach(this::emit);
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (models != null) {
      models.close();
    }
    super.close();
  }

  private boolean hasLogs() {
    try (Stream<String> held =
        this.<String>getKeyedStateBackend().getKeys(StoredModels.LOG, VoidNamespace.INSTANCE)) {
      return held.findAny().isPresent();
    }
  }

  private Set<String> storedKeys(List<String> states) {
    Set<String> keys = new TreeSet<>();
    for (String state : states) {
      try (Stream<String> held =
          this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
        held.forEach(keys::add);
      }
    }
    return keys;
  }

  private UpdateWriter updateWriter(PipelineSpec.Updates updates) {
    Counter sent = metrics().counter("updates");
    return new UpdateWriter(
        spec,
        updates,
        stored,
        clock::now,
        update -> {
          sent.inc();
          output.collect(UPDATES, new StreamRecord<>(update));
        });
  }

  /** This task's share of the pipeline's. */
  private PublishRate publishRate() {
    int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    return new PublishRate((double) spec.snapshots().maxPerSecond() / tasks);
  }

  void emit(ModelSnapshot snapshot) {
    counts.published.inc();
    output.collect(SNAPSHOTS, new StreamRecord<>(snapshot));
  }

  private MetricGroup metrics() {
    return PipelineMetrics.of(getMetricGroup(), spec.name());
  }

  /** Whether labels come on their own: in a live job, those inside events come with them. */
  private boolean isJoining() {
    return spec.label().topic().isPresent() || (spec.label().knownAt().isPresent() && !isTimed());
  }

  private long watermark() {
    return storedWatermark.orLater(timers.currentWatermark());
  }

  boolean isTimed() {
    return options.publish() == LearningOptions.Publish.WHEN_DUE;
  }

  private long cacheBytes() {
    if (options.cacheBytes() > 0) {
      return options.cacheBytes();
    }
    int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    return (long) (Runtime.getRuntime().maxMemory() * heapShare()) / tasks;
  }
}
