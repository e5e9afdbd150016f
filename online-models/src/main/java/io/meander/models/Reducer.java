/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.ArrayList;
import java.util.List;
import moa.classifiers.Classifier;

/**
 * The learning core. {@code decide…} looks at a model set and an input and yields facts, changing
 * nothing; {@link #apply} changes the model set by one fact and decides nothing. The operator, a
 * replay and a follower all run the same {@code apply}. Keeps nothing of a model set, so one serves
 * all keys of a task. Not thread-safe.
 */
public final class Reducer {

  private final ModelContext context;
  private final Voting voting;
  private final FreshCopies<FreshKind> freshLearners = new FreshCopies<>();

  /** The vector that was answered last, and what was made of it, still without its class. */
  private double[] answered;

  private EventInstances answeredInstances;

  public Reducer(ModelContext context) {
    this.context = context;
    this.voting = new Voting(context);
  }

  /**
   * What an event's arrival changes before it is answered: the key is born, catches up with the
   * deployment, gets its frozen twin.
   *
   * @param now processing time in milliseconds
   */
  public List<Fact> decideTouched(ModelSet set, Deployment deployment, long eventTime, long now) {
    return decideTouched(set, deployment, eventTime, now, KeptVersions.NONE, true);
  }

  /**
   * As {@link #decideTouched(ModelSet, Deployment, long, long)}, for a key that may go back.
   *
   * @param kept the key's earlier versions
   * @param follow whether a key that was born before follows the deployment now; else it does at a
   *     later event
   */
  public List<Fact> decideTouched(
      ModelSet set,
      Deployment deployment,
      long eventTime,
      long now,
      KeptVersions kept,
      boolean follow) {
    return DeploymentRules.decide(set, deployment, eventTime, now, kept, follow, context.newest());
  }

  /**
   * What brings a key up to the deployment that something else than an event touches; nothing if it
   * was never born.
   *
   * @param now processing time in milliseconds
   * @param kept the key's earlier versions
   */
  public List<Fact> decideReconciled(
      ModelSet set, Deployment deployment, long now, KeptVersions kept) {
    return DeploymentRules.reconciled(set, deployment, now, kept, context.newest());
  }

  /**
   * What an order for this key alone brings; the key has been reconciled before.
   *
   * @param deployment that of the order or a later one
   * @param payloadOrNull the version to go back to, if it came with the order
   * @param kept the key's earlier versions
   */
  public List<Fact> decideOrdered(
      ModelSet set,
      Deployment deployment,
      Order order,
      KeptVersions.Kept payloadOrNull,
      KeptVersions kept) {
    List<Fact> facts = new ArrayList<>();
    OrderRules.decide(set, deployment, order, payloadOrNull, kept, facts);
    return facts;
  }

  /**
   * The votes of every slot and of every background learner, and what is served of them. Changes
   * nothing.
   */
  public Answer answer(ModelSet set, Observation event) {
    answered = event.features();
    answeredInstances = new EventInstances(event.features(), context);
    return voting.answer(set, event, answeredInstances);
  }

  /**
   * What one slot alone answers. Changes nothing.
   *
   * @param features one value per column of the feature schema, NaN for missing
   * @return null if there is no such slot
   */
  public Predictor.Vote vote(ModelSet set, String slot, double[] features) {
    Slot asked = set.slot(slot);
    return asked == null ? null : voting.vote(set, asked, new EventInstances(features, context));
  }

  /**
   * What a label does once it has met its answer.
   *
   * @param featuresOrNull null if the event was learned before, see {@link #decideLearned}
   * @param weight of the instance, above 0, before any boost
   */
  public Fact decideLabelled(
      ModelSet set, double[] featuresOrNull, Answer answer, double label, double weight) {
    return voting.labelled(set, featuresOrNull, answer, label, weight);
  }

  /** What an event without a label does, as soon as it was answered: it is learned. */
  public Fact.Learned decideLearned(ModelSet set, double[] features, Answer answer, double weight) {
    return voting.learned(set, features, answer, Target.NONE, weight);
  }

  /**
   * What another label of an event does that was scored already: it is learned, and says nothing of
   * the answer.
   *
   * @param weight of the instance, above 0, before any boost
   */
  public Fact.Learned decideRelearned(
      ModelSet set, double[] features, Answer answer, double label, double weight) {
    return Voting.relearned(set, features, answer, label, weight);
  }

