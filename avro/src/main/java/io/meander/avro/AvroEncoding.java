/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * This module's records as bytes and back, in Avro's single-object encoding: two marker bytes, the
 * schema's 64-bit fingerprint, the binary record. Thread-safe.
 *
 * <p>Avro refuses to make objects of classes it was not told to trust. Loading this class tells it
 * to trust this module's records, nothing more, so that no system property is needed.
 */
public final class AvroEncoding {

  /** The marker that begins a single-object encoding. */
  static final byte[] MARKER = {(byte) 0xC3, 0x01};

  private static final Set<String> RECORDS =
      Set.of(
          "Prediction",
          "DriftEvent",
          "DriftLevel",
          "DriftAction",
          "FeatureMeasure",
          "PromotionEvidence",
          "Evaluation",
          "EvaluationScope",
          "ClassFigures",
          "ReliabilityBin",
          "FadedFigures",
          "ModelSnapshot",
          "SnapshotCause",
          "SnapshotMetrics",
          "FeatureColumn",
          "ModelUpdate",
          "UpdateKind",
          "SlotState",
          "TopicOffset",
          "ControlCommand",
          "Deploy",
          "SlotDeclaration",
          "DriftDeclaration",
          "ServeDeclaration",
          "Promote",
          "Rollback",
          "Freeze",
          "Resume",
          "Reset",
          "Seal",
          "Status",
          "ControlAck",
          "Reject");

  private static final ClassValue<Codec> CODECS =
      new ClassValue<>() {
        @Override
        protected Codec computeValue(Class<?> type) {
          return Codec.of(type);
        }
      };

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), AvroEncoding::isOurs));
  }

  private AvroEncoding() {}

  /** The record with the single-object header. */
  public static byte[] encode(SpecificRecordBase record) {
    try {
      ByteBuffer encoded = CODECS.get(record.getClass()).encoder().encode(record);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /**
   * @throws MalformedEventException if the bytes are not one whole record of this type
   */
  public static <T extends SpecificRecordBase> T decode(byte[] bytes, Class<T> type)
      throws MalformedEventException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    T record;
    try {
      record = type.cast(CODECS.get(type).decoder().decode(in));
    } catch (IOException | RuntimeException e) {
      throw new MalformedEventException(
          "not a " + type.getSimpleName() + " in single-object encoding: " + e.getMessage(), e);
    }
    if (in.available() > 0) {
      throw new MalformedEventException(
          in.available() + " bytes are left over after the " + type.getSimpleName());
    }
    return record;
  }

  /** For Avro's own files (.avro) of this type. */
  public static <T extends SpecificRecordBase> DatumReader<T> ofFile(Class<T> type) {
    return new SpecificDatumReader<>(type);
  }

  /** The record as JSON text, as Avro writes it. */
  public static String json(SpecificRecordBase record) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Encoder encoder = EncoderFactory.get().jsonEncoder(record.getSchema(), bytes);
      new SpecificDatumWriter<>(record.getSchema(), record.getSpecificData())
          .write(record, encoder);
      encoder.flush();
      return bytes.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws MalformedEventException if the text is not a record of this type
   */
  public static <T extends SpecificRecordBase> T ofJson(String text, Class<T> type)
      throws MalformedEventException {
    Schema schema = SpecificData.get().getSchema(type);
    try {
      return type.cast(
          new SpecificDatumReader<>(schema, schema, SpecificData.getForClass(type))
              .read(null, DecoderFactory.get().jsonDecoder(schema, text)));
    } catch (IOException | RuntimeException e) {
      throw new MalformedEventException(
          "not a " + type.getSimpleName() + " in JSON: " + e.getMessage(), e);
    }
  }

  /** Marker and little-endian CRC-64-AVRO fingerprint of a schema. */
  static byte[] header(Schema schema) {
    return ByteBuffer.allocate(MARKER.length + Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MARKER)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }

  private static boolean isOurs(Class<?> type) {
    return type.getPackageName().equals(AvroEncoding.class.getPackageName())
        && RECORDS.contains(type.getSimpleName());
  }

  private record Codec(
      BinaryMessageEncoder<SpecificRecordBase> encoder,
      BinaryMessageDecoder<SpecificRecordBase> decoder) {

    static Codec of(Class<?> type) {
      Schema schema = SpecificData.get().getSchema(type);
      SpecificData model = SpecificData.getForClass(type);
      return new Codec(
          new BinaryMessageEncoder<>(model, schema), new BinaryMessageDecoder<>(model, schema));
    }
  }
}
