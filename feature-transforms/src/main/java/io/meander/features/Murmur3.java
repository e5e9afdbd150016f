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
    int hash = 0;
    int blocks = length & ~3;
    for (int i = 0; i < blocks; i += 4) {
      int k =
          (bytes[i] & 0xff)
              | ((bytes[i + 1] & 0xff) << 8)
              | ((bytes[i + 2] & 0xff) << 16)
              | (bytes[i + 3] << 24);
      hash ^= mix(k);
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int i = length - 1; i >= blocks; i--) {
      tail = (tail << 8) | (bytes[i] & 0xff);
    }
    if (length > blocks) {
      hash ^= mix(tail);
    }
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
