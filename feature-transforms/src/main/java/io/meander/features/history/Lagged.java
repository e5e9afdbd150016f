/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

/** The input so many before, or the event's own less that. As bytes: {@link LastOnes}. */
final class Lagged extends LastOnes {

  private final boolean difference;

  Lagged(int by, boolean difference) {
    super(by);
    this.difference = difference;
  }

  @Override
  public double value(double input, long time) {
    if (!isFull()) {
      return Double.NaN;
    }
    return difference ? input - get(0) : get(0);
  }
}
