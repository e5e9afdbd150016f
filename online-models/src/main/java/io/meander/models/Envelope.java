/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What surrounds every stored model, so that bytes are never taken on trust:
 *
 * <pre>
 * byte    kind            'S' a model set, 'L' a learner
 * byte    format version  of the body; {@value #FORMAT} is the only one so far
 * string  MOA version     one length byte, then UTF-8
 * string  JDK release and processor architecture, as "17/amd64"
 * string  fingerprint of the feature schema
 * int     bytes of the body before compression
 * int     CRC-32C of the compressed body
 * bytes   the body, zstd
 * </pre>
 */
final class Envelope {

  static final int FORMAT = 1;
  static final byte MODEL_SET = 'S';
  static final byte LEARNER = 'L';

  /** The version of MOA on the class path; learners are readable by that version. */
  static final String MOA_VERSION = "2024.07.0";

  /** Where floating point and hash tables are known to behave alike. */
  static final String PLATFORM = Runtime.version().feature() + "/" + System.getProperty("os.arch");

  private static final int COMPRESSION_LEVEL = 3;

  private Envelope() {}

  /** An opened envelope. */
  record Opened(byte[] body, String platform) {}

  static byte[] seal(byte kind, String fingerprint, byte[] body) {
    byte[] compressed = Zstd.compress(body, COMPRESSION_LEVEL);
    byte[] moa = MOA_VERSION.getBytes(StandardCharsets.UTF_8);
    byte[] platform = PLATFORM.getBytes(StandardCharsets.UTF_8);
    byte[] schema = fingerprint.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(
            2 + 3 + moa.length + platform.length + schema.length + 8 + compressed.length);
    out.put(kind).put((byte) FORMAT);
    out.put((byte) moa.length).put(moa);
    out.put((byte) platform.length).put(platform);
    out.put((byte) schema.length).put(schema);
    out.putInt(body.length).putInt(checksum(compressed, 0, compressed.length)).put(compressed);
    return out.array();
  }

  /**
   * @throws ModelFormatException if it is not a sealed envelope of this kind, made by this version
   *     of MOA under this feature schema, whole and unchanged
   */
  static Opened open(byte kind, String fingerprint, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte foundKind = in.get();
      if (foundKind != kind) {
        throw new ModelFormatException(
            "begins with byte " + foundKind + ", a stored " + name(kind) + " with " + kind);
      }
      int format = in.get();
      if (format != FORMAT) {
        throw new ModelFormatException(
            "is of format " + format + ", this release reads format " + FORMAT);
      }
      String moa = text(in);
      if (!moa.equals(MOA_VERSION)) {
        throw new ModelFormatException(
            "was written by MOA " + moa + ", this release reads those of MOA " + MOA_VERSION);
      }
      String platform = text(in);
      String schema = text(in);
      if (!schema.equals(fingerprint)) {
        throw new ModelFormatException(
            "was learned under feature schema " + schema + ", the pipeline's is " + fingerprint);
      }
      int length = in.getInt();
      if (length < 0 || length > JavaObjects.MAX_BYTES) {
        throw new ModelFormatException("claims a size of " + length + " bytes");
      }
      int checksum = in.getInt();
      if (checksum != checksum(bytes, in.position(), in.remaining())) {
        throw new ModelFormatException("does not match its checksum: it was changed or cut off");
      }
      byte[] body = new byte[length];
      long size = Zstd.decompressByteArray(body, 0, length, bytes, in.position(), in.remaining());
      if (Zstd.isError(size) || size != length) {
        throw new ModelFormatException("does not decompress to the " + length + " bytes it claims");
      }
      return new Opened(body, platform);
    } catch (BufferUnderflowException e) {
      throw new ModelFormatException("ends within its header after " + bytes.length + " bytes", e);
    }
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private static String text(ByteBuffer in) {
    byte[] text = new byte[in.get() & 0xff];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static String name(byte kind) {
    return kind == MODEL_SET ? "model set" : "learner";
  }
}
