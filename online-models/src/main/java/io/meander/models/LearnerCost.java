/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/**
 * What one slot takes to answer and learn, alone and in one model for all keys, measured on this
 * machine now.
 *
 * @param instances that were measured, after as many or more to warm up
 * @param micros per instance
 */
public record LearnerCost(int instances, double micros) {

  private static final long LONGEST_NANOS = 1_000_000_000L;

  /**
   * Takes up to two seconds.
   *
   * @param labelled events with their labels, at least one
   */
  public static LearnerCost measure(
      ModelContext context, SlotSpec slot, List<Observation> labelled) {
    learn(context, slot, labelled);
    return learn(context, slot, labelled);
  }

  private static LearnerCost learn(
      ModelContext context, SlotSpec slot, List<Observation> labelled) {
    Reducer reducer = new Reducer(context);
    ModelSet set = new ModelSet("measured", context.target());
    Deployment deployment = new Deployment(1, List.of(slot), slot.id(), DriftSpec.DEFAULT, null);
    reducer.decideTouched(set, deployment, 0, 0).forEach(fact -> reducer.apply(set, fact));
    long start = System.nanoTime();
    long took = 0;
    int instances = 0;
    for (Observation event : labelled) {
      Answer answer = reducer.answer(set, event);
      reducer.apply(set, reducer.decideLabelled(set, event.features(), answer, event.label(), 1));
      reducer.decideAlarmed(set).forEach(fact -> reducer.apply(set, fact));
      instances++;
      took = System.nanoTime() - start;
      if (took > LONGEST_NANOS) {
        break;
      }
    }
    return new LearnerCost(instances, took / 1e3 / instances);
  }
}
