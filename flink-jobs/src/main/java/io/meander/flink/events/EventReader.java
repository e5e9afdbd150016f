/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.avro.EventDecoder;
import io.meander.avro.MalformedEventException;
import io.meander.features.EventTimeReader;
import io.meander.features.FeatureInputs;
import io.meander.features.FieldPath;
import io.meander.features.LayoutFeatures;
import io.meander.features.ModelKey;
import io.meander.features.UnfitEventException;
import io.meander.flink.RawRecord;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Makes an observation of a raw record as a pipeline spec says, or says why it cannot. Owned by one
 * thread: its decoder reuses buffers.
 */
public final class EventReader {

  private static final FieldPath[] NO_FIELDS = {};
  private static final String[] NO_SLICES = {};

  private final EventDecoder decoder;
  private final LayoutFeatures features;
  private final FieldPath[] key;
  private final FieldPath id;
  private final FieldPath timeField;
  private final EventTimeReader time;

  /** Null where labels come on a topic of their own, and where there are none. */
  private final LabelReader labelOrNull;

  private final WeightReader weight;
  private final FieldPath[][] slices;

  public EventReader(PipelineSpec spec) {
    this(spec, spec.features(spec.layout()));
  }

  /**
   * @param features the spec's, and earlier ones that models still learn from
   */
  EventReader(PipelineSpec spec, LayoutFeatures features) {
    PipelineSpec.Events events = spec.events();
    Schema schema = events.schema();
    PipelineSpec.EventTime eventTime = events.timeOrNull();
    this.decoder = new EventDecoder(schema);
    this.features = features;
    this.key = paths(events.key(), schema);
    this.id = events.id().map(field -> FieldPath.of(field, schema)).orElse(null);
    this.timeField = eventTime == null ? null : FieldPath.of(eventTime.field(), schema);
    this.time =
        eventTime == null
            ? null
            : new EventTimeReader(timeField, eventTime.formatOrNull(), eventTime.zone());
    this.labelOrNull =
        spec.label().topic().isPresent() || !spec.label().isGiven()
            ? null
            : new LabelReader(spec.label(), schema);
    this.weight = new WeightReader(spec.weight(), schema);
    this.slices =
        spec.evaluation().slices().stream()
            .map(slice -> paths(slice, schema))
            .toArray(FieldPath[][]::new);
  }

  /**
   * @throws UnfitRecordException if the record is no event of this pipeline; nothing is remembered
   *     of it
   */
  public Observation read(RawRecord record) throws UnfitRecordException {
    GenericRecord event = decode(record);
    boolean labelled = labelOrNull != null && record.kind() != RawRecord.Kind.EVENT_BEFORE_LABEL;
    return new Observation(
        record.sequence(),
        idOf(record, event),
        keyOf(event),
        timeOf(record, event),
        featuresOf(event),
        labelled ? labelOrNull.read(event) : Observation.NO_LABEL,
        weight.read(event),
        slicesOf(event),
        inputsOf(event, labelled),
        record.partition(),
        record.offset(),
        features.mayFail() ? record.origin() : null);
  }

  /**
   * The label inside an event, as if it came on its own. One without a label in it, or of an event
   * that was rejected, is {@link Observation#NO_LABEL}.
   *
   * @throws UnfitRecordException if the event was fit and its label is not
   */
  LabelArrival readLabel(RawRecord record) throws UnfitRecordException {
    GenericRecord event;
    String eventId;
    String modelKey;
    try {
      event = decode(record);
      eventId = idOf(record, event);
      modelKey = keyOf(event);
    } catch (UnfitRecordException e) {
      return new LabelArrival(
          record.sequence(), "", "", record.timestamp(), Observation.NO_LABEL, false);
    }
    return new LabelArrival(
        record.sequence(),
        eventId,
        modelKey,
        record.timestamp(),
        labelOrNull.read(event),
        record.kind() == RawRecord.Kind.LABEL_AFTER_END,
        labelInputs(features, event));
  }

  /**
   * @throws UnfitRecordException if the key's fields cannot be read
   */
  String key(RawRecord record) throws UnfitRecordException {
    return keyOf(decode(record));
  }

  private FeatureInputs inputsOf(GenericRecord event, boolean labelled)
      throws UnfitRecordException {
    try {
      FeatureInputs inputs = features.eventInputs(event);
      return labelled ? inputs.withLabel(features.labelInputs(event)) : inputs;
    } catch (UnfitEventException e) {
      throw UnfitRecordException.of(e);
    }
  }

  /** What features over labels take from a record that brings one. */
  static FeatureInputs labelInputs(LayoutFeatures features, GenericRecord record)
      throws UnfitRecordException {
    try {
      return FeatureInputs.NONE.withLabel(features.labelInputs(record));
    } catch (UnfitEventException e) {
      throw new UnfitRecordException(RejectReason.BAD_FIELD, e.getMessage(), e);
    }
  }

  private GenericRecord decode(RawRecord record) throws UnfitRecordException {
    return decode(record, decoder);
  }

  static GenericRecord decode(RawRecord record, EventDecoder decoder) throws UnfitRecordException {
    if (record.unreadable() != null) {
      throw new UnfitRecordException(RejectReason.UNREADABLE_ROW, record.unreadable());
    }
    if (record.value() == null) {
      throw new UnfitRecordException(
          RejectReason.TOMBSTONE, "a record without a value is neither an event nor a label");
    }
    try {
      return decoder.decode(record.value());
    } catch (MalformedEventException e) {
      throw new UnfitRecordException(RejectReason.MALFORMED_AVRO, e.getMessage(), e);
    }
  }

  private String idOf(RawRecord record, GenericRecord event) throws UnfitRecordException {
    if (id == null) {
      return record.row() == Observation.UNNUMBERED
          ? record.topic() + "-" + record.partition() + "-" + record.offset()
          : Long.toString(record.row());
    }
    return idOf(id, event);
  }

  static String idOf(FieldPath id, GenericRecord event) throws UnfitRecordException {
    String text = FieldText.read("event id", id, event);
    if (text == null) {
      throw new UnfitRecordException(RejectReason.MISSING_ID, "event id '" + id + "' is null");
    }
    return text;
  }

  private String keyOf(GenericRecord event) throws UnfitRecordException {
    return keyOf(key, event);
  }

  static String keyOf(FieldPath[] key, GenericRecord event) throws UnfitRecordException {
    if (key.length == 0) {
      return ModelKey.WHOLE_STREAM;
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
    if (time == null) {
      return record.timestamp();
    }
    return timeOf("event time", timeField, time, event);
  }

  static long timeOf(String use, FieldPath field, EventTimeReader time, GenericRecord event)
      throws UnfitRecordException {
    Object value = field.read(event);
    if (value == null) {
      throw new UnfitRecordException(RejectReason.NO_EVENT_TIME, use + " '" + field + "' is null");
    }
    try {
      return time.read(value);
    } catch (UnfitEventException e) {
      throw new UnfitRecordException(RejectReason.BAD_FIELD, use + ": " + e.getMessage(), e);
    }
  }

  private double[] featuresOf(GenericRecord event) throws UnfitRecordException {
    try {
      return features.apply(event);
    } catch (UnfitEventException e) {
      throw UnfitRecordException.of(e);
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

  static FieldPath[] paths(List<String> fields, Schema schema) {
    return fields.isEmpty()
        ? NO_FIELDS
        : fields.stream().map(field -> FieldPath.of(field, schema)).toArray(FieldPath[]::new);
  }
}
