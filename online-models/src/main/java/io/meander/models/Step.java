/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;

/**
 * All that handling one record gave, or the end of some waits.
 *
 * @param sequence that of the record; {@link Observation#UNNUMBERED} at the end of waits
 * @param answer the prediction, or null if the record was not an event
 * @param repeated whether the answer is the remembered one of an event that had come before
 * @param scored the score by the label inside the event, or null if it has none there
 * @param labels what became of labels that come on their own: first of those whose wait had ended
 *     before the record, then of the record's
 * @param drifts in the order they were raised
 * @param time of the record, or of the timer that ended the waits; milliseconds since the epoch, or
 *     {@link Observation#NO_TIME}
 * @param weight the event's own; 1 if the record was not an event
 * @param featuresOrNull what the model that was served had been given; null if nobody wants it, or
 *     the answer is a repeated one
 */
public record Step(
    long sequence,
    Answer answer,
    boolean repeated,
    Scored scored,
    List<LabelResult> labels,
    List<DriftSignal> drifts,
    long time,
    double weight,
    ServedFeatures featuresOrNull) {

  /** Of an event of weight 1 with its label inside, or without any. */
  public Step(long sequence, Answer answer, Scored scored, List<DriftSignal> drifts) {
    this(
        sequence,
        answer,
        false,
        scored,
        List.of(),
        drifts,
        answer == null ? Observation.NO_TIME : answer.eventTime(),
        1,
        null);
  }

  /** Of labels alone: of a record that was not an event, or of the end of some waits. */
  public static Step ofLabels(
      long sequence, List<LabelResult> labels, List<DriftSignal> drifts, long time) {
    return new Step(sequence, null, false, null, labels, drifts, time, 1, null);
  }

  /** Every score, in order. */
  public List<Scored> allScored() {
    if (labels.isEmpty()) {
      return scored == null ? List.of() : List.of(scored);
    }
    List<Scored> all = new ArrayList<>();
    for (LabelResult label : labels) {
      if (label.scoredOrNull() != null) {
        all.add(label.scoredOrNull());
      }
    }
    if (scored != null) {
      all.add(scored);
    }
    return all;
  }
}
