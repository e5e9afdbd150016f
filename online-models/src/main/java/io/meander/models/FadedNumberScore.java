/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** A {@link FadedScore} of predicted numbers. */
public final class FadedNumberScore implements FadedScore {

  private final double factor;
  private double count;
  private double absoluteErrors;
  private double squaredErrors;
  private double squaredDeviations;

  FadedNumberScore(double factor) {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException("a fading factor is above 0 to 1, not " + factor);
    }
    this.factor = factor;
  }

  @Override
  public void add(
      double label, double predicted, double labelProbability, double noChange, double reference) {
    double error = label - predicted;
    double deviation = label - reference;
    count = factor * count + 1;
    absoluteErrors = factor * absoluteErrors + Math.abs(error);
    squaredErrors = factor * squaredErrors + error * error;
    squaredDeviations = factor * squaredDeviations + deviation * deviation;
  }

  @Override
  public double figure(Figure figure) {
    return NumberScore.figure(figure, count, absoluteErrors, squaredErrors, squaredDeviations);
  }
}
