/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.Arrivals;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Counts, on a thread of its own, exactly the records that a run over files has: events and labels.
 * Each of them ends as one result or one reject, so the run is through when as many were told.
 */
final class RecordCount implements AutoCloseable {

  private final Background counting;
  private volatile long records = -1;

  RecordCount(
      PipelineSpec spec,
      Path events,
      Path labelsOrNull,
      long limit,
      boolean labelsAfterEnd,
      String arrivedOrNull) {
    counting =
        new Background(
            "record-count",
            () ->
                count(
                    Arrivals.open(
                        events, labelsOrNull, spec, limit, labelsAfterEnd, arrivedOrNull)));
  }

  /**
   * Whether so many are all there are; false while they are not counted.
   *
   * @throws IOException if the files could not be read
   */
  boolean isReached(long told) throws IOException, InterruptedException {
    return counting.await(Duration.ofMillis(1)) && told >= records;
  }

  @Override
  public void close() {
    counting.close();
  }

  private void count(Arrivals opened) throws IOException, InterruptedException {
    long count = 0;
    try (Arrivals arrivals = opened) {
      while (arrivals.next() != null) {
        count++;
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    records = count;
  }
}
