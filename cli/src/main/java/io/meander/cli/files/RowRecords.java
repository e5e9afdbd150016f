/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.flink.RawRecord;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Rows of files as the records that a job would read from Kafka. Not thread-safe. */
final class RowRecords {

  private final String file;
  private final String labelFileOrNull;
  private final GenericDatumWriter<GenericRecord> writer;
  private final GenericDatumWriter<GenericRecord> labelWriter;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private BinaryEncoder encoder;

  /**
   * @param file name of the events' file, for the records' topic
   * @param labelFileOrNull that of the labels' file, if there is one
   */
  RowRecords(String file, String labelFileOrNull, PipelineSpec spec) {
    this.file = file;
    this.labelFileOrNull = labelFileOrNull;
    this.writer = new GenericDatumWriter<>(spec.events().schema());
    this.labelWriter =
        spec.label()
            .topic()
            .map(topic -> new GenericDatumWriter<GenericRecord>(topic.schema()))
            .orElse(writer);
  }

  /**
   * @param number of the record in the run
   */
  RawRecord of(Arrivals.Arrived next, long number) throws IOException {
    EventFile.Row row = next.content();
    boolean ofLabels = labelFileOrNull != null && next.kind() == RawRecord.Kind.LABEL;
    byte[] value =
        row.record() == null
            ? row.text().getBytes(StandardCharsets.UTF_8)
            : encode(row.record(), ofLabels ? labelWriter : writer);
    boolean inside = !ofLabels && isLabel(next.kind());
    return new RawRecord(
        ofLabels ? labelFileOrNull : file,
        0,
        next.row(),
        inside ? next.time() : Long.MIN_VALUE,
        null,
        value,
        number,
        row.unreadable(),
        next.kind(),
        next.row());
  }

  private static boolean isLabel(RawRecord.Kind kind) {
    return kind == RawRecord.Kind.LABEL || kind == RawRecord.Kind.LABEL_AFTER_END;
  }

  private byte[] encode(GenericRecord record, GenericDatumWriter<GenericRecord> with)
      throws IOException {
    buffer.reset();
    encoder = EncoderFactory.get().directBinaryEncoder(buffer, encoder);
    with.write(record, encoder);
    return buffer.toByteArray();
  }
}
