/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.LayoutFeatures;
import io.meander.flink.RawRecord;
import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;

/**
 * Makes an event or a label of a raw record, whichever it is to be read as. Owned by one thread:
 * its decoders reuse buffers.
 */
public final class ArrivalReader {

  private final EventReader events;
  private final LabelRecordReader labelsOrNull;

  public ArrivalReader(PipelineSpec spec) {
    this(spec, spec.features(spec.layout()));
  }

  /**
   * @param features the spec's, and earlier ones that models still learn from
   */
  ArrivalReader(PipelineSpec spec, LayoutFeatures features) {
    this.events = new EventReader(spec, features);
    this.labelsOrNull =
        spec.label().topic().isPresent() ? new LabelRecordReader(spec, features) : null;
  }

  /**
   * A record of the labels' own topic.
   *
   * @throws UnfitRecordException if it is no label of this pipeline
   */
  Arrival readLabel(RawRecord record) throws UnfitRecordException {
    return labelsOrNull.read(record);
  }

  /**
   * The key of a record that need not fit otherwise: by it a record that the job will reject keeps
   * its place among its key's.
   *
   * @return null if its key's fields cannot be read
   */
  public String keyOrNull(RawRecord record) {
    try {
      boolean ofTopic = labelsOrNull != null && record.kind() == RawRecord.Kind.LABEL;
      return ofTopic ? labelsOrNull.key(record) : events.key(record);
    } catch (UnfitRecordException e) {
      return null;
    }
  }

  /**
   * @throws UnfitRecordException if the record is no such thing in this pipeline; nothing is
   *     remembered of it
   */
  public Arrival read(RawRecord record) throws UnfitRecordException {
    return switch (record.kind()) {
      case EVENT, EVENT_BEFORE_LABEL -> events.read(record);
      case LABEL, LABEL_AFTER_END ->
          labelsOrNull == null ? events.readLabel(record) : labelsOrNull.read(record);
    };
  }
}
