/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureInputs;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.learning.Waiting.State;
import io.meander.models.Answer;
import io.meander.models.GivenUp;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Scored;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Brings predictions and the labels that come on their own together, by event id under the current
 * key, and says of every label and of every prediction without one what became of it. The order in
 * which a key's waits end is that of arrival: a wait never ends before that of an event that came
 * earlier.
 *
 * <p>Time is the watermark where the pipeline has event time, else the clock. Waits that are over
 * end before anything else is done with the key; a timer, one per key, is for keys that nothing
 * comes to any more, and is late by at most a 64th of the wait. Where a watermark stands still, a
 * live job ends a wait after twice its length by the clock. Called on the task's thread.
 */
final class LabelJoin {

  private static final int GRAIN = 64;
  private static final int HISTOGRAM = 1000;

  /** What the operator does with a label that has met its prediction. */
  interface Learning {
    /** Scores and learns; {@code scoreOnly}: learns nothing. */
    Scored learn(Waiting answered, double label, long time, boolean scoreOnly) throws Exception;

    /**
     * The label that has met its prediction is known from now on: features over labels learn it.
     */
    void known(Waiting answered) throws Exception;

    /** Learns and scores nothing. */
    void relearn(Waiting answered, double label) throws Exception;
  }

  private final PipelineSpec.Waits rules;
  private final long wait;
  private final boolean keepsEventInputs;

  /** Whether a label is learned with its event's features; if not it only scores. */
  private final boolean keepsFeatures;

  private final boolean byEventTime;
  private final boolean live;

  /** Whether labels come on a topic of their own, so that one may come before its event. */
  private final boolean topical;

  private final long most;
  private final KeyContext keys;
  private final WaitingStore store;
  private final InternalTimerService<VoidNamespace> timers;
  private final StoredWatermark watermark;
  private final Learning learning;
  private final Map<LabelOutcome, Counter> outcomes = new EnumMap<>(LabelOutcome.class);
  private final Map<GivenUp, Counter> givenUp = new EnumMap<>(GivenUp.class);
  private final Map<GivenUp, Counter> notKept = new EnumMap<>(GivenUp.class);
  private final Histogram latency = new DescriptiveStatisticsHistogram(HISTOGRAM);

  /**
   * @param keepsEventInputs whether features need an event's inputs when its label comes
   * @param live whether the clock may end waits that the watermark does not
   * @param tasks that share the limit
   * @param watermark that of the checkpoint; and what the present one is until it is later
   */
  LabelJoin(
      PipelineSpec spec,
      boolean keepsEventInputs,
      boolean live,
      int tasks,
      KeyContext keys,
      WaitingStore store,
      InternalTimerService<VoidNamespace> timers,
      StoredWatermark watermark,
      Learning learning,
      MetricGroup metrics) {
    this.rules = spec.label().waits();
    this.wait = rules.waitOrNull() == null ? Long.MAX_VALUE : rules.waitOrNull().toMillis();
    this.keepsEventInputs = keepsEventInputs;
    this.keepsFeatures = !spec.target().learnsUnlabelled();
    this.byEventTime = spec.events().time().isPresent();
    this.live = live;
    this.topical = spec.label().topic().isPresent();
    this.most = Math.max(1, rules.max() / tasks);
    this.keys = keys;
    this.store = store;
    this.timers = timers;
    this.watermark = watermark;
    this.learning = learning;
    for (LabelOutcome outcome : LabelOutcome.values()) {
      outcomes.put(outcome, metrics.counter(PipelineMetrics.camelCase(outcome.name())));
    }
    for (GivenUp why : GivenUp.values()) {
      MetricGroup reason = metrics.addGroup("reason", why.code());
      givenUp.put(why, reason.counter("givenUp"));
      notKept.put(why, reason.counter("labelsNotKept"));
    }
    metrics.gauge("waiting", store::open);
    metrics.gauge("rememberedIds", store::size);
    metrics.histogram("verificationLatencyMillis", latency);
  }

  /** Ends the current key's waits that are over. */
  List<LabelResult> expire() throws Exception {
    WaitingQueue queue = store.queue();
    if (!isFirstDue(queue)) {
      return List.of();
    }
    List<LabelResult> results = new ArrayList<>();
    while (isFirstDue(queue)) {
      endFirst(queue, results);
    }
    setTimers(queue);
    return results;
  }

  /** The remembered answer to an event that comes again, or null. */
  Answer answered(String eventId) throws Exception {
    Waiting known = store.get(store.queue(), eventId);
    return known == null ? null : known.answerOrNull;
  }

