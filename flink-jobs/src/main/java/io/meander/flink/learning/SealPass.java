/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.Future;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Writes the images of many keys beside the events: in every {@link #PERIOD} for at most {@link
 * #SHARE}, so that predictions wait no longer than that and one image. Runs on its task's thread.
 */
final class SealPass {

  static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration SHARE = Duration.ofMillis(20);

  private final ProcessingTimeService time;
  private final Sealing sealing;
  private final Deque<String> keys = new ArrayDeque<>();
  private long sealed;

  /** The next step; null if none is to come. Its task fails with it. */
  private Future<?> next;

  /** What is done with the keys. */
  interface Sealing {

    /** Writes a key's image if it has a log; says whether it did. */
    boolean seal(String key) throws Exception;

    /** No key is left. */
    void done(long sealed);
  }

  SealPass(ProcessingTimeService time, Sealing sealing) {
    this.time = time;
    this.sealing = sealing;
  }

  /**
   * @param all keys that may have a log
   */
  void start(Collection<String> all) {
    keys.clear();
    keys.addAll(all);
    sealed = 0;
    schedule();
  }

  private void schedule() {
    if (next == null) {
      next = time.registerTimer(time.getCurrentProcessingTime() + PERIOD.toMillis(), now -> step());
    }
  }

  private void step() throws Exception {
    next = null;
    long until = System.nanoTime() + SHARE.toNanos();
    do {
      String key = keys.poll();
      if (key == null) {
        sealing.done(sealed);
        return;
      }
      if (sealing.seal(key)) {
        sealed++;
      }
    } while (System.nanoTime() < until);
    schedule();
  }
}
