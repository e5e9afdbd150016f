/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Observation;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * When a key that is not seen any more is forgotten. A key has one timer, whose time is in keyed
 * state. An event moves it only when it would go off too early, and then by a sixteenth of {@code
 * expire-after} further than needed, so that most events cost a comparison. A key therefore goes
 * between {@code expire-after} and 17/16 of it after its last event.
 *
 * <p>Time is the pipeline's event time where it has one, else the clock. Called on the task's
 * thread with the current key set.
 */
final class KeyExpiry {

  private static final int SLACK = 16;

  private final long after;
  private final boolean byEventTime;
  private final InternalTimerService<VoidNamespace> timers;
  private final LongSupplier watermark;
  private final ValueState<Long> expiry;

  KeyExpiry(
      Duration after,
      boolean byEventTime,
      InternalTimerService<VoidNamespace> timers,
      LongSupplier watermark,
      ValueState<Long> expiry) {
    this.after = after.toMillis();
    this.byEventTime = byEventTime;
    this.timers = timers;
    this.watermark = watermark;
    this.expiry = expiry;
  }

  /**
   * The current key has an event.
   *
   * @param eventTime milliseconds since the epoch, or {@link Observation#NO_TIME}
   */
  void seen(LiveModels.Entry entry, long eventTime) throws IOException {
    // An event that comes late was still seen now.
    long now =
        byEventTime ? Math.max(eventTime, watermark.getAsLong()) : timers.currentProcessingTime();
    if (now == Observation.NO_TIME) {
      return;
    }
    if (entry.expiresAt == LiveModels.Entry.UNKNOWN) {
      Long stored = expiry.value();
      entry.expiresAt = stored == null ? LiveModels.Entry.NO_TIMER : stored;
    }
    if (now + after <= entry.expiresAt) {
      return;
    }
    if (entry.expiresAt != LiveModels.Entry.NO_TIMER) {
      delete(entry.expiresAt);
    }
    // Odd, where the timer of publications is even: deleting one never deletes the other.
    entry.expiresAt = (now + after + after / SLACK) | 1;
    expiry.update(entry.expiresAt);
    if (byEventTime) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, entry.expiresAt);
    } else {
      timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, entry.expiresAt);
    }
  }

  /** Whether the current key goes now that a timer has gone off; it is forgotten here if so. */
  boolean isDue(long timer) throws IOException {
    Long stored = expiry.value();
    // At the end of the input the watermark jumps to the end of time, and no key is old for that.
    if (stored == null
        || stored != timer
        || (byEventTime && timers.currentWatermark() == Long.MAX_VALUE)) {
      return false;
    }
    expiry.clear();
    return true;
  }

  private void delete(long timer) {
    if (byEventTime) {
      timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, timer);
    } else {
      timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, timer);
    }
  }
}
