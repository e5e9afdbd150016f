/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * The mean of all before, each weighing half as much as one that is a half-life newer: by time, or
 * by the number that came since. What comes out of order weighs as its age says. As bytes: weighted
 * sum, sum of weights, both as of the newest, and its time (8 each).
 */
final class Ewma extends History {

  static final int BYTES = 2 * Double.BYTES + Long.BYTES;

  private static final long NONE = Long.MIN_VALUE;
  private static final double LN_2 = StrictMath.log(2);

  /** Milliseconds; 0 if it goes by their number. */
  private final double halfLife;

  /** What is left of a weight when another came; with a half-life in time, not used. */
  private final double kept;

  private double sum;
  private double weights;
  private long newest = NONE;

  private Ewma(double halfLife, double kept) {
    this.halfLife = halfLife;
    this.kept = kept;
  }

  static Ewma byTime(long halfLifeMillis) {
    return new Ewma(halfLifeMillis, 1);
  }

  static Ewma byNumber(double halfLife) {
    return new Ewma(0, StrictMath.exp(-LN_2 / halfLife));
  }

  @Override
  public double value(double input, long time) {
    return weights == 0 ? Double.NaN : sum / weights;
  }

  @Override
  public void add(double input, long time) {
    if (halfLife == 0) {
      fade(kept);
      include(input, 1);
      return;
    }
    if (newest == NONE || time >= newest) {
      fade(newest == NONE ? 1 : left(time - newest));
      newest = time;
      include(input, 1);
    } else {
      include(input, left(newest - time));
    }
  }

  private double left(long age) {
    return age == 0 ? 1 : StrictMath.exp(-LN_2 * age / halfLife);
  }

  private void fade(double factor) {
    sum *= factor;
    weights *= factor;
  }

  private void include(double input, double weight) {
    sum += input * weight;
    weights += weight;
  }

  @Override
  public void write(ByteBuffer out) {
    out.putDouble(sum).putDouble(weights).putLong(newest);
  }

  @Override
  public void read(ByteBuffer in) {
    sum = in.getDouble();
    weights = in.getDouble();
    newest = in.getLong();
  }

  @Override
  public long liveBytes() {
    return 56;
  }
}
