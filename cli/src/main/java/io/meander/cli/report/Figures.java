/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.AucHistogram;
import io.meander.models.Calibration;
import io.meander.models.FadedScore;
import io.meander.models.Score;

/** One predictor's figures over some stretch: a score and, for two classes, the ROC's area. */
final class Figures {

  private static final int POSITIVE = 1;

  private final Score score;
  private final AucHistogram aucOrNull;
  private final FadedScore faded;
  private final Calibration calibration = new Calibration();
  private final boolean baseline;
  private long drifts;
  private long warnings;

  /**
   * @param baseline whether it predicts without votes, so that log loss and area mean nothing
   * @param precision of the area
   * @param fading factor of the faded figures
   */
  Figures(int classes, boolean baseline, Precision precision, double fading) {
    this.score = new Score(classes);
    this.faded = new FadedScore(classes, fading);
    this.baseline = baseline;
    this.aucOrNull = classes == 2 && !baseline ? precision.histogram() : null;
  }

  /**
   * How exact the ROC's area is.
   *
   * @param exactUpTo so many labels it is exact, at 8 bytes a label
   * @param binsPerOctave of its histogram beyond, 16 bytes a bin
   */
  record Precision(int exactUpTo, int binsPerOctave) {
    AucHistogram histogram() {
      return new AucHistogram(exactUpTo, binsPerOctave);
    }
  }

  /** The figures of a row, percentages 0 to 100, NaN where undefined. */
  record Row(
      long instances,
      double accuracy,
      double kappa,
      double kappaTemporal,
      double logLoss,
      double auc,
      double fadedAccuracy,
      double fadedKappa) {

    /** With the faded figures of another stretch. */
    Row fadedAs(FadedScore other) {
      return new Row(
          instances, accuracy, kappa, kappaTemporal, logLoss, auc, other.accuracy(), other.kappa());
    }
  }

  Row row() {
    return new Row(
        instances(),
        score.accuracy(),
        score.kappa(),
        score.kappaTemporal(),
        logLoss(),
        auc(),
        faded.accuracy(),
        faded.kappa());
  }

  void add(int label, int predicted, double[] votes, int noChange, int majority) {
    score.add(label, predicted, votes[label], noChange, majority);
    faded.add(label, predicted, votes[label], noChange);
    calibration.add(label, predicted, votes);
    if (aucOrNull != null) {
      aucOrNull.add(votes[POSITIVE], label == POSITIVE);
    }
  }

  /** Of a baseline. */
  void add(int label, int predicted, int noChange, int majority) {
    score.add(label, predicted, 1, noChange, majority);
    faded.add(label, predicted, 1, noChange);
  }

  void drift() {
    drifts++;
  }

  void warning() {
    warnings++;
  }

  Score score() {
    return score;
  }

  FadedScore faded() {
    return faded;
  }

  long instances() {
    return score.instances();
  }

  /** Natural logarithm; NaN for a baseline. */
  double logLoss() {
    return baseline ? Double.NaN : score.logLoss();
  }

  /** 0 to 1; NaN for a baseline, for one class or for more than two. */
  double auc() {
    return aucOrNull == null ? Double.NaN : aucOrNull.auc();
  }

  /** Null for a baseline: it has no votes. */
  Calibration calibrationOrNull() {
    return baseline ? null : calibration;
  }

  long drifts() {
    return drifts;
  }

  long warnings() {
    return warnings;
  }
}
