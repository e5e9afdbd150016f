/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.avro.EventDecoder;
import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.LayoutFeatures;
import io.meander.features.ModelKey;
import io.meander.flink.RawRecord;
import io.meander.models.LabelArrival;
import io.meander.spec.PipelineSpec;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Makes a label of a record of the labels' own topic. Owned by one thread. */
final class LabelRecordReader {

  /** Of labels whose key is that of the event with their id. */
  static final String UNRESOLVED = "";

  private final EventDecoder decoder;
  private final FieldPath[] key;
  private final boolean resolveById;
  private final FieldPath id;
  private final FieldPath timeFieldOrNull;
  private final EventTimeReader timeOrNull;
  private final LabelReader label;
  private final LayoutFeatures features;

  LabelRecordReader(PipelineSpec spec, LayoutFeatures features) {
    PipelineSpec.LabelTopic topic = spec.label().topic().orElseThrow();
    Schema schema = topic.schema();
    PipelineSpec.EventTime time = topic.timeOrNull();
    this.decoder = new EventDecoder(schema);
    this.key = EventReader.paths(topic.key(), schema);
    this.resolveById = topic.resolveById();
    this.id = FieldPath.of(topic.id(), schema);
    this.timeFieldOrNull = time == null ? null : FieldPath.of(time.field(), schema);
    this.timeOrNull =
        time == null
            ? null
            : new EventTimeReader(timeFieldOrNull, time.formatOrNull(), time.zone());
    this.label = new LabelReader(spec.label(), schema);
    this.features = features;
  }

  /**
   * @throws UnfitRecordException if the record is no label of this pipeline
   */
  LabelArrival read(RawRecord record) throws UnfitRecordException {
    GenericRecord value = EventReader.decode(record, decoder);
    double read = label.read(value);
    if (Double.isNaN(read)) {
      throw new UnfitRecordException(RejectReason.NO_LABEL, "the label is null");
    }
    return new LabelArrival(
        record.sequence(),
        EventReader.idOf(id, value),
        keyOf(value),
        timeOrNull == null
            ? record.timestamp()
            : EventReader.timeOf("label time", timeFieldOrNull, timeOrNull, value),
        read,
        false,
        EventReader.labelInputs(features, value),
        false,
        record.partition(),
        record.offset());
  }

  /**
   * @throws UnfitRecordException if the key's fields cannot be read
   */
  String key(RawRecord record) throws UnfitRecordException {
    return keyOf(EventReader.decode(record, decoder));
  }

  private String keyOf(GenericRecord value) throws UnfitRecordException {
    if (resolveById) {
      return UNRESOLVED;
    }
    return key.length == 0 ? ModelKey.WHOLE_STREAM : EventReader.keyOf(key, value);
  }
}
