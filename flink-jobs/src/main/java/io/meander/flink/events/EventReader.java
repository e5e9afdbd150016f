/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.avro.EventDecoder;
import io.meander.avro.MalformedEventException;
import io.meander.features.FeatureTransform;
import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import io.meander.flink.RawRecord;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/**
 * Makes an observation of a raw record as a pipeline spec says, or says why it cannot. Owned by one
 * thread: its decoder reuses buffers.
 */
public final class EventReader {

  private static final FieldPath[] NO_FIELDS = {};
  private static final String[] NO_SLICES = {};

  private final EventDecoder decoder;
  private final FeatureTransform features;
  private final FieldPath[] key;
  private final FieldPath id;
  private final EventTimeReader time;
  private final LabelReader label;
  private final FieldPath[][] slices;

  public EventReader(PipelineSpec spec) {
    PipelineSpec.Events events = spec.events();
    this.decoder = new EventDecoder(events.schema());
    this.features = FeatureTransform.compile(spec.features(), events.schema());
    this.key = paths(events.key());
    this.id = events.id().map(FieldPath::parse).orElse(null);
    this.time = events.time().map(t -> new EventTimeReader(t, events.schema())).orElse(null);
    this.label = new LabelReader(spec.label());
    this.slices =
        spec.evaluation().slices().stream().map(EventReader::paths).toArray(FieldPath[][]::new);
  }

  /**
   * @throws UnfitRecordException if the record is no event of this pipeline; nothing is remembered
   *     of it
   */
  public Observation read(RawRecord record) throws UnfitRecordException {
    GenericRecord event = decode(record);
    return new Observation(
        record.sequence(),
        idOf(record, event),
        keyOf(event),
        timeOf(record, event),
        featuresOf(event),
        label.read(event),
        slicesOf(event));
  }

  private GenericRecord decode(RawRecord record) throws UnfitRecordException {
    if (record.unreadable() != null) {
      throw new UnfitRecordException(RejectReason.UNREADABLE_ROW, record.unreadable());
    }
    if (record.value() == null) {
      throw new UnfitRecordException(
          RejectReason.TOMBSTONE, "a record without a value is not an event");
    }
    try {
      return decoder.decode(record.value());
    } catch (MalformedEventException e) {
      throw new UnfitRecordException(RejectReason.MALFORMED_AVRO, e.getMessage(), e);
    }
  }

  private String idOf(RawRecord record, GenericRecord event) throws UnfitRecordException {
    if (id == null) {
      return record.sequence() == Observation.UNNUMBERED
          ? record.topic() + "-" + record.partition() + "-" + record.offset()
          : Long.toString(record.sequence());
    }
    String text = FieldText.read("event id", id, event);
    if (text == null) {
      throw new UnfitRecordException(RejectReason.MISSING_ID, "event id '" + id + "' is null");
    }
    return text;
  }

  private String keyOf(GenericRecord event) throws UnfitRecordException {
    if (key.length == 0) {
      return "";
    }
    String[] parts = new String[key.length];
    for (int i = 0; i < key.length; i++) {
      parts[i] = FieldText.read("key", key[i], event);
      if (parts[i] == null) {
        throw new UnfitRecordException(RejectReason.MISSING_KEY, "key '" + key[i] + "' is null");
      }
    }
    return ModelKey.join(parts);
  }

  private long timeOf(RawRecord record, GenericRecord event) throws UnfitRecordException {
    return time == null ? record.timestamp() : time.read(event);
  }

  private double[] featuresOf(GenericRecord event) throws UnfitRecordException {
    try {
      return features.apply(event);
    } catch (UnfitEventException e) {
      throw new UnfitRecordException(RejectReason.BAD_FIELD, e.getMessage(), e);
    }
  }

  private String[] slicesOf(GenericRecord event) throws UnfitRecordException {
    if (slices.length == 0) {
      return NO_SLICES;
    }
    String[] texts = new String[slices.length];
    for (int i = 0; i < slices.length; i++) {
      String[] parts = new String[slices[i].length];
      for (int j = 0; j < parts.length; j++) {
        String text = FieldText.read("slice", slices[i][j], event);
        parts[j] = text == null ? "" : text;
      }
      texts[i] = ModelKey.join(parts);
    }
    return texts;
  }

  private static FieldPath[] paths(List<String> fields) {
    return fields.isEmpty()
        ? NO_FIELDS
        : fields.stream().map(FieldPath::parse).toArray(FieldPath[]::new);
  }
}
