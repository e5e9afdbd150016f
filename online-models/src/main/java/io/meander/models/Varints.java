/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Counts as they are written: seven bits a byte, lowest first, the top bit set but for the last.
 */
final class Varints {

  private static final int LAST_SHIFT = 63;

  private Varints() {}

  /**
   * @param count at least 0
   */
  static void write(long count, DataOutput out) throws IOException {
    long rest = count;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  static long read(DataInput in) throws IOException {
    long count = 0;
    for (int shift = 0; shift <= LAST_SHIFT; shift += 7) {
      byte next = in.readByte();
      count |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return count;
      }
    }
    throw new IOException("a count of more than 10 bytes");
  }

  /**
   * @throws IOException if it is more than that
   */
  static int read(DataInput in, int most) throws IOException {
    long count = read(in);
    if (count < 0 || count > most) {
      throw new IOException("a count of " + count + " where at most " + most + " can be");
    }
    return (int) count;
  }
}
