/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.avro.EventDecoder;
import io.meander.avro.MalformedEventException;
import io.meander.avro.Reject;
import io.meander.spec.PipelineSpec;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/**
 * {@code rejects.csv}: a row for each record that could not be used, with all that is needed to
 * find it and to look into it. A file's row that could not be read stands there as it is; a record
 * that could be read but not used as JSON; other bytes in Base64.
 */
final class RejectFile implements Closeable {

  private static final String UNREADABLE_ROW = "unreadable-row";

  private final CsvFile file;

  private final EventDecoder events;

  /** Null if labels are inside the events. */
  private final EventDecoder labelsOrNull;

  private final String labelSourceOrNull;

  /**
   * @param labelSourceOrNull topic or name of the file that labels come from, if not the events'
   */
  RejectFile(Path folder, PipelineSpec spec, String labelSourceOrNull) {
    this.file =
        new CsvFile(
            folder.resolve("rejects.csv"),
            "reason",
            "file",
            "row",
            "partition",
            "offset",
            "detail",
            "form",
            "record");
    this.events = new EventDecoder(spec.events().schema());
    this.labelsOrNull =
        spec.label().topic().map(topic -> new EventDecoder(topic.schema())).orElse(null);
    this.labelSourceOrNull = labelSourceOrNull;
  }

  void add(Reject reject) {
    boolean ofFile = reject.getSequence() != null;
    String[] record = record(reject);
    file.row(
        reject.getReason(),
        reject.getTopic(),
        ofFile ? reject.getOffset() + 1 : null,
        ofFile ? null : reject.getPartition(),
        ofFile ? null : reject.getOffset(),
        reject.getDetail(),
        record[0],
        record[1]);
  }

  /** Its form and itself; nothing of a record without a value. */
  private String[] record(Reject reject) {
    ByteBuffer value = reject.getValue();
    if (value == null) {
      return new String[] {null, null};
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    if (reject.getReason().equals(UNREADABLE_ROW)) {
      return new String[] {"row", new String(bytes, StandardCharsets.UTF_8)};
    }
    boolean label = labelsOrNull != null && reject.getTopic().equals(labelSourceOrNull);
    try {
      return new String[] {"json", (label ? labelsOrNull : events).decode(bytes).toString()};
    } catch (MalformedEventException e) {
      return new String[] {"base64", Base64.getEncoder().encodeToString(bytes)};
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
