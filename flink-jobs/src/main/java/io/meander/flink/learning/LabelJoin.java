/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureInputs;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.learning.Waiting.State;
import io.meander.models.Answer;
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
  private final boolean byEventTime;
  private final boolean live;
  private final long maxSize;
  private final WaitingStore store;
  private final InternalTimerService<VoidNamespace> timers;
  private final long restoredWatermark;
  private final Learning learning;
  private final Map<LabelOutcome, Counter> outcomes = new EnumMap<>(LabelOutcome.class);
  private final Counter noRoom;
  private final Histogram latency = new DescriptiveStatisticsHistogram(HISTOGRAM);

  /**
   * @param keepsEventInputs whether features need an event's inputs when its label comes
   * @param live whether the clock may end waits that the watermark does not
   * @param tasks that share the job's limit
   * @param restoredWatermark that of the checkpoint; the present one comes with the next record
   */
  LabelJoin(
      PipelineSpec spec,
      boolean keepsEventInputs,
      boolean live,
      int tasks,
      WaitingStore store,
      InternalTimerService<VoidNamespace> timers,
      long restoredWatermark,
      Learning learning,
      MetricGroup metrics) {
    this.rules = spec.label().waits();
    this.wait = rules.waitOrNull() == null ? Long.MAX_VALUE : rules.waitOrNull().toMillis();
    this.keepsEventInputs = keepsEventInputs;
    this.byEventTime = spec.events().time().isPresent();
    this.live = live;
    this.maxSize = Math.max(1, rules.max() / tasks);
    this.store = store;
    this.timers = timers;
    this.restoredWatermark = restoredWatermark;
    this.learning = learning;
    for (LabelOutcome outcome : LabelOutcome.values()) {
      outcomes.put(outcome, metrics.counter(PipelineMetrics.camelCase(outcome.name())));
    }
    noRoom = metrics.counter("noRoomToWait");
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
      endFirst(queue, true, results);
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
   * @param results to which is added what comes of it
   */
  void add(Observation event, Answer answer, List<LabelResult> results) throws Exception {
    WaitingQueue queue = store.queue();
    Waiting early = store.get(queue, event.eventId());
    if (early != null) {
      early.event = event.sequence();
      early.answerOrNull = answer;
      early.featuresOrNull = event.features();
      early.weight = event.weight();
      early.inputs = event.inputs().withLabel(early.inputs.label());
      results.add(meet(early, LabelOutcome.EARLY, false));
      keepAnswered(queue, event.eventId(), early);
      return;
    }
    Waiting open = enqueue(queue, event.eventId(), State.OPEN, event.eventTime(), results);
    open.event = event.sequence();
    open.answerOrNull = answer;
    open.featuresOrNull = event.features();
    open.weight = event.weight();
    if (keepsEventInputs) {
      open.inputs = event.inputs();
    }
    store.countOpen(queue, 1);
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
      Waiting early = enqueue(queue, id, State.EARLY, label.time(), results);
      early.label = label.label();
      early.labelTime = label.time();
      early.inputs = label.inputs();
      return;
    }
    switch (known.state) {
      case OPEN -> {
        store.countOpen(queue, -1);
        known.label = label.label();
        known.labelTime = label.time();
        known.inputs = known.inputs.withLabel(label.inputs().label());
        results.add(meet(known, LabelOutcome.IN_TIME, label.scoreOnly()));
        keepAnswered(queue, id, known);
      }
      case GIVEN_UP -> results.add(late(queue, known, label));
      case ANSWERED, EARLY -> results.add(again(queue, known, label));
    }
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
    store.countOpen(queue, -1);
    results.add(
        result(LabelOutcome.NEVER, known.event, Observation.NO_LABEL, Observation.NO_TIME, null));
    if (known.deadline == Long.MAX_VALUE) {
      store.remove(queue, eventId, known);
    } else {
      known.state = State.GIVEN_UP;
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

  /** The current key is forgotten. */
  void forget() throws Exception {
    WaitingQueue queue = store.queue();
    outcomes.get(LabelOutcome.NEVER).inc(queue.open);
    deleteTimers(queue);
    store.clear();
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
  private void keepAnswered(WaitingQueue queue, String eventId, Waiting waiting) {
    if (waiting.deadline == Long.MAX_VALUE) {
      store.remove(queue, eventId, waiting);
      return;
    }
    waiting.state = State.ANSWERED;
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
    known.state = State.ANSWERED;
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
    boolean same = known.label == label.label();
    if (!same && rules.trainCorrections()) {
      if (known.state == State.ANSWERED && known.featuresOrNull != null) {
        learning.relearn(known, label.label());
      }
      known.label = label.label();
      known.labelTime = label.time();
      store.put(queue, label.eventId(), known);
    }
    return result(
        same ? LabelOutcome.DUPLICATE : LabelOutcome.CORRECTED,
        known.event,
        label.label(),
        label.time(),
        null);
  }

  private Waiting enqueue(
      WaitingQueue queue, String eventId, State state, long time, List<LabelResult> results)
      throws Exception {
    long from = byEventTime && time != Observation.NO_TIME ? time : now();
    long deadline =
        wait == Long.MAX_VALUE ? wait : Math.max(queue.lastDeadline, saturated(from, wait));
    if (wait != Long.MAX_VALUE
        && !queue.isEmpty()
        && (queue.size >= rules.maxPerKey() || store.size() >= maxSize)) {
      noRoom.inc();
      endFirst(queue, false, results);
    }
    Waiting waiting = new Waiting(state, queue.tail, deadline, timers.currentProcessingTime());
    store.add(queue, eventId, waiting);
    setTimers(queue);
    return waiting;
  }

  /**
   * Ends the wait of the first in the queue.
   *
   * @param over whether its time has come; if not there is no room for it any more
   */
  private void endFirst(WaitingQueue queue, boolean over, List<LabelResult> results)
      throws Exception {
    String id = store.first(queue);
    Waiting first = store.get(queue, id);
    if (first.state == State.OPEN) {
      store.countOpen(queue, -1);
      results.add(giveUp(first, over));
      store.removeFirst(queue);
      if (over) {
        remember(queue, id, first);
      }
      return;
    }
    if (first.state == State.EARLY) {
      results.add(
          result(
              LabelOutcome.UNMATCHED, Observation.UNNUMBERED, first.label, first.labelTime, null));
    }
    store.removeFirst(queue);
  }

  private LabelResult giveUp(Waiting waiting, boolean over) throws Exception {
    waiting.inputs = FeatureInputs.NONE;
    Double otherwise = rules.otherwiseOrNull();
    if (!over || otherwise == null) {
      waiting.featuresOrNull = null;
      return result(
          LabelOutcome.NEVER, waiting.event, Observation.NO_LABEL, waiting.deadline, null);
    }
    waiting.label = otherwise;
    waiting.labelTime = waiting.deadline;
    Scored scored = learning.learn(waiting, otherwise, waiting.deadline, false);
    if (!rules.trainLatePositives()) {
      waiting.featuresOrNull = null;
    }
    return result(LabelOutcome.NEVER, waiting.event, otherwise, waiting.deadline, scored);
  }

  /** For another wait, so that a late label is known as such. */
  private void remember(WaitingQueue queue, String eventId, Waiting givenUp) {
    long deadline = Math.max(queue.lastDeadline, saturated(givenUp.deadline, wait));
    Waiting moved = givenUp.movedTo(queue.tail, deadline);
    moved.state = State.GIVEN_UP;
    store.add(queue, eventId, moved);
  }

  private LabelResult result(
      LabelOutcome outcome, long event, double label, long time, Scored scoredOrNull) {
    outcomes.get(outcome).inc();
    return new LabelResult(outcome, event, label, time, scoredOrNull);
  }

  private boolean isFirstDue(WaitingQueue queue) {
    if (queue.firstDeadline == Long.MAX_VALUE) {
      return false;
    }
    if (queue.firstDeadline <= now()) {
      return true;
    }
    return byEventTime && live && fallback(queue) <= timers.currentProcessingTime();
  }

  private long now() {
    // Of these timers: others may be told of a watermark earlier or later.
    return byEventTime
        ? Math.max(restoredWatermark, timers.currentWatermark())
        : timers.currentProcessingTime();
  }

  private long fallback(WaitingQueue queue) {
    return saturated(queue.firstArrival, saturated(wait, wait));
  }

  private void setTimers(WaitingQueue queue) {
    if (queue.firstDeadline == Long.MAX_VALUE) {
      deleteTimers(queue);
      return;
    }
    if (queue.timer == WaitingQueue.NONE) {
      queue.timer = rounded(queue.firstDeadline);
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
