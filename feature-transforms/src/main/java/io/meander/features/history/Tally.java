/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

/**
 * Count, and what a {@link Stat} needs beside it, of numbers that came one by one or in groups. The
 * spread of a union is that of Chan, Golub and LeVeque (1979), of a single number Welford's (1962).
 */
final class Tally {

  int count;

  /** Sum, mean, minimum or maximum. */
  double first;

  /** Sum of squared distances from the mean. */
  double squares;

  void clear() {
    count = 0;
    first = 0;
    squares = 0;
  }

  void set(Tally other) {
    count = other.count;
    first = other.first;
    squares = other.squares;
  }

  void add(Stat stat, double value) {
    add(stat, 1, value, 0);
  }

  /** Another group: what its tally holds. */
  void add(Stat stat, int otherCount, double otherFirst, double otherSquares) {
    if (otherCount == 0) {
      return;
    }
    int both = count + otherCount;
    switch (stat) {
      case SUM, MEAN -> first += otherFirst;
      case MIN -> first = count == 0 ? otherFirst : Math.min(first, otherFirst);
      case MAX -> first = count == 0 ? otherFirst : Math.max(first, otherFirst);
      case STD -> {
        double apart = otherFirst - first;
        first += apart * otherCount / both;
        squares += otherSquares + apart * apart * count / both * otherCount;
      }
      default -> {
        // The count is all.
      }
    }
    count = both;
  }

  /**
   * @param seconds the window's length, for a rate
   */
  double value(Stat stat, double seconds) {
    return switch (stat) {
      case COUNT -> count;
      case RATE -> count / seconds;
      case SUM -> first;
      case MEAN -> count == 0 ? Double.NaN : first / count;
      case MIN, MAX -> count == 0 ? Double.NaN : first;
      case STD -> count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1));
      case DISTINCT, QUANTILE -> throw new IllegalStateException(stat + " takes more than a tally");
    };
  }
}
