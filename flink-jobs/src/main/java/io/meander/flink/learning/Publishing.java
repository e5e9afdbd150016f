/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.PublishRate;
import io.meander.models.Fact;
import io.meander.models.PublishCause;
import io.meander.models.PublishPolicy;
import io.meander.models.Reducer;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * When the current key's models leave the task. One at a time: an event pays for one serialisation
 * at most, and what else is due waits for its turn at the task's {@link PublishRate}, with a timer.
 * A key that is not live when its timer goes off is left alone: publishing never loads models.
 * Called on the task's thread with the current key set.
 */
final class Publishing {

  /** The one that says most first. */
  private static final Comparator<Fact.Published> URGENCY =
      Comparator.comparingInt(fact -> urgency(fact.cause()));

  private final Reducer reducer;
  private final KeyedModels models;
  private final PublishPolicy policy;
  private final PublishRate rateOrNull;
  private final InternalTimerService<VoidNamespace> timers;
  private final ValueState<Long> wakeup;
  private final Told told;
  private final LongConsumer lag;

  /** Whoever sends what was published. */
  @FunctionalInterface
  interface Told {
    /** The fact was applied; the slot's version is that of this publication. */
    void published(LiveModels.Entry entry, Fact.Published fact, long now) throws IOException;
  }

  /**
   * @param lag is told for how many milliseconds a publication had been due when it left
   * @param rateOrNull null in a run with an end, in which what is due is published at once
   */
  Publishing(
      Reducer reducer,
      KeyedModels models,
      PublishPolicy policy,
      PublishRate rateOrNull,
      InternalTimerService<VoidNamespace> timers,
      ValueState<Long> wakeup,
      Told told,
      LongConsumer lag) {
    this.reducer = reducer;
    this.models = models;
    this.policy = policy;
    this.rateOrNull = rateOrNull;
    this.timers = timers;
    this.wakeup = wakeup;
    this.told = told;
    this.lag = lag;
  }

  /**
   * The key has learned.
   *
   * @param serialised whether something of it was serialised for this event already
   */
  void learned(LiveModels.Entry entry, long now, boolean serialised) throws IOException {
    if (rateOrNull == null) {
      for (Fact.Published fact : reducer.decidePublished(entry.set, policy, now)) {
        models.apply(entry, fact);
        told.published(entry, fact, now);
      }
      return;
    }
    publish(entry, now, serialised);
  }

  /** The key's timer went off. */
  void awake(String key, long now) throws IOException {
    wakeup.clear();
    LiveModels.Entry entry = models.ifLive(key);
    if (entry != null) {
      entry.wakesAt = LiveModels.Entry.NO_TIMER;
      publish(entry, now, false);
    }
  }

  /** The key is forgotten. */
  void expire() throws IOException {
    Long stored = wakeup.value();
    if (stored != null) {
      timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, stored);
      wakeup.clear();
    }
  }

  private void publish(LiveModels.Entry entry, long now, boolean serialised) throws IOException {
    List<Fact.Published> due = reducer.decidePublished(entry.set, policy, now);
    if (due.isEmpty()) {
      entry.publishesAt = 0;
      entry.dueSince = 0;
    } else {
      if (entry.dueSince == 0) {
        entry.dueSince = now;
      }
      if (entry.publishesAt == 0) {
        entry.publishesAt = rateOrNull.reserve(now);
      }
      if (serialised) {
        entry.publishesAt = Math.max(entry.publishesAt, now + 1);
      }
      if (entry.publishesAt <= now) {
        Fact.Published first = due.stream().min(URGENCY).orElseThrow();
        models.apply(entry, first);
        told.published(entry, first, now);
        lag.accept(now - entry.dueSince);
        entry.dueSince = due.size() > 1 ? entry.dueSince : 0;
        entry.publishesAt = due.size() > 1 ? Math.max(rateOrNull.reserve(now), now + 1) : 0;
      }
    }
    if (entry.publishesAt > 0) {
      wakeAt(entry, entry.publishesAt);
    } else if (entry.set.hasUnpublished()) {
      wakeAt(entry, policy.nextTime(entry.set.key(), now));
    }
  }

  /** At the time or before it. */
  private void wakeAt(LiveModels.Entry entry, long time) throws IOException {
    long at = (time + 1) & ~1L; // even: see KeyExpiry
    if (entry.wakesAt == LiveModels.Entry.UNKNOWN) {
      Long stored = wakeup.value();
      entry.wakesAt = stored == null ? LiveModels.Entry.NO_TIMER : stored;
    }
    if (entry.wakesAt != LiveModels.Entry.NO_TIMER) {
      if (entry.wakesAt <= at) {
        return;
      }
      timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, entry.wakesAt);
    }
    entry.wakesAt = at;
    wakeup.update(at);
    timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
  }

  private static int urgency(PublishCause cause) {
    return switch (cause) {
      case PROMOTION, ROLLBACK -> 0;
      case DRIFT -> 1;
      case INSTANCES -> 2;
      case TIME -> 3;
      case END -> throw new IllegalArgumentException("the end is not decided by the reducer");
    };
  }
}
