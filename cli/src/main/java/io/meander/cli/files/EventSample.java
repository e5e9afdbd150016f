/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.flink.RawRecord;
import io.meander.flink.events.EventReader;
import io.meander.flink.events.UnfitRecordException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The first events of a file, as a pipeline reads them. */
public final class EventSample {

  private EventSample() {}

  /**
   * @param most events to read
   * @return those of them that have their label inside; none where labels come on their own topic
   */
  public static List<Observation> labelled(Path events, PipelineSpec spec, long most)
      throws IOException {
    return all(events, spec, most).stream().filter(Observation::hasLabel).toList();
  }

  /**
   * @param most events to read
   * @return those of them that a run does not reject
   */
  public static List<Observation> all(Path events, PipelineSpec spec, long most)
      throws IOException {
    List<Observation> sample = new ArrayList<>();
    EventReader reader = new EventReader(spec);
    RowRecords records = new RowRecords(events.getFileName().toString(), null, spec);
    try (EventFile file = EventFile.open(events, spec.events().schema())) {
      Iterator<EventFile.Row> rows = file.rows();
      for (long row = 0; row < most && rows.hasNext(); row++) {
        Arrivals.Arrived next =
            new Arrivals.Arrived(RawRecord.Kind.EVENT, rows.next(), row, Observation.NO_TIME);
        Observation event = observationOrNull(reader, records.of(next, row));
        if (event != null) {
          sample.add(event);
        }
      }
    }
    return sample;
  }

  /** Null for what the run rejects. */
  private static Observation observationOrNull(EventReader reader, RawRecord record) {
    try {
      return reader.read(record);
    } catch (UnfitRecordException e) {
      return null;
    }
  }
}
