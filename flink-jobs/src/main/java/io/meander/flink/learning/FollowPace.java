/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.function.LongSupplier;

/**
 * How fast the keys of a task follow a deployment where very many are behind it. Each makes new
 * learners at its first event after, so that with thousands of keys all events would come late for
 * seconds. While more than {@link #FEW} keys are behind, following takes a tenth of the time at
 * most; an event that comes when that is used up is answered by the slots that its key has. Called
 * on the task's thread.
 */
final class FollowPace {

  /** So many are never held up. */
  static final int FEW = 1000;

  private static final int SHARE = 10;

  /** What a pause saves up. */
  private static final long MOST_CREDIT_NANOS = 5_000_000;

  private final LongSupplier nanoTime;
  private long credit = MOST_CREDIT_NANOS;
  private long countedAt;

  /** When the key that follows now began to; 0 if none does. */
  private long began;

  FollowPace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.countedAt = nanoTime.getAsLong();
  }

  /**
   * Whether a key that is behind follows at this event. If so, what follows is charged until {@link
   * #done}.
   *
   * @param behind keys of the task that are
   */
  boolean follows(int behind) {
    long now = nanoTime.getAsLong();
    credit = Math.min(MOST_CREDIT_NANOS, credit + (now - countedAt) / SHARE);
    countedAt = now;
    if (credit <= 0 && behind > FEW) {
      return false;
    }
    began = now;
    return true;
  }

  /** The event is handled, and its label if that came with it. */
  void done() {
    if (began != 0) {
      credit -= nanoTime.getAsLong() - began;
      began = 0;
    }
  }
}
