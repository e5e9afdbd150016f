/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/** The input so many before, or the event's own less that. As bytes: {@link LastOnes}. */
final class Lagged extends History {

  private final boolean difference;
  private final LastOnes last;

  Lagged(int by, boolean difference) {
    this.difference = difference;
    this.last = new LastOnes(by);
  }

  @Override
  public double value(double input, long time) {
    if (!last.isFull()) {
      return Double.NaN;
    }
    return difference ? input - last.get(0) : last.get(0);
  }

  @Override
  public void add(double input, long time) {
    last.add(input);
  }

  @Override
  public void write(ByteBuffer out) {
    last.write(out);
  }

  @Override
  public void read(ByteBuffer in) {
    last.read(in);
  }

  @Override
  public long liveBytes() {
    return 24 + last.liveBytes();
  }
}
