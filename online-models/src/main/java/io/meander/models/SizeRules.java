/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * When a slot's learner is weighed against its {@link SizeLimit}: after its first {@value #FIRST}
 * instances and each time it has learned a quarter more, so that weighing costs a small part of
 * learning. The points and the sizes depend on what was learned alone, never on when the model was
 * written or loaded: a run with failures decides as one without. Called by the {@link Reducer}.
 */
final class SizeRules {

  private static final long FIRST = 64;
  private static final long GROWTH = 4;

  /**
   * The canonical form is only made of a learner that is near its limit or above. The plain form
   * differs from it by texts that are written twice or once.
   */
  private static final double NEAR = 0.8;

  private SizeRules() {}

  static List<Fact> decide(ModelSet set, Deployment deployment) {
    if (deployment.limits().isEmpty()) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>(2);
    for (Slot slot : set.slots) {
      SizeLimit limit = deployment.limits().get(slot.id());
      if (limit == null || slot.isFrozen() || slot.stopped || slot.trained < nextWeighing(slot)) {
        continue;
      }
      boolean onPoint = slot.trained == slot.nextWeighing;
      slot.nextWeighing = 0;
      if (onPoint && isNear(slot, limit)) {
        long bytes = weigh(slot.learner(), true);
        if (bytes > limit.bytes()) {
          facts.add(new Fact.Outgrown(slot.id(), bytes, limit));
          if (limit.action() == SizeLimit.Action.RESTART) {
            facts.add(new Fact.Restarted(slot.spec()));
          }
        }
      }
    }
    return facts;
  }

  /** What is told of a slot that is too large; ask before applying the fact. */
  static DriftSignal signal(ModelSet set, Fact.Outgrown fact) {
    return DriftSignal.of(
        set,
        set.slot(fact.slot()),
        fact.limit().text(),
        DriftSignal.Level.OUTGROWN,
        fact.limit().action() == SizeLimit.Action.RESTART
            ? DriftSignal.Action.RESET
            : DriftSignal.Action.STOP_LEARNING,
        "");
  }

  private static boolean isNear(Slot slot, SizeLimit limit) {
    int plain = weigh(slot.learner(), false);
    return plain > NEAR * limit.bytes();
  }

  private static int weigh(Learner learner, boolean canonical) {
    InstancesHeader header = learner.header().instances();
    return canonical
        ? JavaObjects.canonical(learner.classifier(), header).length
        : JavaObjects.write(learner.classifier(), header).length;
  }

  /** The first point that the slot has not passed. */
  private static long nextWeighing(Slot slot) {
    if (slot.nextWeighing == 0) {
      long point = FIRST;
      while (point < slot.trained) {
        point += point / GROWTH;
      }
      slot.nextWeighing = point;
    }
    return slot.nextWeighing;
  }
}
