/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * Seconds since the newest of all before, 0 for an event that is older than that. As bytes: its
 * time (8 bytes), or the least long.
 */
final class SinceLast extends History {

  static final int BYTES = Long.BYTES;

  private static final long NONE = Long.MIN_VALUE;

  private long newest = NONE;

  @Override
  public double value(double input, long time) {
    return newest == NONE ? Double.NaN : Math.max(0, time - newest) / 1000.0;
  }

  @Override
  public void add(double input, long time) {
    newest = Math.max(newest, time);
  }

  @Override
  public void write(ByteBuffer out) {
    out.putLong(newest);
  }

  @Override
  public void read(ByteBuffer in) {
    newest = in.getLong();
  }

  @Override
  public long liveBytes() {
    return 24;
  }
}
