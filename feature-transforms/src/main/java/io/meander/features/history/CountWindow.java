/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/** A window over the last N inputs, worked out anew from all of them. As bytes: those. */
final class CountWindow extends History {

  private final Stat stat;
  private final double share;
  private final LastOnes last;
  private final Tally tally = new Tally();

  /**
   * @param share of inputs below a quantile
   */
  CountWindow(Stat stat, double share, int n) {
    this.stat = stat;
    this.share = share;
    this.last = new LastOnes(n);
  }

  @Override
  public double value(double input, long time) {
    if (stat == Stat.DISTINCT) {
      return distinct(last.sorted());
    }
    if (stat == Stat.QUANTILE) {
      return quantile(last.sorted(), share);
    }
    tally.clear();
    for (int i = 0; i < last.size(); i++) {
      tally.add(stat, last.get(i));
    }
    return tally.value(stat, Double.NaN);
  }

  private static int distinct(double[] sorted) {
    int different = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        different++;
      }
    }
    return different;
  }

  /** The least of them that has at least that share of all at or below it. */
  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
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
    return 80 + last.liveBytes();
  }
}
