/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * One predictor's figures over some stretch: a score, the same fading, for two classes the ROC's
 * area, for classes the calibration; and how often it drifted. Mutable, owned by one thread.
 */
public final class Figures {

  private static final int POSITIVE = 1;

  private final Score score;
  private final Target target;
  private final double fading;
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
    this.fading = fading;
    this.score = target.newScore();
    this.faded = target.newFadedScore(fading);
    this.baseline = baseline;
    int classes = target.classes().size();
    this.aucOrNull = classes == 2 && !baseline ? precision.histogram() : null;
    boolean classifies = target.task() == Task.CLASSIFICATION;
    this.calibrationOrNull = classifies && !baseline ? new Calibration() : null;
  }

  /**
   * How exact the ROC's area is.
   *
   * @param exactUpTo so many labels it is exact, at 8 bytes a label
   * @param binsPerOctave of its histogram beyond, 16 bytes a bin
   */
  public record Precision(int exactUpTo, int binsPerOctave) {

    /** Of all events: a megabyte per predictor, then bins. */
    public static final Precision OVERALL = new Precision(1 << 17, 1024);

    /** Of a key or a slice: 16 KB per predictor, then bins. */
    public static final Precision PART = new Precision(1 << 11, 64);

    AucHistogram histogram() {
      return new AucHistogram(exactUpTo, binsPerOctave);
    }
  }

  /**
   * The figures of a row.
   *
   * @param of each of the task's figures, NaN where undefined
   * @param faded those that predictors are compared by and that fade
   */
  public record Row(long instances, Map<Figure, Double> of, Map<Figure, Double> faded) {

    /** With the faded figures of another stretch. */
    public Row fadedAs(Figures other) {
      return new Row(instances, of, other.fadedFigures());
    }
  }

  public Row row() {
    return new Row(instances(), figures(), fadedFigures());
  }

  /** Each of the task's figures, NaN where undefined. */
  public Map<Figure, Double> figures() {
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    target.task().figures().forEach(figure -> all.put(figure, figure(figure)));
    return all;
  }

  private Map<Figure, Double> fadedFigures() {
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    target.task().faded().forEach(figure -> all.put(figure, faded.figure(figure)));
    return all;
  }

  /** NaN where undefined: a baseline has no votes, and more than two classes no area. */
  public double figure(Figure figure) {
    return switch (figure) {
      case AUC -> aucOrNull == null ? Double.NaN : aucOrNull.auc();
      case LOG_LOSS -> baseline ? Double.NaN : score.figure(figure);
      default -> score.figure(figure);
    };
  }

  /** The most by which the area may be off; NaN where there is none. */
  public double aucError() {
    return aucOrNull == null ? Double.NaN : aucOrNull.error();
  }

  /** The same over labels that count the less the older they are. */
  public double faded(Figure figure) {
    return baseline && figure == Figure.LOG_LOSS ? Double.NaN : faded.figure(figure);
  }

  public void add(Scored scored, Answer.SlotAnswer answer) {
    double label = scored.label();
    double[] votes = answer.votes();
    add(scored, answer.predicted(), target.labelProbability(votes, label));
    if (calibrationOrNull != null) {
      calibrationOrNull.add((int) label, (int) answer.predicted(), votes);
    }
    if (aucOrNull != null) {
      aucOrNull.add(target.rankedBy(votes), label == POSITIVE);
    }
  }

  /** Counts a scored label of a baseline. */
  public void add(Scored scored, double predicted) {
    add(scored, predicted, target.task() == Task.ANOMALY ? Double.NaN : 1);
  }

  private void add(Scored scored, double predicted, double labelProbability) {
    double noChange = scored.answer().noChange();
    score.add(scored.label(), predicted, labelProbability, noChange, scored.reference());
    faded.add(scored.label(), predicted, labelProbability, noChange, scored.reference());
  }

  /** Adds a later part of the stretch. */
  public void merge(Figures later) {
    score.merge(later.score);
    faded.append(later.faded);
    if (aucOrNull != null) {
      aucOrNull.merge(later.aucOrNull);
    }
    if (calibrationOrNull != null) {
      calibrationOrNull.merge(later.calibrationOrNull);
    }
    drifts += later.drifts;
    warnings += later.warnings;
  }

  /**
   * Layout: the score, the faded one, the area's histogram and the calibration where there are
   * such, drifts and warnings (varint).
   */
  void write(DataOutput out) throws IOException {
    score.write(out);
    faded.write(out);
    if (aucOrNull != null) {
      aucOrNull.write(out);
    }
    if (calibrationOrNull != null) {
      calibrationOrNull.write(out);
    }
    Varints.write(drifts, out);
    Varints.write(warnings, out);
  }

  /**
   * Adds what {@link #write} wrote to these figures, which are empty.
   *
   * @param factor with which it faded; if another one than here, nothing faded is taken over
   */
  void read(DataInput in, double factor) throws IOException {
    score.merge(Score.read(in));
    // As it was, not appended: that would round.
    (factor == fading ? faded : target.newFadedScore(factor)).read(in);
    if (aucOrNull != null) {
      aucOrNull.read(in);
    }
    if (calibrationOrNull != null) {
      calibrationOrNull.read(in);
    }
    drifts = Varints.read(in);
    warnings = Varints.read(in);
  }

  void drift() {
    drifts++;
  }

  void warning() {
    warnings++;
  }

  public Score score() {
    return score;
  }

  public long instances() {
    return score.instances();
  }

  /** Null for what has no votes that are probabilities. */
  public Calibration calibrationOrNull() {
    return calibrationOrNull;
  }

  public long drifts() {
    return drifts;
  }

  public long warnings() {
    return warnings;
  }
}
