/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

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
}
