/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;

/** What follows from the watches of a model set's features. Looks and changes nothing. */
final class FeatureDriftRules {

  private FeatureDriftRules() {}

  /**
   * @return a {@link Fact.FeatureDrifted} for each watch that the last learned instance alarmed
   */
  static List<Fact> decide(ModelSet set) {
    List<Fact> facts = List.of();
    for (FeatureWatch watch : set.watches) {
      if (watch.raised()) {
        if (facts.isEmpty()) {
          facts = new ArrayList<>(2);
        }
        facts.add(new Fact.FeatureDrifted(watch.spec()));
      }
    }
    return facts;
  }

  /** The alarm as it is told to the world, before the fact is applied. */
  static DriftSignal signal(ModelSet set, Fact.FeatureDrifted fact) {
    FeatureWatch watch = set.watches.get(index(set, fact.watch()));
    return new DriftSignal(
        set.key(),
        "",
        0,
        fact.watch().detector(),
        DriftSignal.Level.DRIFT,
        set.labels,
        set.lastEventTime,
        watch.before(),
        watch.after(),
        DriftSignal.Action.ALERT,
        "",
        fact.watch(),
        null);
  }

  /** Watches as they are wanted: those that are there already, of the same columns, go on. */
  static List<FeatureWatch> watches(ModelSet set, List<FeatureWatchSpec> wanted, Header fresh) {
    List<FeatureWatch> watches = new ArrayList<>(wanted.size());
    for (FeatureWatchSpec spec : wanted) {
      int present = find(set, spec);
      boolean goesOn = present >= 0 && set.watches.get(present).isOf(fresh);
      watches.add(goesOn ? set.watches.get(present) : new FeatureWatch(spec, fresh));
    }
    return watches;
  }

  /** Whether the watches are the wanted ones, in their order, of these columns. */
  static boolean areThere(ModelSet set, List<FeatureWatchSpec> wanted, Header fresh) {
    return set.watches.stream().map(FeatureWatch::spec).toList().equals(wanted)
        && set.watches.stream().allMatch(watch -> watch.isOf(fresh));
  }

  static int index(ModelSet set, FeatureWatchSpec spec) {
    int index = find(set, spec);
    if (index < 0) {
      throw new IllegalStateException("key " + set.key() + " does not watch " + spec);
    }
    return index;
  }

  private static int find(ModelSet set, FeatureWatchSpec spec) {
    for (int i = 0; i < set.watches.size(); i++) {
      if (set.watches.get(i).spec().equals(spec)) {
        return i;
      }
    }
    return -1;
  }
}