  /**
   * What follows from the last {@link Fact.Learned}: of the alarms that it raised, by the slots'
   * drift policies, and of background learners whose time is up. A {@link Fact.Drifted} stands
   * before the facts that do what it says. Before them all: features that drifted.
   */
  public List<Fact> decideAlarmed(ModelSet set) {
    List<Fact> facts = DriftRules.decide(set);
    List<Fact> features = FeatureDriftRules.decide(set);
    if (features.isEmpty()) {
      return facts;
    }
    List<Fact> all = new ArrayList<>(features);
    all.addAll(facts);
    return all;
  }

  /** Slots that have outgrown the deployment's limits, and what becomes of them. */
  public List<Fact> decideOutgrown(ModelSet set, Deployment deployment) {
    return SizeRules.decide(set, deployment);
  }

  /**
   * The promotion that the serving policy calls for, if any. Ask when all that a label did has been
   * applied.
   */
  public List<Fact> decidePromoted(ModelSet set) {
    return ServeRules.decide(set);
  }

  /** A serving policy's promotion as it is told to the world; ask before applying the fact. */
  public DriftSignal signal(ModelSet set, Fact.Promoted fact) {
    return ServeRules.signal(set, fact);
  }

  /** What is told of a slot that is too large; ask before applying the fact. */
  public DriftSignal signal(ModelSet set, Fact.Outgrown fact) {
    return SizeRules.signal(set, fact);
  }

  /** The feature that drifted, as it is told to the world; ask before applying the fact. */
  public DriftSignal signal(ModelSet set, Fact.FeatureDrifted fact) {
    return FeatureDriftRules.signal(set, fact);
  }

  /** The alarm that a fact is about, as it is told to the world; ask before applying the fact. */
  public DriftSignal signal(ModelSet set, Fact.Drifted fact) {
    return DriftRules.signal(set, fact);
  }

  /**
   * The publications that are due.
   *
   * @param now processing time in milliseconds
   */
  public List<Fact.Published> decidePublished(ModelSet set, PublishPolicy policy, long now) {
    return PublishRules.decide(set, policy, now);
  }

  /**
   * Changes the model set by one fact that happens now. Deterministic: equal sets and equal facts
   * give equal sets.
   *
   * @throws IllegalStateException if the fact is not about this model set
   */
  public void apply(ModelSet set, Fact fact) {
    apply(set, fact, context.newest());
  }