  /**
   * An event that has not come before was answered.
   *
   * @param results to which is added what comes of it, and of others that have no room any more;
   *     these may be another key's
   */
  void add(Observation event, Answer answer, List<LabelResult> results) throws Exception {
    WaitingQueue queue = store.queue();
    Waiting early = store.get(queue, event.eventId());
    if (early != null) {
      early.event = event.sequence();
      early.answerOrNull = answer;
      early.featuresOrNull = keepsFeatures ? event.features() : null;
      early.weight = event.weight();
      early.inputs = event.inputs().withoutTexts().withLabel(early.inputs.label());
      results.add(meet(early, LabelOutcome.EARLY, false));
      if (!Double.isNaN(early.correction)) {
        learning.relearn(early, early.correction);
        early.label = early.correction;
        early.correction = Observation.NO_LABEL;
      }
      keepAnswered(queue, event.eventId(), early);
      return;
    }
    Waiting open = waiting(queue, State.OPEN, event.eventTime());
    open.event = event.sequence();
    open.answerOrNull = answer;
    open.featuresOrNull = keepsFeatures ? event.features() : null;
    open.weight = event.weight();
    if (keepsEventInputs) {
      open.inputs = event.inputs().withoutTexts();
    }
    enqueue(queue, event.eventId(), open);
    makeRoom(queue, results);
  }

  /**
   * A label has come.
   *
   * @param results to which is added what became of it, if that is known by now
   */
  void label(LabelArrival label, List<LabelResult> results) throws Exception {
    WaitingQueue queue = store.queue();
    String id = label.eventId();
    Waiting known = store.get(queue, id);
    if (known == null) {
      beforeEvent(queue, label, results);
      return;
    }
    switch (known.state) {
      case OPEN -> {
        if (label.early() && deadline(label.time()) <= now()) {
          results.add(unmatched(label.label(), label.time(), GivenUp.WAIT_OVER));
          return;
        }
        known.label = label.label();
        known.labelTime = label.time();
        known.inputs = known.inputs.withLabel(label.inputs().label());
        results.add(
            meet(
                known,
                label.early() ? LabelOutcome.EARLY : LabelOutcome.IN_TIME,
                label.scoreOnly()));
        keepAnswered(queue, id, known);
      }
      case GIVEN_UP -> results.add(late(queue, known, label));
      case ANSWERED, EARLY -> results.add(again(queue, known, label));
    }
  }

  /** A label whose event is not remembered. What is inside its event cannot come before that. */
  private void beforeEvent(WaitingQueue queue, LabelArrival label, List<LabelResult> results) {
    GivenUp whyOrNull =
        !topical
            ? GivenUp.WAIT_OVER
            : queue.early >= rules.maxPerKey()
                ? GivenUp.NO_ROOM_OF_KEY
                : store.early() >= most ? GivenUp.NO_ROOM : null;
    if (whyOrNull != null) {
      results.add(unmatched(label.label(), label.time(), whyOrNull));
      return;
    }
    Waiting early = waiting(queue, State.EARLY, label.time());
    early.label = label.label();
    early.labelTime = label.time();
    early.inputs = label.inputs();
    enqueue(queue, label.eventId(), early);
  }

  /**
   * It is known that an event has no label.
   *
   * @param results to which is added what becomes of its prediction, if that waits
   */
  void noLabel(String eventId, List<LabelResult> results) throws Exception {
    WaitingQueue queue = store.queue();
    Waiting known = store.get(queue, eventId);
    if (known == null || known.state != State.OPEN) {
      return;
    }
    results.add(never(known, GivenUp.NO_LABEL));
    if (wait == Long.MAX_VALUE) {
      store.remove(queue, eventId, known);
    } else {
      store.change(queue, known, State.GIVEN_UP);
      known.featuresOrNull = null;
      known.inputs = FeatureInputs.NONE;
      store.put(queue, eventId, known);
    }
  }

  /** A timer has gone off for the current key. */
  List<LabelResult> onTimer(long timer) throws Exception {
    WaitingQueue queue = store.queue();
    if (timer == queue.timer) {
      queue.timer = WaitingQueue.NONE;
    } else if (timer == queue.fallback) {
      queue.fallback = WaitingQueue.NONE;
    }
    if (byEventTime && timers.currentWatermark() == Long.MAX_VALUE) {
      // At the end of the input the watermark jumps to the end of time; no wait is over for that.
      return List.of();
    }
    List<LabelResult> results = expire();
    setTimers(queue);
    return results;
  }

