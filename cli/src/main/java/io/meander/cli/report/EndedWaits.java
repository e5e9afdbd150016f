/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Puts what came of waits that ended by a timer, which has no number, in its place among the
 * numbered results: before the record with whose time the wait was over. A bounded run has one such
 * order, whatever its parallelism. Where a prediction without a label counts as nothing the place
 * does not matter, and nobody is kept waiting.
 */
final class EndedWaits {

  private final Consumer<Step> next;
  private final boolean ordered;
  private final long outOfOrderness;
  private final Deque<Step> records = new ArrayDeque<>();
  private final PriorityQueue<Step> ended =
      new PriorityQueue<>(
          Comparator.comparingLong(Step::time).thenComparing(step -> step.labels().get(0).event()));

  /** What the timers have seen. */
  private long watermark = Long.MIN_VALUE;

  /** What the records up to the next one have brought about. */
  private long brought = Long.MIN_VALUE;

  EndedWaits(PipelineSpec spec, Consumer<Step> next) {
    this.next = next;
    this.ordered =
        spec.label().waits().otherwiseOrNull() != null && spec.events().time().isPresent();
    this.outOfOrderness =
        spec.events().time().map(time -> time.outOfOrderness().toMillis()).orElse(0L);
  }

  /** The next record's results. */
  void next(Step step) {
    if (ordered) {
      records.add(step);
      release();
    } else {
      next.accept(step);
    }
  }

  /** Waits of a key ended by a timer. */
  void add(Step step) {
    if (ordered) {
      ended.add(step);
    } else {
      next.accept(step);
    }
  }

  /** All waits that end up to a time have been added. */
  void watermark(long time) {
    watermark = Math.max(watermark, time);
    release();
  }

  /** Hands on what is left. */
  void flush() {
    watermark = Long.MAX_VALUE;
    release();
    ended.stream().sorted(ended.comparator()).forEach(next);
    ended.clear();
  }

  private void release() {
    while (!records.isEmpty()) {
      Step record = records.peek();
      if (record.time() != Observation.NO_TIME) {
        brought = Math.max(brought, record.time() - outOfOrderness - 1);
      }
      if (watermark < brought) {
        return;
      }
      while (!ended.isEmpty() && ended.peek().time() <= brought) {
        next.accept(ended.poll());
      }
      next.accept(records.poll());
    }
  }
}