  /**
   * As {@link #apply(ModelSet, Fact)}, a fact of some time.
   *
   * @param fresh of the schema that was the newest then
   */
  void apply(ModelSet set, Fact fact, Header fresh) {
    set.position++;
    if (fact instanceof Fact.Learned learned) {
      learn(set, learned);
    } else if (fact instanceof Fact.Labelled labelled) {
      scoreAll(set, labelled.label(), labelled.outcomes(), labelled.noChange());
    } else if (fact instanceof Fact.Drifted drifted) {
      Slot slot = known(set, drifted.slot());
      slot.watch().dealtWith();
      if (drifted.level() == DriftSignal.Level.DRIFT) {
        slot.drifts++;
        if (slot.urgentOrNull == null) {
          slot.urgentOrNull = PublishCause.DRIFT;
        }
      } else {
        slot.warnings++;
      }
    } else if (fact instanceof Fact.Published published) {
      Slot slot = known(set, published.slot());
      slot.version++;
      slot.publishedTrained = slot.trained;
      slot.publishedAt = published.at();
      slot.urgentOrNull = null;
    } else if (fact instanceof Fact.Born birth) {
      set.born = true;
      set.firstEventTime = birth.eventTime();
    } else if (fact instanceof Fact.SlotAdded added) {
      Slot slot =
          new Slot(
              added.slot(),
              beginLife(set, added.slot().id()),
              fresh(added.slot(), fresh),
              new DriftWatch(added.drift(), context.target()),
              context.target().newScore());
      slot.publishedAt = added.at();
      slot.version = set.retiredVersions.getOrDefault(slot.id(), 0L);
      set.slots.add(twinIndex(set), slot);
    } else if (fact instanceof Fact.SlotRetired retired) {
      Slot slot = known(set, retired.slot());
      set.slots.remove(slot);
      if (slot.version > 0) {
        set.retiredVersions.put(slot.id(), slot.version);
      }
    } else if (fact instanceof Fact.Reconciled reconciled) {
      set.generation = reconciled.generation();
      if (!set.champion.isEmpty() && !set.champion.equals(reconciled.champion())) {
        promoted(set, reconciled.champion(), "");
      }
      set.champion = reconciled.champion();
      set.serve = reconciled.serve();
      set.arrange(reconciled.slots());
    } else if (fact instanceof Fact.Watched watched) {
      Slot slot = known(set, watched.slot());
      set.slots.set(set.slots.indexOf(slot), slot.watchedBy(watched.drift()));
    } else if (fact instanceof Fact.Paused paused) {
      known(set, paused.slot()).paused = paused.paused();
    } else if (fact instanceof Fact.RolledBack back) {
      rollBack(set, known(set, back.slot()), back);
    } else if (fact instanceof Fact.Restarted restarted) {
      restart(set, restarted.slot(), fresh);
    } else if (fact instanceof Fact.Copied copied) {
      Slot slot = known(set, copied.slot());
      Learner learner = new LearnerCodec(context).learner(copied.payload());
      succeed(set, slot, slot.succeededBy(slot.spec(), beginLife(set, slot.id()), learner, 0));
    } else if (fact instanceof Fact.BackgroundStarted started) {
      known(set, started.slot().id()).background = background(set, started.slot(), fresh);
    } else if (fact instanceof Fact.BackgroundDropped dropped) {
      known(set, dropped.slot()).background = null;
    } else if (fact instanceof Fact.Replaced replaced) {
      replace(set, known(set, replaced.slot()));
    } else if (fact instanceof Fact.Promoted promoted) {
      boolean onTrial = promoted.cause() == Fact.Promoted.Cause.BEST;
      promoted(set, promoted.champion(), onTrial ? set.champion : "");
      set.champion = known(set, promoted.champion()).id();
    } else if (fact instanceof Fact.Boosted boosted) {
      Slot slot = known(set, boosted.slot());
      slot.boostWeight = boosted.weight();
      slot.boostLeft = boosted.instances();
    } else if (fact instanceof Fact.Outgrown outgrown) {
      known(set, outgrown.slot()).stopped =
          outgrown.limit().action() == SizeLimit.Action.STOP_LEARNING;
    } else if (fact instanceof Fact.Frozen frozen) {
      freeze(set, frozen.twin(), known(set, frozen.slot()));
    } else if (fact instanceof Fact.FeaturesWatched watched) {
      List<FeatureWatch> watches = FeatureDriftRules.watches(set, watched.watches(), fresh);
      set.watches.clear();
      set.watches.addAll(watches);
    } else if (fact instanceof Fact.FeatureDrifted drifted) {
      int index = FeatureDriftRules.index(set, drifted.watch());
      set.watches.set(index, set.watches.get(index).anew());
    } else if (fact instanceof Fact.NoTwin none) {
      set.twins.put(none.twin(), ModelSet.Twin.NONE);
    } else {
      throw new IllegalStateException("no rule for " + fact);
    }
  }

  private void learn(ModelSet set, Fact.Learned fact) {
    set.labels++;
    set.lastEventTime = fact.eventTime();
    if (!Double.isNaN(fact.label())) {
      scoreAll(set, fact.label(), fact.outcomes(), fact.noChange());
    }
    for (Fact.Outcome outcome : fact.outcomes()) {
      Slot slot = set.slot(outcome.slot());
      // Where another life answered its error says nothing of this one.
      if (slot != null && slot.incarnation() == outcome.incarnation() && !slot.isFrozen()) {
        watch(slot, fact, outcome, set);
      }
    }
    if (fact.outcomes().length > 0) { // else the event's features were seen with its first label
      for (FeatureWatch watch : set.watches) {
        watch.add(fact.features());
      }
    }
    if (set.serve.guard().needsDuels()) {
      ServeRules.compare(set, fact);
    }
    for (Slot slot : set.slots) {
      if (slot.isFrozen()) {
        continue;
      }
      if (slot.paused) {
        continue;
      }
      if (!slot.stopped) {
        train(slot.learner(), slot.trained, fact, fact.weightOf(slot.id()));
        slot.trained++;
      }
      if (slot.boostLeft > 0) {
        slot.boostLeft--;
      }
      if (slot.background != null) {
        train(slot.background.learner(), slot.background.trained, fact, fact.weight());
        slot.background.trained++;
      }
    }
  }

  /**
   * The instance that was just answered if it is the one to be learned, as MOA's own prequential
   * loop votes on and trains with one instance; at most once, since a learner may keep it.
   */
  private Instance trainingInstance(double[] features, Header header) {
    return features == answered ? answeredInstances.take(header) : header.instance(features);
  }

  private static void scoreAll(
      ModelSet set, double label, Fact.Outcome[] outcomes, double noChange) {
    double reference = set.known.reference(label);
    set.known.add(label);
    for (Fact.Outcome outcome : outcomes) {
      Slot slot = set.slot(outcome.slot());
      if (slot == null) {
        continue;
      }
      Background background = slot.background;
      Score score = null;
      if (slot.incarnation() == outcome.incarnation()) {
        score = slot.score();
      } else if (background != null && background.incarnation() == outcome.incarnation()) {
        score = background.score();
      }
      if (score != null) {
        score.add(label, outcome.predicted(), outcome.labelProbability(), noChange, reference);
      }
    }
  }

