/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** Records of an Avro container file. */
final class AvroRows implements RowReader {

  private final Path path;
  private final DataFileStream<GenericRecord> records;
  private final Schema schema;
  private final SyncedStream bytes;

  /**
   * @param schemaOrNull what the records are read as, by Avro's rules; null for the file's own
   */
  AvroRows(Path path, InputStream in, Schema schemaOrNull) throws IOException {
    this.path = path;
    try {
      this.bytes = new SyncedStream(in);
      this.records =
          new DataFileStream<>(
              bytes,
              schemaOrNull == null
                  ? new GenericDatumReader<>()
                  : new GenericDatumReader<>(null, schemaOrNull));
    } catch (IOException | AvroRuntimeException e) {
      throw new EventFileException(
          path
              + " is empty or not an Avro container file ("
              + (e.getMessage() == null ? "it ends too early" : e.getMessage())
              + ")",
          e);
    }
    this.schema = schemaOrNull == null ? records.getSchema() : schemaOrNull;
    if (schema.getType() != Schema.Type.RECORD) {
      throw new EventFileException(
          path + " holds " + schema.getType().getName() + "s; allowed: records");
    }
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public EventFile.Row next() throws IOException {
    try {
      if (records.hasNext()) {
        return EventFile.Row.of(records.next());
      }
      if (!bytes.endsWhole()) {
        throw new EventFileException(path + " is cut off within its last block");
      }
      return null;
    } catch (AvroRuntimeException e) {
      throw new EventFileException(
          path + " is broken, or not of the schema " + schema.getName() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
