/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A {@link Score} of anomaly scores: what was called an anomaly against the labels, and the area
 * under the ROC curve from a histogram of {@value #BINS_PER_OCTAVE} bins an octave of the distance
 * to the nearer of 0 and 1, see {@link AucHistogram}. Percentages are 0 to 100.
 */
public final class AnomalyScore implements Score {

  /** Stands in place of the number of classes. */
  static final int KIND = -1;

  static final int BINS_PER_OCTAVE = 16;

  private static final int CLASSES = 2;
  private static final int POSITIVE = 1;

  private final ClassScore called;
  private final AucHistogram scores = new AucHistogram(0, BINS_PER_OCTAVE);

  public AnomalyScore() {
    this(new ClassScore(CLASSES));
  }

  private AnomalyScore(ClassScore called) {
    this.called = called;
  }

  /**
   * @param score takes the place of the label's probability; NaN for a baseline, which has none
   */
  @Override
  public void add(double label, double predicted, double score, double noChange, double reference) {
    called.add(label, predicted, 1, noChange, reference);
    if (!Double.isNaN(score)) {
      scores.add(score, label == POSITIVE);
    }
  }

  @Override
  public long instances() {
    return called.instances();
  }

  /** Of what was called an anomaly and what was not. */
  public ClassScore called() {
    return called;
  }

  @Override
  public double figure(Figure figure) {
    return switch (figure) {
      case AUC -> scores.auc();
      case PRECISION, RECALL, F1 -> called.figure(figure);
      default -> Double.NaN;
    };
  }

  @Override
  public void merge(Score other) {
    if (!(other instanceof AnomalyScore anomalies)) {
      throw new IllegalArgumentException("anomalies against another target");
    }
    called.merge(anomalies.called);
    scores.merge(anomalies.scores);
  }

  /** About what it takes on the heap beyond that of a class's. */
  long bytes() {
    return scores.bytes();
  }

  /** After -1: as {@link ClassScore#write}, then as {@link AucHistogram#write}. */
  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(KIND);
    called.write(out);
    scores.write(out);
  }

  static AnomalyScore readScores(DataInput in) throws IOException {
    AnomalyScore read = new AnomalyScore(ClassScore.readCounts(in.readInt(), in));
    read.scores.read(in);
    return read;
  }
}
