/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * A {@link FadedScore} of predicted classes. Accuracy and kappa equal those of MOA's {@code
 * FadingFactorClassificationPerformanceEvaluator} but for rounding. Percentages are 0 to 100.
 */
public final class FadedClassScore implements FadedScore {

  /** Beyond this all counts are scaled back. */
  private static final double LARGE = 1e100;

  private final int classes;
  private final double factor;
  private final double growth;

  /** {@code confusion[predicted * classes + label]}, each label counting {@code growth} more. */
  private final double[] confusion;

  private long labels;
  private double next = 1;
  private double all;
  private double noChangeCorrect;
  private double logLossSum;

  /**
   * @param factor by which a label counts less with each one after it, above 0 to 1; at 1 nothing
   *     fades
   */
  public FadedClassScore(int classes, double factor) {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException("a fading factor is above 0 to 1, not " + factor);
    }
    this.classes = classes;
    this.factor = factor;
    this.growth = 1 / factor;
    this.confusion = new double[classes * classes];
  }

  @Override
  public void add(
      double label, double predicted, double labelProbability, double noChange, double majority) {
    confusion[((int) predicted) * classes + (int) label] += next;
    all += next;
    if (noChange == label) {
      noChangeCorrect += next;
    }
    logLossSum += next * ClassScore.logLoss(labelProbability);
    labels++;
    next *= growth;
    if (next > LARGE) {
      scaleBack();
    }
  }

  /** The other one may be of fewer classes, the first ones of these. */
  @Override
  public void append(FadedScore score) {
    if (!(score instanceof FadedClassScore later)
        || later.classes > classes
        || later.factor != factor) {
      throw new IllegalArgumentException(
          "another target than that of " + classes + " classes, or another factor than " + factor);
    }
    // One unit is what the next label would count: this one's fade by those that came later.
    scaleBack();
    double fade = Math.pow(factor, (double) later.labels);
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] *= fade;
    }
    for (int i = 0; i < later.confusion.length; i++) {
      confusion[i / later.classes * classes + i % later.classes] += later.confusion[i] / later.next;
    }
    all = fade * all + later.all / later.next;
    noChangeCorrect = fade * noChangeCorrect + later.noChangeCorrect / later.next;
    logLossSum = fade * logLossSum + later.logLossSum / later.next;
    labels += later.labels;
  }

  /**
   * The labels (varint); the weight of the next one, of all, of those that no-change had right, the
   * sum of losses (double); the number of cells of the confusion that are not 0, and of each its
   * index (varints) and its weight (double).
   */
  @Override
  public void write(DataOutput out) throws IOException {
    Varints.write(labels, out);
    out.writeDouble(next);
    out.writeDouble(all);
    out.writeDouble(noChangeCorrect);
    out.writeDouble(logLossSum);
    Varints.write(Arrays.stream(confusion).filter(weight -> weight != 0).count(), out);
    for (int i = 0; i < confusion.length; i++) {
      if (confusion[i] != 0) {
        Varints.write(i, out);
        out.writeDouble(confusion[i]);
      }
    }
  }

  @Override
  public void read(DataInput in) throws IOException {
    labels = Varints.read(in);
    next = in.readDouble();
    all = in.readDouble();
    noChangeCorrect = in.readDouble();
    logLossSum = in.readDouble();
    Arrays.fill(confusion, 0);
    int cells = Varints.read(in, confusion.length);
    for (int i = 0; i < cells; i++) {
      confusion[Varints.read(in, confusion.length - 1)] = in.readDouble();
    }
  }

  private void scaleBack() {
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] /= next;
    }
    all /= next;
    noChangeCorrect /= next;
    logLossSum /= next;
    next = 1;
  }

  @Override
  public double figure(Figure figure) {
    return switch (figure) {
      case ACCURACY -> accuracy();
      case KAPPA -> kappa();
      case KAPPA_TEMPORAL -> kappaTemporal();
      case LOG_LOSS -> logLoss();
      case PRECISION -> 100 * confusion[classes + 1] / called();
      case RECALL -> 100 * confusion[classes + 1] / labelled();
      case F1 -> 200 * confusion[classes + 1] / (called() + labelled());
      default -> Double.NaN;
    };
  }

  /** As the second class. */
  private double called() {
    double sum = 0;
    for (int label = 0; label < classes; label++) {
      sum += confusion[classes + label];
    }
    return sum;
  }

  /** As the second class. */
  private double labelled() {
    double sum = 0;
    for (int predicted = 0; predicted < classes; predicted++) {
      sum += confusion[predicted * classes + 1];
    }
    return sum;
  }

  public double accuracy() {
    return 100 * fractionCorrect();
  }

  public double kappa() {
    double chance = 0;
    for (int c = 0; c < classes; c++) {
      double predicted = 0;
      double labelled = 0;
      for (int other = 0; other < classes; other++) {
        predicted += confusion[c * classes + other];
        labelled += confusion[other * classes + c];
      }
      chance += predicted / all * (labelled / all);
    }
    return above(chance);
  }

  /** Against no-change from the last label known at the prediction. */
  public double kappaTemporal() {
    return above(noChangeCorrect / all);
  }

  /** Natural logarithm, faded mean. */
  public double logLoss() {
    return all == 0 ? Double.NaN : logLossSum / all;
  }

  private double fractionCorrect() {
    double correct = 0;
    for (int c = 0; c < classes; c++) {
      correct += confusion[c * classes + c];
    }
    return correct / all;
  }

  private double above(double chance) {
    double value = (fractionCorrect() - chance) / (1 - chance) * 100;
    return Double.isInfinite(value) ? Double.NaN : value;
  }
}
