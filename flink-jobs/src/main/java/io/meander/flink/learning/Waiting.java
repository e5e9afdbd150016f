/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureInputs;
import io.meander.models.Answer;
import io.meander.models.Observation;

/**
 * One event id that a key remembers: a prediction that waits for its label, one that was answered
 * or given up, or a label that came before its event. Changed only by {@link LabelJoin}.
 */
final class Waiting {

  enum State {
    /** A prediction without a label. */
    OPEN(0),
    /** It has its label; kept until its wait ends, so that repeats are known. */
    ANSWERED(1),
    /** A label without its event. */
    EARLY(2),
    /** The wait ended without a label; kept for another wait, so that late labels are known. */
    GIVEN_UP(3);

    /** As it is stored. */
    final int code;

    State(int code) {
      this.code = code;
    }

    /** Null if no state has this code. */
    static State of(int code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      return null;
    }
  }

  /** Its place in the key's queue. */
  final long place;

  /**
   * When its wait began, in the time that the join goes by; never before that of one at an earlier
   * place.
   */
  final long since;

  /** Processing time of its arrival. */
  final long arrivedAt;

  State state;

  /** Number of the event's record in a bounded run. */
  long event = Observation.UNNUMBERED;

  double label = Observation.NO_LABEL;
  long labelTime = Observation.NO_TIME;

  /** Another label that followed one without its event, and is learned after that. */
  double correction = Observation.NO_LABEL;

  /** Null for a label without its event. */
  Answer answerOrNull;

  /** What was answered; null where nobody will learn from it any more. */
  double[] featuresOrNull;

  /** Of the event. */
  double weight = 1;

  /** What features over labels take from its event, or from a label without its event. */
  FeatureInputs inputs = FeatureInputs.NONE;

  /** Whether keyed state holds it, in this form or an earlier one. */
  boolean stored;

  Waiting(State state, long place, long since, long arrivedAt) {
    this.state = state;
    this.place = place;
    this.since = since;
    this.arrivedAt = arrivedAt;
  }

  /** The same in another place of the queue. */
  Waiting movedTo(long newPlace, long newSince) {
    Waiting moved = new Waiting(state, newPlace, newSince, arrivedAt);
    moved.event = event;
    moved.label = label;
    moved.labelTime = labelTime;
    moved.correction = correction;
    moved.answerOrNull = answerOrNull;
    moved.featuresOrNull = featuresOrNull;
    moved.weight = weight;
    moved.inputs = inputs;
    moved.stored = stored;
    return moved;
  }
}
