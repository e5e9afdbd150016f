/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads a user's events: plain Avro binary, or single-object encoding under exactly this schema.
 * Not thread-safe: one per thread.
 */
public final class EventDecoder {

  private final byte[] header;
  private final GenericDatumReader<GenericRecord> reader;
  private BinaryDecoder decoder;

  /**
   * @param schema a record
   * @throws IllegalArgumentException if it is not a record
   */
  public EventDecoder(Schema schema) {
    if (schema.getType() != Schema.Type.RECORD) {
      throw new IllegalArgumentException(
          "an event's schema is a record, not a " + schema.getType().getName());
    }
    this.header = AvroEncoding.header(schema);
    this.reader = new GenericDatumReader<>(schema);
  }

  /**
   * @return the record; it is the caller's
   * @throws MalformedEventException if the bytes end too early, go on after the record, or are
   *     single-object encoded under another schema, or nest too deeply
   */
  public GenericRecord decode(byte[] bytes) throws MalformedEventException {
    int from = 0;
    if (startsWith(bytes, header)) {
      from = header.length;
    }
    decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, decoder);
    try {
      GenericRecord record = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new MalformedEventException(
            "bytes are left over after the record" + otherSchema(bytes, from));
      }
      return record;
    } catch (EOFException e) {
      throw new MalformedEventException(
          "the record ends too early, after " + bytes.length + " bytes" + otherSchema(bytes, from),
          e);
    } catch (IOException | RuntimeException e) {
      // Malformed bytes surface as many kinds of exception, negative array sizes among them.
      throw new MalformedEventException(
          "not a record of the schema: " + e.getMessage() + otherSchema(bytes, from), e);
    } catch (StackOverflowError e) {
      // Only a schema that contains itself can nest so; the reader keeps nothing between records.
      throw new MalformedEventException("the record nests too deeply to be read", e);
    }
  }

  private static String otherSchema(byte[] bytes, int from) {
    return from == 0 && startsWith(bytes, AvroEncoding.MARKER)
        ? "; it begins like single-object encoding, under another schema than the pipeline's"
        : "";
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
