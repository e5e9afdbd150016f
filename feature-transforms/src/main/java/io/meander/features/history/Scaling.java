/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * The event's own number on the scale of all before: so many standard deviations from their mean,
 * or where it is between the least (0) and the greatest (1), and no further out. As bytes: count (8
 * bytes), then mean and sum of squared distances from it, or least and greatest (8 each).
 */
final class Scaling extends History {

  static final int BYTES = Long.BYTES + 2 * Double.BYTES;

  private final boolean byDeviation;
  private long count;
  private double first;
  private double second;

  Scaling(boolean byDeviation) {
    this.byDeviation = byDeviation;
  }

  @Override
  public double value(double input, long time) {
    if (count < (byDeviation ? 2 : 1)) {
      return Double.NaN;
    }
    if (byDeviation) {
      double deviation = Math.sqrt(second / (count - 1));
      return deviation == 0 && !Double.isNaN(input) ? 0 : (input - first) / deviation;
    }
    if (first == second && !Double.isNaN(input)) {
      return input < first ? 0 : input > first ? 1 : 0.5;
    }
    return Math.min(1, Math.max(0, (input - first) / (second - first)));
  }

  @Override
  public void add(double input, long time) {
    count++;
    if (byDeviation) {
      double apart = input - first;
      first += apart / count;
      second += apart * (input - first);
    } else {
      first = count == 1 ? input : Math.min(first, input);
      second = count == 1 ? input : Math.max(second, input);
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.putLong(count).putDouble(first).putDouble(second);
  }

  @Override
  public void read(ByteBuffer in) {
    count = in.getLong();
    first = in.getDouble();
    second = in.getDouble();
  }

  @Override
  public long liveBytes() {
    return 48;
  }
}
