/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * How often the event's own value came before, by a count-min sketch (Cormode and Muthukrishnan
 * 2005, with conservative update by Estan and Varghese 2002): never too low; with N values so far,
 * too high by more than e/width times N with a probability below e to the minus {@value #ROWS}. As
 * bytes: the counters row by row (4 each).
 */
final class Frequency extends History {

  private static final int ROWS = 3;

  private final int width;
  private final int[] counters;

  Frequency(int width) {
    this.width = width;
    this.counters = new int[ROWS * width];
  }

  static int maxBytes(int width) {
    return ROWS * width * Integer.BYTES;
  }

  @Override
  public double value(double input, long time) {
    return Double.isNaN(input) ? Double.NaN : least(hash(input));
  }

  @Override
  public void add(double input, long time) {
    long hash = hash(input);
    int more = least(hash) + 1;
    for (int row = 0; row < ROWS && more > 0; row++) {
      int i = index(hash, row);
      counters[i] = Math.max(counters[i], more);
    }
  }

  private int least(long hash) {
    int least = Integer.MAX_VALUE;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, counters[index(hash, row)]);
    }
    return least;
  }

  /** A row's own hash, as of Kirsch and Mitzenmacher (2006). */
  private int index(long hash, int row) {
    int mixed = (int) hash + row * (int) (hash >>> 32);
    return row * width + Integer.remainderUnsigned(mixed, width);
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long hash(double input) {
    long z = Double.doubleToLongBits(input);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public void write(ByteBuffer out) {
    for (int counter : counters) {
      out.putInt(counter);
    }
  }

  @Override
  public void read(ByteBuffer in) {
    for (int i = 0; i < counters.length; i++) {
      counters[i] = in.getInt();
    }
  }

  @Override
  public long liveBytes() {
    return 40 + (long) counters.length * Integer.BYTES;
  }
}
