/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Some events through a design.
 *
 * @param events learned
 * @param allocatedBytes on the heap, by the thread
 */
record Timed(long events, long nanos, long allocatedBytes) {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Learns the events from one number up to another. */
  static Timed run(Design design, Workload workload, long from, long to) throws Exception {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    for (long i = from; i < to; i++) {
      design.learn(workload.event(i));
    }
    long nanos = System.nanoTime() - start;
    return new Timed(to - from, nanos, THREADS.getCurrentThreadAllocatedBytes() - allocated);
  }

  Timed plus(Timed other) {
    return new Timed(
        events + other.events, nanos + other.nanos, allocatedBytes + other.allocatedBytes);
  }

  double perSecond() {
    return events * 1e9 / nanos;
  }

  double allocatedPerEvent() {
    return (double) allocatedBytes / events;
  }
}
