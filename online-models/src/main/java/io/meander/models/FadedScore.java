/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Prequential figures of one predictor in which each label counts a fixed factor less than the next
 * one: J. Gama, R. Sebastiao, P. P. Rodrigues, "On evaluating stream learning algorithms", Machine
 * Learning 90, 2013, section 3. A figure that is undefined, or not of the task, is NaN. Mutable,
 * owned by one thread. Made by {@link Target#newFadedScore}.
 */
public sealed interface FadedScore permits FadedClassScore, FadedNumberScore {

  /** Counts one scored label, as {@link Score#add}. */
  void add(
      double label, double predicted, double labelProbability, double noChange, double reference);

  double figure(Figure figure);

  /**
   * Takes over the labels of another one of the same factor, and of the same target or of one to
   * which classes were added since, as if they had come after those of this one; the same but for
   * rounding.
   */
  void append(FadedScore later);

  /** Layout: as the kind of score says; what was read goes on with the factor. */
  void write(DataOutput out) throws IOException;

  /** Takes over what {@link #write} wrote. */
  void read(DataInput in) throws IOException;
}
