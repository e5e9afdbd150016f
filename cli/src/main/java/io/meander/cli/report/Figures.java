/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.AucHistogram;
import io.meander.models.Calibration;
import io.meander.models.FadedScore;
import io.meander.models.Figure;
import io.meander.models.Score;
import io.meander.models.Scored;
import io.meander.models.Target;
import java.util.EnumMap;
import java.util.Map;

/** One predictor's figures over some stretch: a score and, for two classes, the ROC's area. */
final class Figures {

  private static final int POSITIVE = 1;

  private final Score score;
  private final Target target;
  private final AucHistogram aucOrNull;
  private final FadedScore faded;
  private final Calibration calibrationOrNull;
  private final boolean baseline;
  private long drifts;
  private long warnings;

  /**
   * @param baseline whether it predicts without votes, so that log loss and area mean nothing
   * @param precision of the area
   * @param fading factor of the faded figures
   */
  Figures(Target target, boolean baseline, Precision precision, double fading) {
    this.target = target;
    this.score = target.newScore();
    this.faded = target.newFadedScore(fading);
    this.baseline = baseline;
    int classes = target.classes().size();
    this.aucOrNull = classes == 2 && !baseline ? precision.histogram() : null;
    this.calibrationOrNull = classes > 0 && !baseline ? new Calibration() : null;
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

  /**
   * The figures of a row.
   *
   * @param of each of the task's figures, NaN where undefined
   * @param faded those that predictors are compared by
   */
  record Row(long instances, Map<Figure, Double> of, Map<Figure, Double> faded) {

    /** With the faded figures of another stretch. */
    Row fadedAs(Figures other) {
      return new Row(instances, of, other.fadedFigures());
    }
  }

  Row row() {
    return new Row(instances(), figures(), fadedFigures());
  }

  /** Each of the task's figures, NaN where undefined. */
  Map<Figure, Double> figures() {
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    target.task().figures().forEach(figure -> all.put(figure, figure(figure)));
    return all;
  }

  private Map<Figure, Double> fadedFigures() {
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    target.task().compared().forEach(figure -> all.put(figure, faded.figure(figure)));
    return all;
  }

  /** NaN where undefined: a baseline has no votes, and more than two classes no area. */
  double figure(Figure figure) {
    return switch (figure) {
      case AUC -> aucOrNull == null ? Double.NaN : aucOrNull.auc();
      case LOG_LOSS -> baseline ? Double.NaN : score.figure(figure);
      default -> score.figure(figure);
    };
  }

  /** The same over labels that count the less the older they are. */
  double faded(Figure figure) {
    return baseline && figure == Figure.LOG_LOSS ? Double.NaN : faded.figure(figure);
  }

  void add(Scored scored, Answer.SlotAnswer answer) {
    double label = scored.label();
    double[] votes = answer.votes();
    add(scored, answer.predicted(), target.labelProbability(votes, label));
    if (calibrationOrNull != null) {
      calibrationOrNull.add((int) label, (int) answer.predicted(), votes);
    }
    if (aucOrNull != null) {
      aucOrNull.add(votes[POSITIVE], label == POSITIVE);
    }
  }

  /** Of a baseline. */
  void add(Scored scored, double predicted) {
    add(scored, predicted, 1);
  }

  private void add(Scored scored, double predicted, double labelProbability) {
    double noChange = scored.answer().noChange();
    score.add(scored.label(), predicted, labelProbability, noChange, scored.reference());
    faded.add(scored.label(), predicted, labelProbability, noChange, scored.reference());
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

  long instances() {
    return score.instances();
  }

  /** Null for what has no votes that are probabilities. */
  Calibration calibrationOrNull() {
    return calibrationOrNull;
  }

  long drifts() {
    return drifts;
  }

  long warnings() {
    return warnings;
  }
}
