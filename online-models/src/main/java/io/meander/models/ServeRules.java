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
   * minimum of evidence, and the {@link ServePolicy.Guard} must be content. The frozen twin and
   * slots that learn no more are never promoted. A slot that served before a promotion serves again
   * if it is shown to be better within the labels that the guard names.
   */
  static List<Fact> decide(ModelSet set) {
    if (set.serve.kind() != ServePolicy.Kind.BEST) {
      return List.of();
    }
    ServePolicy.Guard guard = set.serve.guard();
    Slot former = set.former.isEmpty() ? null : set.slot(set.former);
    if (former != null
        && set.labels - set.servingSince <= guard.rollbackWithin()
        && mayServe(former)
        && former.duel != null
        && former.duel.showsBetter(guard.rollbackConfidence())) {
      return List.of(new Fact.Promoted(former.id(), Fact.Promoted.Cause.ROLLBACK));
    }
    Slot champion = set.slot(set.champion);
    boolean cooling = set.servingSince > 0 && set.labels - set.servingSince < guard.coolDown();
    if (cooling || champion == null || !isProven(set, champion)) {
      return List.of();
    }
    Slot best = null;
    for (Slot slot : set.slots) {
      if (isProven(set, slot) && mayServe(slot) && (best == null || error(slot) < error(best))) {
        best = slot;
      }
    }
    boolean better =
        best != null
            && set.target().isBetter(error(best), error(champion), set.serve.margin())
            && (guard.confidence() == 0
                || (best.duel != null && best.duel.showsBetter(guard.confidence())));
    return better ? List.of(new Fact.Promoted(best.id(), Fact.Promoted.Cause.BEST)) : List.of();
  }

  /**
   * Counts a label in each slot's {@link Duel} with the slot that serves, if both answered it in
   * their present lives. A slot that is shown to be worse begins its duel anew, so that what it was
   * does not count against what it becomes.
   */
  static void compare(ModelSet set, Fact.Learned fact) {
    Slot champion = set.slot(set.champion);
    Fact.Outcome served = champion == null ? null : outcome(fact, champion);
    if (served == null) {
      return;
    }
    double servedError =
        set.target().error(fact.label(), served.predicted(), served.labelProbability());
    for (Slot slot : set.slots) {
      Fact.Outcome outcome = slot == champion || slot.isFrozen() ? null : outcome(fact, slot);
      if (outcome == null) {
        continue;
      }
      if (slot.duel == null
          || !slot.duel.isBetween(slot.incarnation(), champion.incarnation())
          || slot.duel.showsWorse(set.serve.guard().rollbackConfidence())) {
        slot.duel = new Duel(slot.incarnation(), champion.incarnation());
      }
      double error =
          set.target().error(fact.label(), outcome.predicted(), outcome.labelProbability());
      if (error != servedError) {
        slot.duel.add(error < servedError);
      }
    }
  }

  private static Fact.Outcome outcome(Fact.Learned fact, Slot slot) {
    for (Fact.Outcome outcome : fact.outcomes()) {
      if (outcome.slot().equals(slot.id()) && outcome.incarnation() == slot.incarnation()) {
        return outcome;
      }
    }
    return null;
  }

  /** Whether it may be promoted: it is no frozen twin, and still learns. */
  static boolean mayServe(Slot slot) {
    return !slot.isFrozen() && !slot.stopped && !slot.paused;
  }

  /** The promotion as it is told to the world, before the fact is applied. */
  static DriftSignal signal(ModelSet set, Fact.Promoted fact) {
    Slot other = set.slot(fact.champion());
    Duel duel = other.duel == null ? new Duel(0, 0) : other.duel;
    return DriftSignal.of(
        set,
        set.slot(set.champion),
        set.serve.text(),
        fact.cause() == Fact.Promoted.Cause.ROLLBACK
            ? DriftSignal.Level.ROLLED_BACK
            : DriftSignal.Level.PROMOTED,
        DriftSignal.Action.SWITCH,
        fact.champion(),
        new DriftSignal.Evidence(error(other), duel.won(), duel.lost(), duel.confidence()));
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