  private void watch(Slot slot, Fact.Learned fact, Fact.Outcome outcome, ModelSet set) {
    if (set.serve.decision() instanceof Decision.Anomalous rule) {
      if (slot.trained < rule.after()) {
        return;
      }
      slot.scored(outcome.labelProbability(), rule);
    }
    DriftWatch watch = slot.watch();
    Target target = context.target();
    double error = target.error(fact.label(), outcome.predicted(), outcome.labelProbability());
    double signal =
        target.signal(watch.spec().signal(), error, outcome.labelProbability(), set.known);
    watch.add(error, signal, set.labels);
  }

  private void train(Learner learner, long trained, Fact.Learned fact, double weight) {
    Instance instance = trainingInstance(fact.features(), learner.header());
    if (trained == 0) {
      // Ensembles make their members at the first vote or training, and note at which: a replay,
      // which does not vote, must do as the event did.
      learner.votes(instance);
    }
    instance.setClassValue(context.target().taught(fact.label()));
    instance.setWeight(weight);
    learner.train(instance);
  }

  /** What two slots have in common whose fresh learners are alike. */
  private record FreshKind(String learner, int seed, String features) {}

  private Learner fresh(SlotSpec slot, Header header) {
    Classifier classifier =
        freshLearners.make(
            new FreshKind(slot.learner(), slot.seed(), header.fingerprint()),
            Classifier.class,
            header.instances(),
            () -> Learners.create(slot, header.instances()));
    return new Learner(classifier, header);
  }

  private void restart(ModelSet set, SlotSpec spec, Header fresh) {
    Slot slot = known(set, spec.id());
    Learner learner = fresh(spec, fresh);
    succeed(set, slot, slot.succeededBy(spec, beginLife(set, spec.id()), learner, 0));
  }

  private void rollBack(ModelSet set, Slot slot, Fact.RolledBack fact) {
    Learner earlier = new LearnerCodec(context).learner(fact.payload());
    long life = beginLife(set, slot.id());
    Slot successor = slot.succeededBy(slot.spec(), life, earlier, fact.trained());
    successor.urgentOrNull = PublishCause.ROLLBACK;
    succeed(set, slot, successor);
  }

  private Background background(ModelSet set, SlotSpec spec, Header fresh) {
    return new Background(
        beginLife(set, spec.id()), set.labels, fresh(spec, fresh), context.target().newScore());
  }

  private static void replace(ModelSet set, Slot slot) {
    Background background = slot.background;
    if (background == null) {
      throw new IllegalStateException(
          "slot " + slot.id() + " of key " + set.key() + " has no background learner");
    }
    succeed(
        set,
        slot,
        slot.succeededBy(
            slot.spec(), background.incarnation(), background.learner(), background.trained));
  }

  private static void succeed(ModelSet set, Slot slot, Slot successor) {
    set.slots.set(set.slots.indexOf(slot), successor);
  }

  private void freeze(ModelSet set, String id, Slot champion) {
    SlotSpec spec = new SlotSpec(id, champion.spec().learner(), champion.spec().seed());
    Slot twin =
        new Slot(
            spec, beginLife(set, id), champion.learner().copy(), null, context.target().newScore());
    twin.trained = champion.trained;
    twin.scores = champion.scores == null ? null : champion.scores.copy();
    set.slots.add(twin);
    set.twins.put(id, ModelSet.Twin.FROZEN);
  }

  /** Followers learn from its next snapshot that it serves: that one waits for nothing. */
  private static void promoted(ModelSet set, String champion, String former) {
    set.servingSince = set.labels;
    set.former = former;
    set.slots.forEach(slot -> slot.duel = null);
    Slot slot = set.slot(champion);
    if (slot != null) {
      slot.urgentOrNull = PublishCause.PROMOTION;
    }
  }

  private static long beginLife(ModelSet set, String slot) {
    return set.incarnations.merge(slot, 1L, Long::sum);
  }

  /** Where the frozen twins begin. */
  private static int twinIndex(ModelSet set) {
    int index = set.slots.size();
    while (index > 0 && set.slots.get(index - 1).isFrozen()) {
      index--;
    }
    return index;
  }

  private static Slot known(ModelSet set, String id) {
    Slot slot = set.slot(id);
    if (slot == null) {
      throw new IllegalStateException("key " + set.key() + " has no slot " + id);
    }
    return slot;
  }
}
