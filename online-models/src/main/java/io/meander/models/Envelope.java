/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
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
 * bytes   a model set's preface: see {@link ModelSetCodec}
 * int     bytes of the body before compression
 * int     CRC-32C of all bytes before it and of the compressed body
 * bytes   the body, zstd; a model set's with the dictionary that its preface tells
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

  static final int COMPRESSION_LEVEL = 3;

  private Envelope() {}

  /**
   * An opened envelope.
   *
   * @param fingerprint of the feature schema that it names
   */
  record Opened(byte[] body, String platform, String fingerprint) {}

  static byte[] seal(byte kind, String fingerprint, byte[] body) {
    return seal(kind, fingerprint, new byte[0], body, Zstd.compress(body, COMPRESSION_LEVEL));
  }

  static byte[] seal(
      byte kind, String fingerprint, byte[] preface, byte[] body, ZstdDictCompress dictionary) {
    return seal(kind, fingerprint, preface, body, Zstd.compress(body, dictionary));
  }

  private static byte[] seal(
      byte kind, String fingerprint, byte[] preface, byte[] body, byte[] compressed) {
    byte[] moa = MOA_VERSION.getBytes(StandardCharsets.UTF_8);
    byte[] platform = PLATFORM.getBytes(StandardCharsets.UTF_8);
    byte[] schema = fingerprint.getBytes(StandardCharsets.UTF_8);
    int header = 2 + 3 + moa.length + platform.length + schema.length + preface.length + 8;
    ByteBuffer out = ByteBuffer.allocate(header + compressed.length);
    out.put(kind).put((byte) FORMAT);
    out.put((byte) moa.length).put(moa);
    out.put((byte) platform.length).put(platform);
    out.put((byte) schema.length).put(schema);
    out.put(preface);
    out.putInt(body.length);
    int from = out.position() + Integer.BYTES;
    System.arraycopy(compressed, 0, out.array(), from, compressed.length);
    out.putInt(checksum(out.array(), from));
    return out.array();
  }

  /**
   * @throws ModelFormatException if it is not a sealed envelope of this kind, made by this version
   *     of MOA, whole and unchanged
   */
  static Opened open(byte kind, byte[] bytes) {
    return open(kind, bytes, (fingerprint, in) -> null);
  }

  /**
   * @param preface reads the preface that follows a fingerprint, and gives the dictionary of the
   *     body, or null for none
   * @throws ModelFormatException if it is not a sealed envelope of this kind, made by this version
   *     of MOA, whole and unchanged
   */
  static Opened open(
      byte kind, byte[] bytes, BiFunction<String, ByteBuffer, ZstdDictDecompress> preface) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String platform = checkHeader(kind, in);
      String fingerprint = text(in);
      ZstdDictDecompress dictionary = preface.apply(fingerprint, in);
      int length = in.getInt();
      if (length < 0 || length > JavaObjects.MAX_BYTES) {
        throw new ModelFormatException("claims a size of " + length + " bytes");
      }
      if (in.getInt() != checksum(bytes, in.position())) {
        throw new ModelFormatException(
            "is of format "
                + FORMAT
                + " and does not match its checksum: it was changed or cut off");
      }
      return new Opened(
          decompress(bytes, in.position(), length, dictionary), platform, fingerprint);
    } catch (BufferUnderflowException e) {
      throw new ModelFormatException("ends within its header after " + bytes.length + " bytes", e);
    }
  }

  /** The platform that the header names. */
  private static String checkHeader(byte kind, ByteBuffer in) {
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
    return text(in);
  }

  private static byte[] decompress(
      byte[] bytes, int from, int length, ZstdDictDecompress dictionary) {
    byte[] body = new byte[length];
    int stored = bytes.length - from;
    long size;
    try {
      size =
          dictionary == null
              ? Zstd.decompressByteArray(body, 0, length, bytes, from, stored)
              : Zstd.decompressFastDict(body, 0, bytes, from, stored, dictionary);
    } catch (ZstdException e) {
      throw new ModelFormatException("does not decompress: " + e.getMessage(), e);
    }
    if (Zstd.isError(size) || size != length) {
      throw new ModelFormatException("does not decompress to the " + length + " bytes it claims");
    }
    return body;
  }

  /** Of all bytes but the checksum's own four, which end where the body begins. */
  private static int checksum(byte[] bytes, int body) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, body - Integer.BYTES);
    crc.update(bytes, body, bytes.length - body);
    return (int) crc.getValue();
  }

  /** One length byte, then UTF-8. */
  private static String text(ByteBuffer in) {
    byte[] text = new byte[in.get() & 0xff];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static String name(byte kind) {
    return kind == MODEL_SET ? "model set" : "learner";
  }
}
