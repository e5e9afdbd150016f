/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A {@link FadedScore} of predicted numbers. */
public final class FadedNumberScore implements FadedScore {

  private final double factor;
  private long labels;
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
    labels++;
    count = factor * count + 1;
    absoluteErrors = factor * absoluteErrors + Math.abs(error);
    squaredErrors = factor * squaredErrors + error * error;
    squaredDeviations = factor * squaredDeviations + deviation * deviation;
  }

  @Override
  public void append(FadedScore score) {
    if (!(score instanceof FadedNumberScore later) || later.factor != factor) {
      throw new IllegalArgumentException("another target or another factor than " + factor);
    }
    double fade = Math.pow(factor, (double) later.labels);
    labels += later.labels;
    count = fade * count + later.count;
    absoluteErrors = fade * absoluteErrors + later.absoluteErrors;
    squaredErrors = fade * squaredErrors + later.squaredErrors;
    squaredDeviations = fade * squaredDeviations + later.squaredDeviations;
  }

  /** The labels (varint); their faded number, errors, squared errors and deviations (double). */
  @Override
  public void write(DataOutput out) throws IOException {
    Varints.write(labels, out);
    out.writeDouble(count);
    out.writeDouble(absoluteErrors);
    out.writeDouble(squaredErrors);
    out.writeDouble(squaredDeviations);
  }

  @Override
  public void read(DataInput in) throws IOException {
    labels = Varints.read(in);
    count = in.readDouble();
    absoluteErrors = in.readDouble();
    squaredErrors = in.readDouble();
    squaredDeviations = in.readDouble();
  }

  @Override
  public double figure(Figure figure) {
    return NumberScore.figure(figure, count, absoluteErrors, squaredErrors, squaredDeviations);
  }
}