  /** The current key is forgotten, with all that waits. */
  List<LabelResult> forget() throws Exception {
    WaitingQueue queue = store.queue();
    List<LabelResult> results = new ArrayList<>();
    for (long place = queue.head; place < queue.tail; place++) {
      String id = store.at(queue, place);
      Waiting waiting = id == null ? null : store.get(queue, id);
      if (waiting != null && waiting.state == State.OPEN) {
        results.add(never(waiting, GivenUp.KEY_FORGOTTEN));
      } else if (waiting != null && waiting.state == State.EARLY) {
        results.add(unmatched(waiting.label, waiting.labelTime, GivenUp.KEY_FORGOTTEN));
      }
    }
    deleteTimers(queue);
    store.clear();
    return results;
  }

  void flushIfMany() throws Exception {
    store.flushIfMany();
  }

  void flush() throws Exception {
    store.flush();
  }

  private LabelResult meet(Waiting waiting, LabelOutcome outcome, boolean scoreOnly)
      throws Exception {
    Answer answer = waiting.answerOrNull;
    if (waiting.labelTime != Observation.NO_TIME && answer.eventTime() != Observation.NO_TIME) {
      latency.update(waiting.labelTime - answer.eventTime());
    }
    Scored scored = learning.learn(waiting, waiting.label, waiting.labelTime, scoreOnly);
    learning.known(waiting);
    waiting.inputs = FeatureInputs.NONE;
    return result(outcome, waiting.event, waiting.label, waiting.labelTime, scored);
  }

  /** What has its label stays until its wait ends; what waits without end is done with. */
  private void keepAnswered(WaitingQueue queue, String eventId, Waiting waiting) throws Exception {
    if (wait == Long.MAX_VALUE) {
      store.remove(queue, eventId, waiting);
      return;
    }
    store.change(queue, waiting, State.ANSWERED);
    if (!rules.trainCorrections()) {
      waiting.featuresOrNull = null;
    }
    store.put(queue, eventId, waiting);
  }

  /**
   * The prediction was given up, and counted as what {@code otherwise} says if it names a class.
   */
  private LabelResult late(WaitingQueue queue, Waiting known, LabelArrival label) throws Exception {
    if (known.featuresOrNull != null && known.label != label.label()) {
      learning.relearn(known, label.label());
    }
    store.change(queue, known, State.ANSWERED);
    known.label = label.label();
    known.labelTime = label.time();
    if (!rules.trainCorrections()) {
      known.featuresOrNull = null;
    }
    store.put(queue, label.eventId(), known);
    return result(LabelOutcome.LATE, known.event, label.label(), label.time(), null);
  }

  private LabelResult again(WaitingQueue queue, Waiting known, LabelArrival label)
      throws Exception {
    boolean waits = known.state == State.EARLY;
    double newest = waits && !Double.isNaN(known.correction) ? known.correction : known.label;
    boolean same = newest == label.label();
    if (!same && rules.trainCorrections()) {
      if (waits) {
        known.correction = label.label();
      } else {
        if (known.featuresOrNull != null) {
          learning.relearn(known, label.label());
        }
        known.label = label.label();
        known.labelTime = label.time();
      }
      store.put(queue, label.eventId(), known);
    }
    return result(
        same ? LabelOutcome.DUPLICATE : LabelOutcome.CORRECTED,
        known.event,
        label.label(),
        label.time(),
        null);
  }

  /** Something that begins to wait. */
  private Waiting waiting(WaitingQueue queue, State state, long time) {
    long from = byEventTime && time != Observation.NO_TIME ? time : now();
    return new Waiting(
        state, queue.tail, Math.max(queue.lastSince, from), timers.currentProcessingTime());
  }

  private void enqueue(WaitingQueue queue, String eventId, Waiting waiting) {
    store.add(queue, eventId, waiting);
    setTimers(queue);
  }

  /** Gives up the oldest predictions of the current key, then of all the task's keys. */
  private void makeRoom(WaitingQueue queue, List<LabelResult> results) throws Exception {
    while (queue.open > rules.maxPerKey()) {
      results.add(giveUpOldest(queue, GivenUp.NO_ROOM_OF_KEY));
    }
    if (store.open() <= most) {
      return;
    }
    while (store.open() > most) {
      store.toOldest();
      results.add(giveUpOldest(store.queue(), GivenUp.NO_ROOM));
    }
    keys.setCurrentKey(queue.key);
  }

  /** It is forgotten, so that it takes no room; its label, if it comes, is unmatched. */
  private LabelResult giveUpOldest(WaitingQueue queue, GivenUp why) throws Exception {
    String id = store.oldestOpen(queue);
    Waiting oldest = store.get(queue, id);
    store.remove(queue, id, oldest);
    setTimers(queue);
    return never(oldest, why);
  }

