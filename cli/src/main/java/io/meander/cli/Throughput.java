/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.time.Duration;

/** Events per second: between two looks, and since the beginning. Owned by one thread. */
final class Throughput {

  private final long start = System.nanoTime();
  private long lastTime = start;
  private long lastCount;

  /** Since the last call. */
  double perSecond(long count) {
    long now = System.nanoTime();
    double rate = (count - lastCount) / Math.max(1e-9, (now - lastTime) / 1e9);
    lastTime = now;
    lastCount = count;
    return rate;
  }

  double overall(long count) {
    return count / Math.max(1e-9, seconds());
  }

  double seconds() {
    return elapsed().toNanos() / 1e9;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
