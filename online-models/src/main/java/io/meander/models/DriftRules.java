/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;

/**
 * What follows from a model set's alarms, by the slots' drift policies. Looks and changes nothing;
 * called by the {@link Reducer}.
 */
final class DriftRules {

  private DriftRules() {}

  /**
   * @return for each alarm a {@link Fact.Drifted} with the action that is really taken, each
   *     followed by what it does; and the background learners whose time is up
   */
  static List<Fact> decide(ModelSet set) {
    List<Fact> facts = List.of();
    for (Slot slot : set.slots) {
      if (slot.isFrozen()) {
        continue;
      }
      DriftSignal.Level raised = slot.watch().raised();
      if (slot.paused) {
        if (raised != null) {
          facts = facts.isEmpty() ? new ArrayList<>(4) : facts;
          add(slot, raised, DriftSignal.Action.ALERT, facts); // its model is to stay as it is
        }
        continue;
      }
      boolean overdue = isOverdue(set, slot);
      if (raised == null && !overdue) {
        continue;
      }
      if (facts.isEmpty()) {
        facts = new ArrayList<>(4);
      }
      if (raised == DriftSignal.Level.DRIFT) {
        drift(set, slot, facts);
      } else {
        if (overdue) {
          facts.add(new Fact.BackgroundDropped(slot.id()));
        }
        if (raised == DriftSignal.Level.WARNING) {
          warning(slot, facts);
        }
      }
    }
    return facts;
  }

  /** The alarm that a fact is about, as it is told to the world, before the fact is applied. */
  static DriftSignal signal(ModelSet set, Fact.Drifted fact) {
    Slot slot = set.slot(fact.slot());
    return DriftSignal.of(
        set,
        slot,
        slot.watch().detectorOf(fact.level()),
        fact.level(),
        fact.action(),
        fact.switchedTo());
  }

  private static boolean isOverdue(ModelSet set, Slot slot) {
    return slot.background != null
        && set.labels - slot.background.bornAt() >= slot.watch().spec().backgroundInstances();
  }

  private static void warning(Slot slot, List<Fact> facts) {
    boolean start =
        slot.watch().spec().onWarning() == DriftSpec.OnWarning.START_BACKGROUND
            && slot.background == null;
    add(
        slot,
        DriftSignal.Level.WARNING,
        start ? DriftSignal.Action.START_BACKGROUND : DriftSignal.Action.ALERT,
        facts);
    if (start) {
      facts.add(new Fact.BackgroundStarted(slot.spec()));
    }
  }

  private static void drift(ModelSet set, Slot slot, List<Fact> facts) {
    DriftSpec spec = slot.watch().spec();
    switch (spec.onDrift()) {
      case ALERT -> alert(slot, facts);
      case RESET -> reset(slot, facts);
      case REPLACE -> {
        if (slot.background == null) {
          reset(slot, facts);
        } else {
          add(slot, DriftSignal.Level.DRIFT, DriftSignal.Action.REPLACE, facts);
          facts.add(new Fact.Replaced(slot.id()));
        }
      }
      case SWITCH -> {
        Slot best = slot.id().equals(set.champion) ? best(set, slot) : slot;
        if (best == slot) {
          alert(slot, facts);
        } else {
          facts.add(
              new Fact.Drifted(
                  slot.id(), DriftSignal.Level.DRIFT, DriftSignal.Action.SWITCH, best.id()));
          facts.add(new Fact.Promoted(best.id(), Fact.Promoted.Cause.DRIFT));
        }
      }
      case BOOST -> {
        add(slot, DriftSignal.Level.DRIFT, DriftSignal.Action.BOOST, facts);
        facts.add(new Fact.Boosted(slot.id(), spec.boost().weight(), spec.boost().instances()));
      }
    }
  }

  /**
   * The slot with the least recent error that may serve; of equals the champion, then the first.
   */
  private static Slot best(ModelSet set, Slot champion) {
    Slot best = champion;
    for (Slot slot : set.slots) {
      if (ServeRules.mayServe(slot)
          && slot.watch().recent().isTelling()
          && slot.watch().recent().late() < best.watch().recent().late()) {
        best = slot;
      }
    }
    return best;
  }

  private static void alert(Slot slot, List<Fact> facts) {
    add(slot, DriftSignal.Level.DRIFT, DriftSignal.Action.ALERT, facts);
  }

  private static void reset(Slot slot, List<Fact> facts) {
    add(slot, DriftSignal.Level.DRIFT, DriftSignal.Action.RESET, facts);
    facts.add(new Fact.Restarted(slot.spec()));
  }

  private static void add(
      Slot slot, DriftSignal.Level level, DriftSignal.Action action, List<Fact> facts) {
    facts.add(new Fact.Drifted(slot.id(), level, action));
  }
}
