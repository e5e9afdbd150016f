/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Arrays;
import java.util.List;

/**
 * What follows from a model set's {@link ServePolicy}: which slot serves next, and how votes are
 * combined. A function of the model set alone, so that it comes out the same after an eviction, a
 * restore or a replay. Looks and changes nothing; called by the {@link Reducer}.
 */
final class ServeRules {

  /** An error is taken for at least this, so that no weight is infinite. */
  static final double LEAST_ERROR = 0.001;

  private ServeRules() {}

  /**
   * Under {@link ServePolicy.Kind#BEST}, the slot with the least error is promoted if its error is
   * below the champion's by more than the margin; of equals the first. Both errors must cover the
   * minimum of evidence. The frozen twin and slots that learn no more are never promoted.
   */
  static List<Fact> decide(ModelSet set) {
    if (set.serve.kind() != ServePolicy.Kind.BEST) {
      return List.of();
    }
    Slot champion = set.slot(set.champion);
    if (champion == null || !isProven(set, champion)) {
      return List.of();
    }
    Slot best = null;
    for (Slot slot : set.slots) {
      if (isProven(set, slot) && !slot.stopped && (best == null || error(slot) < error(best))) {
        best = slot;
      }
    }
    boolean better = best != null && error(best) < error(champion) - set.serve.margin();
    return better ? List.of(new Fact.Promoted(best.id(), Fact.Promoted.Cause.BEST)) : List.of();
  }

  /** The promotion as it is told to the world, before the fact is applied. */
  static DriftSignal signal(ModelSet set, Fact.Promoted fact) {
    return DriftSignal.of(
        set,
        set.slot(set.champion),
        set.serve.text(),
        DriftSignal.Level.PROMOTED,
        DriftSignal.Action.SWITCH,
        fact.champion());
  }

  /**
   * What each slot's normalised votes count in a vote, in the order of the slots.
   *
   * <p>A slot of error {@code e} that covers the minimum of evidence counts {@code max(0, ln((1 -
   * e') / e') + ln(K - 1))}, with {@code K} classes and {@code e' = min(max(e, 0.001), 0.999)}: 0
   * for one that is no better than guessing among the classes, as in SAMME (J. Zhu, H. Zou, S.
   * Rosset, T. Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2, 2009). A slot
   * without that evidence counts 0. Where all would count 0, all count 1. The frozen twin always
   * counts 0.
   */
  static double[] weights(ModelSet set) {
    double[] weights = new double[set.slots.size()];
    double chance = StrictMath.log(set.labelCounts().length - 1.0);
    boolean any = false;
    for (int i = 0; i < weights.length; i++) {
      Slot slot = set.slots.get(i);
      if (isProven(set, slot)) {
        double e = Math.min(Math.max(error(slot), LEAST_ERROR), 1 - LEAST_ERROR);
        weights[i] = Math.max(0, StrictMath.log((1 - e) / e) + chance);
        any |= weights[i] > 0;
      }
    }
    if (!any) {
      Arrays.setAll(weights, i -> set.slots.get(i).isFrozen() ? 0 : 1);
    }
    return weights;
  }

  /**
   * The answer that a vote serves: the slots' normalised votes times their {@link #weights}, added
   * up in the order of the slots and normalised. It belongs to no slot: its id is {@link
   * SlotSpec#SERVED}, its incarnation and version are 0, and its trained instances are the key's
   * labels, which with the generation tell what state voted.
   */
  static Answer.SlotAnswer combined(ModelSet set, Answer.SlotAnswer[] answers) {
    double[] weights = weights(set);
    int classes = set.labelCounts().length;
    double[][] votes = new double[answers.length][];
    Arrays.setAll(votes, i -> answers[i].votes());
    double[] sums = Votes.weighted(weights, votes);
    return new Answer.SlotAnswer(
        SlotSpec.SERVED, 0, set.labels, 0, Votes.predicted(sums), Votes.normalised(sums, classes));
  }

  private static boolean isProven(ModelSet set, Slot slot) {
    return !slot.isFrozen() && slot.watch().recent().seen() >= set.serve.minEvidence();
  }

  private static double error(Slot slot) {
    return slot.watch().recent().before();
  }
}
