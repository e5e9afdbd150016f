/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A {@link Score} of predicted numbers. Of one key whose labels are known at once, its figures
 * equal those of MOA's {@code BasicRegressionPerformanceEvaluator} at weight 1, digit for digit.
 */
public final class NumberScore implements Score {

  private long instances;
  private double absoluteErrors;
  private double squaredErrors;
  private double squaredDeviations;

  @Override
  public void add(
      double label, double predicted, double labelProbability, double noChange, double reference) {
    double error = label - predicted;
    double deviation = label - reference;
    instances++;
    absoluteErrors += Math.abs(error);
    squaredErrors += error * error;
    squaredDeviations += deviation * deviation;
  }

  @Override
  public long instances() {
    return instances;
  }

  @Override
  public double figure(Figure figure) {
    return figure(figure, (double) instances, absoluteErrors, squaredErrors, squaredDeviations);
  }

  /** A figure of counts and sums, whole or faded. */
  static double figure(
      Figure figure, double count, double absolute, double squared, double deviations) {
    if (count == 0) {
      return Double.NaN;
    }
    return switch (figure) {
      case MAE -> absolute / count;
      case RMSE -> Math.sqrt(squared / count);
      case R2 -> deviations == 0 ? Double.NaN : 1 - squared / deviations;
      default -> Double.NaN;
    };
  }

  @Override
  public void merge(Score other) {
    if (!(other instanceof NumberScore numbers)) {
      throw new IllegalArgumentException("numbers against classes");
    }
    instances += numbers.instances;
    absoluteErrors += numbers.absoluteErrors;
    squaredErrors += numbers.squaredErrors;
    squaredDeviations += numbers.squaredDeviations;
  }

  /** After 0: instances long; absolute, squared errors, squared deviations double. */
  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(0);
    out.writeLong(instances);
    out.writeDouble(absoluteErrors);
    out.writeDouble(squaredErrors);
    out.writeDouble(squaredDeviations);
  }

  static NumberScore readSums(DataInput in) throws IOException {
    NumberScore score = new NumberScore();
    score.instances = in.readLong();
    score.absoluteErrors = in.readDouble();
    score.squaredErrors = in.readDouble();
    score.squaredDeviations = in.readDouble();
    return score;
  }
}
