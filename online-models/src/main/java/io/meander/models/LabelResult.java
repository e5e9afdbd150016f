/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * What became of a label or, if it never came, of a prediction.
 *
 * @param event number of the prediction's record in a bounded run; {@link Observation#UNNUMBERED}
 *     in a live one, or if there is no prediction
 * @param label index in the class list, or the number; {@link Target#NONE} if none came
 * @param time when the label was known, or the wait was over; milliseconds since the epoch, or
 *     {@link Observation#NO_TIME}
 * @param scoredOrNull the score, if the label scored the prediction
 * @param givenUpOrNull why nothing came of a {@link LabelOutcome#NEVER prediction} or an {@link
 *     LabelOutcome#UNMATCHED unmatched label}; null of other outcomes
 */
public record LabelResult(
    LabelOutcome outcome,
    long event,
    double label,
    long time,
    Scored scoredOrNull,
    GivenUp givenUpOrNull) {

  /** Of a label that met its event. */
  public LabelResult(
      LabelOutcome outcome, long event, double label, long time, Scored scoredOrNull) {
    this(outcome, event, label, time, scoredOrNull, null);
  }
}
