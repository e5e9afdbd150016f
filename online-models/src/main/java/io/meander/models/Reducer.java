/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;
import io.meander.models.Answer.SlotAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The learning core. {@code decide…} looks at a model set and an input and yields facts, changing
 * nothing; {@link #apply} changes the model set by one fact and decides nothing. The operator, a
 * replay and a follower all run the same {@code apply}. Keeps nothing of a model set, so one serves
 * all keys of a task. Not thread-safe.
 */
public final class Reducer {

  private final ModelContext context;

  /** The vector that was answered last, and the instance made of it, still without its class. */
  private double[] answered;

  private Instance answeredInstance;

  public Reducer(ModelContext context) {
    this.context = context;
  }

  /**
   * What an event's arrival changes before it is answered: the key is born, catches up with the
   * deployment, gets its frozen twin.
   *
   * @param now processing time in milliseconds
   */
  public List<Fact> decideTouched(ModelSet set, Deployment deployment, long eventTime, long now) {
    boolean behind = set.generation < deployment.generation();
    boolean twinDue = set.twin == ModelSet.Twin.AWAITED && isTwinDue(set, deployment, eventTime);
    if (set.born && !behind && !twinDue) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>();
    if (!set.born) {
      facts.add(new Fact.Born(eventTime));
    }
    if (behind) {
      reconcile(set, deployment, now, facts);
    }
    if (twinDue) {
      Slot champion = set.slot(set.champion);
      boolean learned = champion != null && champion.trained > 0;
      facts.add(learned ? new Fact.Frozen(champion.id()) : new Fact.NoTwin());
    }
    return facts;
  }

  /** The votes of every slot. Changes nothing. */
  public Answer answer(ModelSet set, Observation event) {
    Instance instance = context.instance(event.features());
    answered = event.features();
    answeredInstance = instance;
    SlotAnswer[] answers = new SlotAnswer[set.slots.size()];
    int served = 0;
    for (int i = 0; i < answers.length; i++) {
      Slot slot = set.slots.get(i);
      double[] raw = slot.learner().votes(instance);
      answers[i] =
          new SlotAnswer(
              slot.id(),
              slot.incarnation(),
              slot.trained,
              slot.version,
              Votes.predicted(raw),
              Votes.normalised(raw, context.classes().size()));
      if (slot.id().equals(set.champion)) {
        served = i;
      }
    }
    return new Answer(
        event.eventId(),
        event.key(),
        event.eventTime(),
        set.generation,
        answers,
        served,
        set.noChange(),
        set.majority(),
        event.slices());
  }

  /** What a label does once it has met its answer. */
  public Fact.Learned decideLabelled(double[] features, Answer answer, int label, double weight) {
    SlotAnswer[] answers = answer.slots();
    Fact.Outcome[] outcomes = new Fact.Outcome[answers.length];
    for (int i = 0; i < answers.length; i++) {
      SlotAnswer a = answers[i];
      outcomes[i] = new Fact.Outcome(a.slot(), a.incarnation(), a.predicted(), a.votes()[label]);
    }
    return new Fact.Learned(
        features, label, weight, answer.eventTime(), outcomes, answer.served(), answer.noChange());
  }

  /** What follows from the alarms that the last {@link Fact.Learned} raised. */
  public List<Fact.Drifted> decideAlarmed(ModelSet set) {
    List<Fact.Drifted> facts = List.of();
    for (Slot slot : set.slots) {
      if (!slot.isFrozen() && slot.watch().raised() != null) {
        if (facts.isEmpty()) {
          facts = new ArrayList<>(2);
        }
        facts.add(new Fact.Drifted(slot.id(), slot.watch().raised(), DriftSignal.Action.ALERT));
      }
    }
    return facts;
  }

  /** The alarm that a fact is about, as it is told to the world; ask before applying the fact. */
  public DriftSignal signal(ModelSet set, Fact.Drifted fact) {
    Slot slot = set.slot(fact.slot());
    return new DriftSignal(
        set.key(),
        slot.id(),
        slot.incarnation(),
        slot.watch().detectorOf(fact.level()),
        fact.level(),
        set.labels,
        set.lastEventTime,
        slot.watch().estimateBefore(),
        slot.watch().estimate(),
        fact.action());
  }

  /**
   * The publications that are due.
   *
   * @param now processing time in milliseconds
   */
  public List<Fact.Published> decidePublished(ModelSet set, PublishPolicy policy, long now) {
    List<Fact.Published> facts = List.of();
    for (Slot slot : set.slots) {
      Optional<PublishCause> cause = publishCause(slot, policy, now);
      if (cause.isPresent()) {
        if (facts.isEmpty()) {
          facts = new ArrayList<>(2);
        }
        facts.add(new Fact.Published(slot.id(), cause.get(), now));
      }
    }
    return facts;
  }

  /**
   * Changes the model set by one fact. Deterministic: equal sets and equal facts give equal sets.
   *
   * @throws IllegalStateException if the fact is not about this model set
   */
  public void apply(ModelSet set, Fact fact) {
    set.position++;
    if (fact instanceof Fact.Learned learned) {
      learn(set, learned);
    } else if (fact instanceof Fact.Drifted drifted) {
      Slot slot = known(set, drifted.slot());
      slot.watch().dealtWith();
      if (drifted.level() == DriftSignal.Level.DRIFT) {
        slot.drifts++;
        slot.driftedSincePublished = true;
      } else {
        slot.warnings++;
      }
    } else if (fact instanceof Fact.Published published) {
      Slot slot = known(set, published.slot());
      slot.version++;
      slot.publishedTrained = slot.trained;
      slot.publishedAt = published.at();
      slot.driftedSincePublished = false;
    } else if (fact instanceof Fact.Born birth) {
      set.born = true;
      set.firstEventTime = birth.eventTime();
    } else if (fact instanceof Fact.SlotAdded added) {
      Slot slot =
          new Slot(
              added.slot(),
              beginLife(set, added.slot().id()),
              Learners.create(added.slot(), context),
              new DriftWatch(added.drift()),
              new Score(context.classes().size()));
      slot.publishedAt = added.at();
      set.slots.add(twinIndex(set), slot);
    } else if (fact instanceof Fact.SlotRetired retired) {
      set.slots.remove(known(set, retired.slot()));
    } else if (fact instanceof Fact.Reconciled reconciled) {
      set.generation = reconciled.generation();
      set.champion = reconciled.champion();
    } else if (fact instanceof Fact.Frozen frozen) {
      freeze(set, known(set, frozen.slot()));
    } else if (fact instanceof Fact.NoTwin) {
      set.twin = ModelSet.Twin.NONE;
    } else {
      throw new IllegalStateException("no rule for " + fact);
    }
  }

  private void learn(ModelSet set, Fact.Learned fact) {
    set.labels++;
    set.countLabel(fact.label());
    set.lastEventTime = fact.eventTime();
    int majority = set.majority();
    for (Fact.Outcome outcome : fact.outcomes()) {
      Slot slot = set.slot(outcome.slot());
      if (slot == null || slot.incarnation() != outcome.incarnation()) {
        continue; // another life answered: its error says nothing of this one
      }
      slot.score()
          .add(
              fact.label(),
              outcome.predicted(),
              outcome.labelProbability(),
              fact.noChange(),
              majority);
      if (!slot.isFrozen()) {
        slot.watch().add(outcome.predicted() == fact.label() ? 0 : 1, set.labels);
      }
    }
    set.lastLabel = fact.label();
    for (Slot slot : set.slots) {
      if (!slot.isFrozen()) {
        Instance instance = trainingInstance(fact.features());
        if (slot.trained == 0) {
          // Ensembles make their members at the first vote or training, and note at which: a
          // replay,
          // which does not vote, must do as the event did.
          slot.learner().votes(instance);
        }
        instance.setClassValue(fact.label());
        instance.setWeight(fact.weight());
        slot.learner().train(instance);
        slot.trained++;
      }
    }
  }

  /**
   * The instance that was just answered if it is the one to be learned, as MOA's own prequential
   * loop votes on and trains with one instance; at most once, since a learner may keep it.
   */
  private Instance trainingInstance(double[] features) {
    if (features != answered) {
      return context.instance(features);
    }
    Instance instance = answeredInstance;
    answered = null;
    answeredInstance = null;
    return instance;
  }

  private void freeze(ModelSet set, Slot champion) {
    SlotSpec spec =
        new SlotSpec(SlotSpec.FROZEN, champion.spec().learner(), champion.spec().seed());
    Slot twin =
        new Slot(
            spec,
            beginLife(set, SlotSpec.FROZEN),
            champion.learner().copy(context),
            null,
            new Score(context.classes().size()));
    twin.trained = champion.trained;
    set.slots.add(twin);
    set.twin = ModelSet.Twin.FROZEN;
  }

  private static void reconcile(ModelSet set, Deployment deployment, long now, List<Fact> facts) {
    for (Slot slot : set.slots) {
      if (!slot.isFrozen() && !deployment.slots().contains(slot.spec())) {
        facts.add(new Fact.SlotRetired(slot.id()));
      }
    }
    for (SlotSpec wanted : deployment.slots()) {
      Slot present = set.slot(wanted.id());
      if (present == null || !present.spec().equals(wanted)) {
        facts.add(new Fact.SlotAdded(wanted, deployment.drift(), now));
      }
    }
    facts.add(new Fact.Reconciled(deployment.generation(), deployment.champion()));
  }

  private static boolean isTwinDue(ModelSet set, Deployment deployment, long eventTime) {
    FreezeSpec freeze = deployment.frozenOrNull();
    if (freeze instanceof FreezeSpec.At at) {
      return eventTime >= at.time().toEpochMilli();
    }
    if (freeze instanceof FreezeSpec.AfterInstances after) {
      Slot champion = set.slot(set.champion);
      return champion != null && champion.trained >= after.instances();
    }
    if (freeze instanceof FreezeSpec.AfterTime after) {
      return set.born
          && set.firstEventTime != Observation.NO_TIME
          && eventTime - set.firstEventTime >= after.time().toMillis();
    }
    return false;
  }

  private static Optional<PublishCause> publishCause(Slot slot, PublishPolicy policy, long now) {
    if (slot.isFrozen()) {
      return Optional.empty();
    }
    if (slot.driftedSincePublished && policy.onDrift()) {
      return Optional.of(PublishCause.DRIFT);
    }
    long learned = slot.trained - slot.publishedTrained;
    if (learned >= policy.everyInstances()) {
      return Optional.of(PublishCause.INSTANCES);
    }
    boolean timeIsUp =
        learned > 0
            && policy.everyTimeOrNull() != null
            && now - slot.publishedAt >= policy.everyTimeOrNull().toMillis();
    return timeIsUp ? Optional.of(PublishCause.TIME) : Optional.empty();
  }

  private static long beginLife(ModelSet set, String slot) {
    return set.incarnations.merge(slot, 1L, Long::sum);
  }

  private static int twinIndex(ModelSet set) {
    int last = set.slots.size() - 1;
    return last >= 0 && set.slots.get(last).isFrozen() ? last : set.slots.size();
  }

  private static Slot known(ModelSet set, String id) {
    Slot slot = set.slot(id);
    if (slot == null) {
      throw new IllegalStateException("key " + set.key() + " has no slot " + id);
    }
    return slot;
  }
}
