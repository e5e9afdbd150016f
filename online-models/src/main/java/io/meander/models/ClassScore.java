/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A {@link Score} of predicted classes. Accuracy, kappa, kappa-temporal and kappa-M equal those of
 * MOA's {@code BasicClassificationPerformanceEvaluator} at weight 1, digit for digit, where labels
 * are known at once. Percentages are 0 to 100.
 */
public final class ClassScore implements Score {

  /** Probabilities are clipped at this before the logarithm. */
  public static final double LOG_LOSS_CLIP = 1e-15;

  private final int classes;

  /** {@code confusion[predicted * classes + label]}. */
  private final long[] confusion;

  private long noChangeCorrect;
  private long majorityCorrect;
  private final FixedSum logLosses = new FixedSum();

  public ClassScore(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("a classification has at least 2 classes, not " + classes);
    }
    this.classes = classes;
    this.confusion = new long[classes * classes];
  }

  @Override
  public void add(
      double label, double predicted, double labelProbability, double noChange, double majority) {
    confusion[((int) predicted) * classes + (int) label]++;
    if (noChange == label) {
      noChangeCorrect++;
    }
    if (majority == label) {
      majorityCorrect++;
    }
    logLosses.add(logLoss(labelProbability));
  }

  /** The other one may be of fewer classes, the first ones of these. */
  @Override
  public void merge(Score score) {
    if (!(score instanceof ClassScore other) || other.classes > classes) {
      throw new IllegalArgumentException("another target than that of " + classes + " classes");
    }
    for (int i = 0; i < other.confusion.length; i++) {
      confusion[i / other.classes * classes + i % other.classes] += other.confusion[i];
    }
    noChangeCorrect += other.noChangeCorrect;
    majorityCorrect += other.majorityCorrect;
    logLosses.merge(other.logLosses);
  }

  /** After the classes: varints of the confusion counts and the baselines' two; the losses' sum. */
  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(classes);
    for (long count : confusion) {
      Varints.write(count, out);
    }
    Varints.write(noChangeCorrect, out);
    Varints.write(majorityCorrect, out);
    logLosses.write(out);
  }

  static ClassScore readCounts(int classes, DataInput in) throws IOException {
    ClassScore score = new ClassScore(classes);
    for (int i = 0; i < score.confusion.length; i++) {
      score.confusion[i] = Varints.read(in);
    }
    score.noChangeCorrect = Varints.read(in);
    score.majorityCorrect = Varints.read(in);
    score.logLosses.read(in);
    return score;
  }

  @Override
  public double figure(Figure figure) {
    return switch (figure) {
      case ACCURACY -> accuracy();
      case KAPPA -> kappa();
      case KAPPA_TEMPORAL -> kappaTemporal();
      case KAPPA_M -> kappaM();
      case LOG_LOSS -> logLoss();
      case PRECISION -> precision(1);
      case RECALL -> recall(1);
      case F1 -> f1(1);
      default -> Double.NaN;
    };
  }

  @Override
  public long instances() {
    long sum = 0;
    for (long count : confusion) {
      sum += count;
    }
    return sum;
  }

  public long correct() {
    long sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += confusion[c * classes + c];
    }
    return sum;
  }

  public double accuracy() {
    return fractionCorrect() * 100.0;
  }

  public double kappa() {
    double n = instances();
    double chance = 0;
    for (int c = 0; c < classes; c++) {
      chance += (predictedAs(c) / n) * (labelledAs(c) / n);
    }
    return above(chance);
  }

  /** Against no-change from the last label known at the prediction. */
  public double kappaTemporal() {
    return above((double) noChangeCorrect / instances());
  }

  /** Against the majority class, the scored label included. */
  public double kappaM() {
    return above((double) majorityCorrect / instances());
  }

  /** Natural logarithm, mean over instances. */
  public double logLoss() {
    return logLosses.value() / instances();
  }

  /** Of one label. */
  static double logLoss(double labelProbability) {
    return -Math.log(Math.min(1, Math.max(LOG_LOSS_CLIP, labelProbability)));
  }

  public double precision(int c) {
    return 100.0 * confusion[c * classes + c] / predictedAs(c);
  }

  public double recall(int c) {
    return 100.0 * confusion[c * classes + c] / labelledAs(c);
  }

  public double f1(int c) {
    double precision = precision(c);
    double recall = recall(c);
    return 2 * precision * recall / (precision + recall);
  }

  private double fractionCorrect() {
    return (double) correct() / instances();
  }

  private double above(double chance) {
    double value = (fractionCorrect() - chance) / (1.0 - chance) * 100.0;
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  private double predictedAs(int c) {
    long sum = 0;
    for (int label = 0; label < classes; label++) {
      sum += confusion[c * classes + label];
    }
    return sum;
  }

  private double labelledAs(int c) {
    long sum = 0;
    for (int predicted = 0; predicted < classes; predicted++) {
      sum += confusion[predicted * classes + c];
    }
    return sum;
  }
}