  /** Ends the wait of the first in the queue, which is over. */
  private void endFirst(WaitingQueue queue, List<LabelResult> results) throws Exception {
    String id = store.first(queue);
    Waiting first = store.get(queue, id);
    store.remove(queue, id, first);
    if (first.state == State.OPEN) {
      results.add(giveUp(first));
      remember(queue, id, first);
    } else if (first.state == State.EARLY) {
      results.add(unmatched(first.label, first.labelTime, GivenUp.WAIT_OVER));
    }
  }

  private LabelResult giveUp(Waiting waiting) throws Exception {
    waiting.inputs = FeatureInputs.NONE;
    Double otherwise = rules.otherwiseOrNull();
    if (otherwise == null) {
      waiting.featuresOrNull = null;
      return never(waiting, GivenUp.WAIT_OVER);
    }
    waiting.label = otherwise;
    waiting.labelTime = deadline(waiting.since);
    Scored scored = learning.learn(waiting, otherwise, waiting.labelTime, false);
    if (!rules.trainLatePositives()) {
      waiting.featuresOrNull = null;
    }
    givenUp.get(GivenUp.WAIT_OVER).inc();
    outcomes.get(LabelOutcome.NEVER).inc();
    return new LabelResult(
        LabelOutcome.NEVER, waiting.event, otherwise, waiting.labelTime, scored, GivenUp.WAIT_OVER);
  }

  /** For another wait, so that a late label is known as such. */
  private void remember(WaitingQueue queue, String eventId, Waiting ended) {
    long since = Math.max(queue.lastSince, deadline(ended.since));
    Waiting moved = ended.movedTo(queue.tail, since);
    moved.state = State.GIVEN_UP;
    store.add(queue, eventId, moved);
  }

  private LabelResult never(Waiting waiting, GivenUp why) {
    givenUp.get(why).inc();
    outcomes.get(LabelOutcome.NEVER).inc();
    return new LabelResult(
        LabelOutcome.NEVER, waiting.event, Observation.NO_LABEL, Observation.NO_TIME, null, why);
  }

  private LabelResult unmatched(double label, long time, GivenUp why) {
    notKept.get(why).inc();
    outcomes.get(LabelOutcome.UNMATCHED).inc();
    return new LabelResult(LabelOutcome.UNMATCHED, Observation.UNNUMBERED, label, time, null, why);
  }

  private LabelResult result(
      LabelOutcome outcome, long event, double label, long time, Scored scoredOrNull) {
    outcomes.get(outcome).inc();
    return new LabelResult(outcome, event, label, time, scoredOrNull);
  }

  private boolean isFirstDue(WaitingQueue queue) {
    long deadline = deadline(queue.firstSince);
    if (deadline == Long.MAX_VALUE) {
      return false;
    }
    if (deadline <= now()) {
      return true;
    }
    return byEventTime && live && fallback(queue) <= timers.currentProcessingTime();
  }

  private long now() {
    // Of these timers: others may be told of a watermark earlier or later.
    return byEventTime
        ? watermark.orLater(timers.currentWatermark())
        : timers.currentProcessingTime();
  }

  /** When a wait is over; the end of time if it has none, or of an empty queue. */
  private long deadline(long since) {
    return wait == Long.MAX_VALUE || since == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : saturated(since, wait);
  }

  private long fallback(WaitingQueue queue) {
    return saturated(queue.firstArrival, saturated(wait, wait));
  }

  private void setTimers(WaitingQueue queue) {
    long deadline = deadline(queue.firstSince);
    if (deadline == Long.MAX_VALUE) {
      deleteTimers(queue);
      return;
    }
    if (queue.timer == WaitingQueue.NONE) {
      queue.timer = rounded(deadline);
      if (byEventTime) {
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, queue.timer);
      } else {
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, queue.timer);
      }
    }
    if (byEventTime && live && queue.fallback == WaitingQueue.NONE) {
      queue.fallback = rounded(fallback(queue));
      timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, queue.fallback);
    }
  }

  private void deleteTimers(WaitingQueue queue) {
    if (queue.timer != WaitingQueue.NONE) {
      if (byEventTime) {
        timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, queue.timer);
      } else {
        timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, queue.timer);
      }
      queue.timer = WaitingQueue.NONE;
    }
    if (queue.fallback != WaitingQueue.NONE) {
      timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, queue.fallback);
      queue.fallback = WaitingQueue.NONE;
    }
  }

  /** Up to a 64th of the wait later, so that waits which end close together share a timer. */
  private long rounded(long deadline) {
    long grain = Math.max(1, wait / GRAIN);
    long over = Math.floorMod(deadline, grain);
    return over == 0 ? deadline : saturated(deadline, grain - over);
  }

  private static long saturated(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? Long.MAX_VALUE - 1 : sum;
  }
}
