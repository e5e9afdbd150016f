/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

/** A window over the last N inputs, worked out anew from all of them. As bytes: those. */
final class CountWindow extends LastOnes {

  private final Stat stat;
  private final double share;
  private final Tally tally = new Tally();

  /**
   * @param share of inputs below a quantile
   */
  CountWindow(Stat stat, double share, int n) {
    super(n);
    this.stat = stat;
    this.share = share;
  }

  @Override
  public double value(double input, long time) {
    if (stat == Stat.DISTINCT) {
      return distinct(sorted());
    }
    if (stat == Stat.QUANTILE) {
      return quantile(sorted(), share);
    }
    tally.clear();
    for (int i = 0; i < size(); i++) {
      tally.add(stat, get(i));
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
  public long liveBytes() {
    return 56 + super.liveBytes();
  }
}
