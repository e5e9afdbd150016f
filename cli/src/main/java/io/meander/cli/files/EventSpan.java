/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;

/**
 * The stretch of time that a file's events cover.
 *
 * @param first time of the earliest event
 * @param last time of the latest
 */
public record EventSpan(Instant first, Instant last) {

  /**
   * Reads the file through once; rows without a time that can be read are passed over.
   *
   * @param spec with event time
   * @param limit events to read at most
   * @return empty if no event has a time
   * @throws IOException if the file cannot be read
   */
  public static Optional<EventSpan> of(Path events, PipelineSpec spec, long limit)
      throws IOException {
    PipelineSpec.EventTime time = spec.events().time().orElseThrow();
    FieldTimes times = FieldTimes.of(time.field(), time, spec.events().schema());
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    try (EventFile file = EventFile.open(events, spec.events().schema())) {
      Iterator<EventFile.Row> rows = file.rows();
      for (long row = 0; row < limit && rows.hasNext(); row++) {
        EventFile.Row next = rows.next();
        long at = next.record() == null ? Observation.NO_TIME : times.read(next.record());
        if (at != Observation.NO_TIME) {
          first = Math.min(first, at);
          last = Math.max(last, at);
        }
      }
    }
    return first > last
        ? Optional.empty()
        : Optional.of(new EventSpan(Instant.ofEpochMilli(first), Instant.ofEpochMilli(last)));
  }
}
