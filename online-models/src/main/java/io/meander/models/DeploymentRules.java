/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What follows for a model set from the wanted deployment: which slots come and go, and when the
 * champion's twins are made. Looks and changes nothing; called by the {@link Reducer}.
 */
final class DeploymentRules {

  private DeploymentRules() {}

  /** See {@link Reducer#decideTouched}. */
  static List<Fact> decide(
      ModelSet set,
      Deployment deployment,
      long eventTime,
      long now,
      KeptVersions kept,
      boolean follow,
      Header newest) {
    boolean behind = set.generation < deployment.generation() && (follow || !set.born);
    if (set.born && !behind && firstDue(set, deployment, eventTime) == null) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>();
    if (!set.born) {
      facts.add(new Fact.Born(eventTime));
    }
    if (behind && !set.born) {
      reconcile(set, deployment, now, kept, newest, facts);
    }
    Slot champion = set.slot(set.champion);
    boolean learned = champion != null && champion.trained > 0;
    for (FrozenTwin twin : deployment.twins()) {
      if (isDue(set, twin, eventTime)) {
        boolean fits = set.generation >= deployment.since(twin.id());
        facts.add(
            learned && fits
                ? new Fact.Frozen(twin.id(), champion.id())
                : new Fact.NoTwin(twin.id()));
      }
    }
    if (behind && set.born) {
      reconcile(set, deployment, now, kept, newest, facts); // after the copy: the champion may go
    }
    return facts;
  }

  private static FrozenTwin firstDue(ModelSet set, Deployment deployment, long eventTime) {
    List<FrozenTwin> twins = deployment.twins();
    for (int i = 0; i < twins.size(); i++) { // an iterator at every event is worth avoiding
      if (isDue(set, twins.get(i), eventTime)) {
        return twins.get(i);
      }
    }
    return null;
  }

  /** See {@link Reducer#decideReconciled}. */
  static List<Fact> reconciled(
      ModelSet set, Deployment deployment, long now, KeptVersions kept, Header newest) {
    if (!set.born || set.generation >= deployment.generation()) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>();
    reconcile(set, deployment, now, kept, newest, facts);
    return facts;
  }

  private static void reconcile(
      ModelSet set,
      Deployment deployment,
      long now,
      KeptVersions kept,
      Header newest,
      List<Fact> facts) {
    for (Slot slot : set.slots) {
      boolean gone =
          slot.isFrozen()
              ? set.generation < deployment.since(slot.id())
              : deployment.slot(slot.id()) == null;
      if (gone) {
        facts.add(new Fact.SlotRetired(slot.id()));
      }
    }
    Set<String> fresh = new HashSet<>();
    for (SlotSpec wanted : deployment.slots()) {
      Slot present = set.slot(wanted.id());
      DriftSpec drift = deployment.drift().of(wanted.id());
      if (present == null) {
        facts.add(new Fact.SlotAdded(wanted, drift, now));
        fresh.add(wanted.id());
        continue;
      }
      // The key may have missed that the slot went and came again.
      if (!present.spec().equals(wanted) || set.generation < deployment.since(wanted.id())) {
        facts.add(new Fact.Restarted(wanted));
        fresh.add(wanted.id());
        if (present.paused) {
          facts.add(new Fact.Paused(wanted.id(), false));
        }
      }
      if (!present.watch().spec().equals(drift)) {
        facts.add(new Fact.Watched(wanted.id(), drift));
      }
    }
    if (!FeatureDriftRules.areThere(set, deployment.drift().features(), newest)) {
      facts.add(new Fact.FeaturesWatched(deployment.drift().features()));
    }
    OrderRules.decide(set, deployment, fresh, kept, facts);
    facts.add(
        new Fact.Reconciled(
            deployment.generation(),
            OrderRules.champion(set, deployment),
            deployment.serve(),
            deployment.slots().stream().map(SlotSpec::id).toList()));
  }

  private static boolean isDue(ModelSet set, FrozenTwin twin, long eventTime) {
    if (set.twins.containsKey(twin.id())) {
      return false;
    }
    FreezeSpec freeze = twin.when();
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
}
