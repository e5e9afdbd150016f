/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Answer;
import io.meander.models.Score;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One score for everything that predicted: each slot (the frozen twin among them), what was served,
 * and the two baselines. Owned by one thread.
 */
final class Predictors {

  static final String SERVED = SlotSpec.SERVED;
  static final String NO_CHANGE = "no_change";

  private final Target target;
  private final Map<String, Score> scores = new LinkedHashMap<>();

  Predictors(Target target) {
    this.target = target;
  }

  void add(Scored scored) {
    Answer answer = scored.answer();
    for (Answer.SlotAnswer slot : answer.slots()) {
      add(slot.slot(), slot, scored);
    }
    add(SERVED, answer.servedAnswer(), scored);
    addBaseline(NO_CHANGE, answer.noChange(), scored);
    addBaseline(target.task().typical(), answer.typical(), scored);
  }

  void merge(ScoreDelta delta) {
    of(delta.slot()).merge(delta.score());
  }

  Map<String, Score> scores() {
    return scores;
  }

  /** Baselines answer with a class, not with probabilities: their log loss is not defined. */
  boolean hasVotes(String slot) {
    return !slot.equals(NO_CHANGE) && !slot.equals(target.task().typical());
  }

  private void add(String slot, Answer.SlotAnswer votes, Scored scored) {
    of(slot)
        .add(
            scored.label(),
            votes.predicted(),
            target.labelProbability(votes.votes(), scored.label()),
            scored.answer().noChange(),
            scored.reference());
  }

  private void addBaseline(String slot, double predicted, Scored scored) {
    of(slot)
        .add(
            scored.label(),
            predicted,
            predicted == scored.label() ? 1 : 0,
            scored.answer().noChange(),
            scored.reference());
  }

  private Score of(String slot) {
    return scores.computeIfAbsent(slot, s -> target.newScore());
  }
}
