/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a stretch's figures are kept with.
 *
 * @param due when they are to be told, milliseconds since the epoch; {@link #NONE} if they have not
 *     changed since they were
 * @param changed when they last changed
 * @param parts so many parts they are stored in
 */
record Turn(long due, long changed, int parts) {

  static final long NONE = Long.MIN_VALUE;

  private static final byte VERSION = 1;
  private static final int BYTES = 1 + 2 * Long.BYTES + Integer.BYTES;

  /** Layout: a byte of format version (1), due and changed (long), parts (int). */
  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .putLong(due)
        .putLong(changed)
        .putInt(parts)
        .array();
  }

  /** Reads what {@link #bytes} gave; one without figures of null. */
  static Turn of(byte[] bytesOrNull) throws IOException {
    if (bytesOrNull == null) {
      return new Turn(NONE, NONE, 0);
    }
    ByteBuffer in = ByteBuffer.wrap(bytesOrNull);
    if (bytesOrNull.length != BYTES || in.get() != VERSION) {
      throw new IOException("the turn of figures is in a format that cannot be read");
    }
    return new Turn(in.getLong(), in.getLong(), in.getInt());
  }

  boolean isDue() {
    return due != NONE;
  }
}
