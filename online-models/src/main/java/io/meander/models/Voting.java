/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.models.Answer.SlotAnswer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model set answers to an event, and what is remembered of it when its label comes. Looks
 * and changes nothing; called by the {@link Reducer}.
 */
final class Voting {

  private static final Fact.Outcome[] NOT_SCORED = {};

  /** Of no slot's life: a parent's answer says nothing of its child's models. */
  private static final long PARENTS = 0;

  private final ModelContext context;

  Voting(ModelContext context) {
    this.context = context;
  }

  /**
   * See {@link Reducer#answer}.
   *
   * @param instances of the event's features, without its class
   */
  Answer answer(ModelSet set, Observation event, EventInstances instances) {
    SlotAnswer[] answers = new SlotAnswer[set.slots.size()];
    int served = Answer.COMBINED;
    boolean combines = set.serve.kind() == ServePolicy.Kind.VOTE;
    int backgrounds = 0;
    for (int i = 0; i < answers.length; i++) {
      Slot slot = set.slots.get(i);
      answers[i] =
          vote(
              instances, set, slot, slot.incarnation(), slot.trained, slot.version, slot.learner());
      if (slot.isFrozen()) { // stands for what would be served, had nothing been learned since
        answers[i] = decided(answers[i], true, set.serve.decision());
      }
      if (!combines && slot.id().equals(set.champion)) {
        served = i;
      }
      if (slot.background != null) {
        backgrounds++;
      }
    }
    SlotAnswer decided =
        decided(
            combines ? ServeRules.combined(set, answers) : answers[served],
            combines,
            set.serve.decision());
    return new Answer(
        event.eventId(),
        event.key(),
        event.eventTime(),
        set.generation,
        answers,
        decided == null ? served : Answer.COMBINED,
        set.noChange(),
        set.typical(),
        event.slices(),
        backgrounds == 0 ? Answer.NO_BACKGROUNDS : unserved(set, instances, backgrounds),
        decided);
  }

  /**
   * An answer with the class that the decision predicts.
   *
   * @param always whether it is given if that is the same class too, else null
   */
  static SlotAnswer decided(SlotAnswer served, boolean always, Decision decision) {
    double predicted = decision.of(served.votes(), served.predicted());
    if (Double.compare(predicted, served.predicted()) == 0) {
      return always ? served : null;
    }
    return new SlotAnswer(
        served.slot(),
        served.incarnation(),
        served.trainedInstances(),
        served.modelVersion(),
        predicted,
        served.votes());
  }

  private SlotAnswer[] unserved(ModelSet set, EventInstances instances, int count) {
    SlotAnswer[] answers = new SlotAnswer[count];
    int next = 0;
    for (Slot slot : set.slots) {
      Background b = slot.background;
      if (b != null) {
        answers[next++] = vote(instances, set, slot, b.incarnation(), b.trained, 0, b.learner());
      }
    }
    return answers;
  }

  /** See {@link Reducer#vote}. */
  Predictor.Vote vote(ModelSet set, Slot slot, EventInstances instances) {
    SlotAnswer answer =
        vote(instances, set, slot, slot.incarnation(), slot.trained, slot.version, slot.learner());
    return new Predictor.Vote(answer.predicted(), answer.votes());
  }

  private SlotAnswer vote(
      EventInstances instances,
      ModelSet set,
      Slot slot,
      long life,
      long trained,
      long version,
      Learner learner) {
    Target target = context.target();
    double[] raw = learner.votes(instances.of(learner.header()));
    double[] votes = target.votes(raw, standIn(set, slot, life));
    return new SlotAnswer(slot.id(), life, trained, version, target.predicted(raw, votes), votes);
  }

  /** What {@link Target#votes} takes; a background learner has no threshold. */
  private static double standIn(ModelSet set, Slot slot, long life) {
    if (set.target().task() != Task.ANOMALY) {
      return set.typical();
    }
    return life == slot.incarnation() ? slot.threshold(set.serve.decision()) : Double.NaN;
  }

  /** See {@link Reducer#decideLabelled}. */
  Fact labelled(ModelSet set, double[] featuresOrNull, Answer answer, double label, double weight) {
    return featuresOrNull == null || !context.target().learns(label)
        ? new Fact.Labelled(label, outcomes(answer, label), answer.served(), answer.noChange())
        : learned(set, featuresOrNull, answer, label, weight);
  }

  /** See {@link Reducer#decideLearned}. */
  Fact.Learned learned(
      ModelSet set, double[] features, Answer answer, double label, double weight) {
    return new Fact.Learned(
        features,
        label,
        weight,
        answer.eventTime(),
        outcomes(answer, label),
        answer.served(),
        answer.noChange(),
        boosted(set, weight));
  }

  private Fact.Outcome[] outcomes(Answer answer, double label) {
    SlotAnswer[] answers = answer.slots();
    SlotAnswer[] backgrounds = answer.backgrounds();
    Fact.Outcome[] outcomes = new Fact.Outcome[answers.length + backgrounds.length];
    for (int i = 0; i < outcomes.length; i++) {
      SlotAnswer a = i < answers.length ? answers[i] : backgrounds[i - answers.length];
      long life = answer.parentOrNull() == null ? a.incarnation() : PARENTS;
      outcomes[i] =
          new Fact.Outcome(
              a.slot(), life, a.predicted(), context.target().labelProbability(a.votes(), label));
    }
    return outcomes;
  }

  /** See {@link Reducer#decideRelearned}. */
  static Fact.Learned relearned(
      ModelSet set, double[] features, Answer answer, double label, double weight) {
    return new Fact.Learned(
        features,
        label,
        weight,
        answer.eventTime(),
        NOT_SCORED,
        0,
        answer.noChange(),
        boosted(set, weight));
  }

  private static Fact.SlotWeight[] boosted(ModelSet set, double weight) {
    List<Fact.SlotWeight> boosted = null;
    for (Slot slot : set.slots) {
      if (slot.boostLeft > 0) {
        if (boosted == null) {
          boosted = new ArrayList<>(2);
        }
        boosted.add(new Fact.SlotWeight(slot.id(), weight * slot.boostWeight));
      }
    }
    return boosted == null ? Fact.Learned.NONE_BOOSTED : boosted.toArray(Fact.Learned.NONE_BOOSTED);
  }
}
