/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.util.concurrent.TimeUnit;

/**
 * Holds events back to a rate, or to their own times made faster, or both. Counts from its making;
 * what was late is caught up on. Owned by one thread.
 */
final class Pacer {

  private final Rate rate;
  private final double speed;
  private final long start = System.nanoTime();

  private long sent;
  private long firstEventTime;
  private boolean timeKnown;

  /**
   * @param speed how much faster than the events' own times; infinite for regardless of them
   */
  Pacer(Rate rate, double speed) {
    this.rate = rate;
    this.speed = speed;
  }

  /** Waits until the next event, which carries no time, is due. */
  void awaitNext() throws InterruptedException {
    awaitNanos(byRate());
  }

  /**
   * Waits until the next event is due.
   *
   * @param eventTime milliseconds since the epoch
   */
  void awaitNext(long eventTime) throws InterruptedException {
    if (!timeKnown) {
      timeKnown = true;
      firstEventTime = eventTime;
    }
    double byTime = (eventTime - firstEventTime) * 1e6 / speed;
    awaitNanos(Math.max(byRate(), (long) byTime));
  }

  private long byRate() {
    return (long) (sent++ * 1e9 / rate.perSecond());
  }

  private void awaitNanos(long dueNanos) throws InterruptedException {
    long wait = dueNanos - (System.nanoTime() - start);
    // Shorter sleeps than a millisecond take about a millisecond: let them add up.
    if (wait >= TimeUnit.MILLISECONDS.toNanos(1)) {
      TimeUnit.NANOSECONDS.sleep(wait);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
