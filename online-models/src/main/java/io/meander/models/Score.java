/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Prequential figures of one predictor, as counts and sums that merge exactly. A figure that is
 * undefined, or not of the task, is NaN. Mutable, owned by one thread. Made by {@link
 * Target#newScore}.
 */
public sealed interface Score permits ClassScore, NumberScore, AnomalyScore {

  /**
   * Counts one scored label.
   *
   * @param labelProbability the normalised vote for the true class, of an anomaly the score; passed
   *     over where there are none
   * @param noChange the no-change baseline at the prediction
   * @param reference see {@link Scored#reference}
   */
  void add(
      double label, double predicted, double labelProbability, double noChange, double reference);

  /** Scored labels. */
  long instances();

  double figure(Figure figure);

  /** Adds another one of the same target, or of one to which classes were added since. */
  void merge(Score other);

  /**
   * Layout: number of classes int, 0 for numbers, -1 for anomalies; then as the kind of score says.
   */
  void write(DataOutput out) throws IOException;

  /** Reads what {@link #write} wrote. */
  static Score read(DataInput in) throws IOException {
    int classes = in.readInt();
    return switch (classes) {
      case 0 -> NumberScore.readSums(in);
      case AnomalyScore.KIND -> AnomalyScore.readScores(in);
      default -> ClassScore.readCounts(classes, in);
    };
  }
}
