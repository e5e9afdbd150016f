/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/** The processing time of a job over topics. A run over files has none: it does not go by it. */
final class RunClock {

  private final ProcessingTimeService timeOrNull;

  /**
   * @param timeOrNull null in a run over files
   */
  RunClock(ProcessingTimeService timeOrNull) {
    this.timeOrNull = timeOrNull;
  }

  boolean isTimed() {
    return timeOrNull != null;
  }

  /** In milliseconds since the epoch; 0 in a run over files. */
  long now() {
    return timeOrNull == null ? 0 : timeOrNull.getCurrentProcessingTime();
  }
}
