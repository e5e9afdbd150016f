/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Arrays;

/** What is made of a learner's raw votes before anyone sees them. */
final class Votes {

  private Votes() {}

  /**
   * The first maximum, as MOA's evaluators take it.
   *
   * @param raw as the learner gave them; may be empty or shorter than the class list
   */
  static int predicted(double[] raw) {
    int best = 0;
    for (int i = 1; i < raw.length; i++) {
      if (raw[i] > raw[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Votes of equal length times their weights, added up in the order given. */
  static double[] weighted(double[] weights, double[][] votes) {
    double[] sums = new double[votes[0].length];
    for (int i = 0; i < votes.length; i++) {
      for (int c = 0; c < sums.length; c++) {
        sums[c] += weights[i] * votes[i][c];
      }
    }
    return sums;
  }

  /**
   * As long as the class list, none negative, adding up to 1. What is not a finite positive number
   * counts as no vote; without any vote all classes are equal.
   */
  static double[] normalised(double[] raw, int classes) {
    double[] votes = new double[classes];
    double sum = 0;
    for (int i = 0; i < Math.min(raw.length, classes); i++) {
      if (raw[i] > 0 && raw[i] < Double.POSITIVE_INFINITY) {
        votes[i] = raw[i];
        sum += raw[i];
      }
    }
    if (!(sum > 0) || sum == Double.POSITIVE_INFINITY) {
      Arrays.fill(votes, 1.0 / classes);
      return votes;
    }
    for (int i = 0; i < classes; i++) {
      votes[i] /= sum;
    }
    return votes;
  }
}
