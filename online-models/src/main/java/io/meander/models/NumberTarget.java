/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import java.util.List;
import java.util.Random;

/**
 * A number. A learner's vote is one number, never normalised; where it gives none, or one that is
 * not finite, the mean of the key's known labels stands in.
 */
public final class NumberTarget extends Target {

  private static final long serialVersionUID = 1L;

  /** Of the largest error: an error is taken for at least this, so that no weight is infinite. */
  private static final double LEAST_SHARE = 0.001;

  @Override
  public Task task() {
    return Task.REGRESSION;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public String text(double value) {
    return Double.isNaN(value) ? null : Double.toString(value);
  }

  @Override
  public Score newScore() {
    return new NumberScore();
  }

  @Override
  public FadedScore newFadedScore(double factor) {
    return new FadedNumberScore(factor);
  }

  @Override
  public double labelProbability(double[] votes, double label) {
    return Double.NaN;
  }

  @Override
  Attribute attribute() {
    return new Attribute(ATTRIBUTE);
  }

  @Override
  KnownLabels newKnownLabels() {
    return new KnownNumbers();
  }

  @Override
  double[] votes(double[] raw, double typical) {
    return new double[] {raw.length > 0 && Double.isFinite(raw[0]) ? raw[0] : typical};
  }

  @Override
  double predicted(double[] raw, double[] votes) {
    return votes[0];
  }

  @Override
  double any(Random random) {
    return random.nextGaussian();
  }

  /** The absolute error, in the label's units. */
  @Override
  double error(double label, double predicted, double labelProbability) {
    return Math.abs(label - predicted);
  }

  /** A learner that is told of a new concept may be wrong by more or, by chance, by less. */
  @Override
  boolean watchesBothWays() {
    return true;
  }

  /**
   * {@code e / (e + s)}, with {@code s} the mean distance of the key's labels from their running
   * mean: 0.5 for an error as large as that of always guessing the mean. No error, however large,
   * changes what another counts.
   */
  @Override
  double signal(DriftSpec.Signal signal, double error, double labelProbability, KnownLabels known) {
    if (error == 0) {
      return 0;
    }
    double share = error / (error + known.spread());
    return Double.isNaN(share) ? 1 : share; // infinite over infinite
  }

  /** The margin is a share of the champion's error. */
  @Override
  boolean isBetter(double error, double champions, double margin) {
    return error < champions * (1 - margin);
  }

  /**
   * One over the squared error, which is best for errors that are independent (J. M. Bates, C. W.
   * J. Granger, "The combination of forecasts", Operational Research Quarterly 20, 1969), each
   * error taken for at least a thousandth of the largest.
   */
  @Override
  double[] weights(double[] errors) {
    double largest = 0;
    for (double error : errors) {
      largest = error > largest ? error : largest;
    }
    double[] weights = new double[errors.length];
    for (int i = 0; largest > 0 && i < weights.length; i++) {
      if (!Double.isNaN(errors[i])) {
        double share = Math.max(errors[i] / largest, LEAST_SHARE);
        weights[i] = 1 / (share * share);
      }
    }
    return weights;
  }

  /** The weighted mean. */
  @Override
  double[] combined(double[] weights, double[][] votes) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < votes.length; i++) {
      if (weights[i] > 0) {
        sum += weights[i] * votes[i][0];
        all += weights[i];
      }
    }
    return new double[] {sum / all};
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumberTarget;
  }

  @Override
  public int hashCode() {
    return NumberTarget.class.hashCode();
  }

  @Override
  public String toString() {
    return "a number";
  }
}
