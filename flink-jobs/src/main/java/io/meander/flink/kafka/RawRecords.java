/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.flink.RawRecord;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Observation;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * Hands records on as they are, as events: what else they are to one of the pipelines that read
 * them is that one's to know. It never throws: a source that did would restart the job forever.
 */
public final class RawRecords implements KafkaRecordDeserializationSchema<RawRecord> {

  private static final long serialVersionUID = 1L;

  /** Header with a record's number in a bounded run, eight bytes, most significant first. */
  public static final String SEQUENCE_HEADER = "meander-sequence";

  /** Header with the number of an event's row in its file, where that is another; as above. */
  public static final String ROW_HEADER = "meander-row";

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
    out.collect(
        new RawRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE
                ? Observation.NO_TIME
                : record.timestamp(),
            record.key(),
            record.value(),
            sequence(record),
            null,
            RawRecord.Kind.EVENT,
            row(record)));
  }

  @Override
  public TypeInformation<RawRecord> getProducedType() {
    return WireTypes.RAW_RECORD;
  }

  private static long sequence(ConsumerRecord<byte[], byte[]> record) {
    return number(record, SEQUENCE_HEADER);
  }

  /** An event's row; a replay without labels of their own numbers records by it. */
  private static long row(ConsumerRecord<byte[], byte[]> record) {
    long row = number(record, ROW_HEADER);
    return row == Observation.UNNUMBERED ? sequence(record) : row;
  }

  private static long number(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null || header.value().length != Long.BYTES
        ? Observation.UNNUMBERED
        : ByteBuffer.wrap(header.value()).getLong();
  }
}
