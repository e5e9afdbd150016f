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
    boolean better =
        best != null && set.target().isBetter(error(best), error(champion), set.serve.margin());
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
   * What each slot's answer counts in a vote, in the order of the slots: by its error, see {@link
   * Target#weights}, if that covers the minimum of evidence, else 0. Where all would count 0, all
   * count 1. The frozen twin always counts 0.
   */
  static double[] weights(ModelSet set) {
    double[] errors = new double[set.slots.size()];
    for (int i = 0; i < errors.length; i++) {
      Slot slot = set.slots.get(i);
      errors[i] = isProven(set, slot) ? error(slot) : Double.NaN;
    }
    double[] weights = set.target().weights(errors);
    boolean any = false;
    for (double weight : weights) {
      any |= weight > 0;
    }
    if (!any) {
      Arrays.setAll(weights, i -> set.slots.get(i).isFrozen() ? 0 : 1);
    }
    return weights;
  }

  /**
   * The answer that a vote serves: the slots' answers combined by their {@link #weights}. It
   * belongs to no slot: its id is {@link SlotSpec#SERVED}, its incarnation and version are 0, and
   * its trained instances are the key's labels, which with the generation tell what state voted.
   */
  static Answer.SlotAnswer combined(ModelSet set, Answer.SlotAnswer[] answers) {
    Target target = set.target();
    double[][] given = new double[answers.length][];
    Arrays.setAll(given, i -> answers[i].votes());
    double[] raw = target.combined(weights(set), given);
    double[] votes = target.votes(raw, set.typical());
    return new Answer.SlotAnswer(
        SlotSpec.SERVED, 0, set.labels, 0, target.predicted(raw, votes), votes);
  }

  private static boolean isProven(ModelSet set, Slot slot) {
    return !slot.isFrozen() && slot.watch().recent().seen() >= set.serve.minEvidence();
  }

  private static double error(Slot slot) {
    return slot.watch().recent().before();
  }
}
