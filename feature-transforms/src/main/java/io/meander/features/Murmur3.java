/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.nio.charset.StandardCharsets;
import org.apache.avro.util.Utf8;

/**
 * MurmurHash3_x86_32 with seed 0, by Austin Appleby (public domain), over UTF-8: the hash that
 * hashed features are documented by, so that any client can work out the bucket.
 */
final class Murmur3 {

  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private int state;

  /** The bytes that make no whole block yet, the first in the lowest bits. */
  private int block;

  private int length;

  private Murmur3() {}

  static int hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash(bytes, bytes.length);
  }

  /** Of a field's value as text; without making one where Avro's bytes are the same. */
  static int hash(Object value) {
    return value instanceof Utf8 text && isAscii(text)
        ? hash(text.getBytes(), text.getByteLength())
        : hash(value.toString());
  }

  /** Whether it is its own bytes for certain: others may be malformed, and read otherwise. */
  private static boolean isAscii(Utf8 text) {
    byte[] bytes = text.getBytes();
    for (int i = 0; i < text.getByteLength(); i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static int hash(byte[] bytes, int length) {
    Murmur3 murmur = new Murmur3();
    for (int i = 0; i < length; i++) {
      murmur.add(bytes[i]);
    }
    return murmur.hash();
  }

  /**
   * The hash of several values' texts joined as {@link ModelKey#join} joins parts, without making
   * that text.
   *
   * @param values not null
   */
  static int hash(Object[] values) {
    Murmur3 murmur = new Murmur3();
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        murmur.add((byte) ModelKey.SEPARATOR);
      }
      if (values[i] instanceof Utf8 text && isAscii(text)) {
        murmur.addEscaped(text.getBytes(), text.getByteLength());
      } else {
        byte[] bytes = values[i].toString().getBytes(StandardCharsets.UTF_8);
        murmur.addEscaped(bytes, bytes.length);
      }
    }
    return murmur.hash();
  }

  /** Both signs are one byte in UTF-8, and no part of another. */
  private void addEscaped(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == ModelKey.SEPARATOR || bytes[i] == ModelKey.ESCAPE) {
        add((byte) ModelKey.ESCAPE);
      }
      add(bytes[i]);
    }
  }

  private void add(byte next) {
    block |= (next & 0xff) << (8 * (length & 3));
    length++;
    if ((length & 3) == 0) {
      state = Integer.rotateLeft(state ^ mix(block), 13) * 5 + 0xe6546b64;
      block = 0;
    }
  }

  /** Of all that was added. */
  private int hash() {
    int hash = (length & 3) == 0 ? state : state ^ mix(block);
    hash ^= length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  /** The hash taken as an unsigned number, modulo the number of buckets. */
  static int bucket(String text, int buckets) {
    return Integer.remainderUnsigned(hash(text), buckets);
  }

  private static int mix(int k) {
    return Integer.rotateLeft(k * C1, 15) * C2;
  }
}
