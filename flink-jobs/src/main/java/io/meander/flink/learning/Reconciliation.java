/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Directive;
import io.meander.models.Fact;
import io.meander.models.Reducer;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.flink.metrics.Counter;

/**
 * Brings a key's model set to the deployment when the key is touched, at the {@link FollowPace}
 * where very many are behind, and obeys orders for one key. All decisions are the {@link
 * Reducer}'s. Called by {@link LearningOperator}, on the task's thread.
 */
final class Reconciliation {

  private final ControlInput control;
  private final KeyedModels models;
  private final Reducer reducer;
  private final VersionHistory history;
  private final RunClock clock;
  private final BiConsumer<String, String> gone;
  private final Counter unborn;
  private final FollowPace pace = new FollowPace(System::nanoTime);

  /**
   * @param gone told the key and the slot of models that are no more
   * @param unborn counts orders for keys that were never born
   */
  Reconciliation(
      ControlInput control,
      KeyedModels models,
      Reducer reducer,
      VersionHistory history,
      RunClock clock,
      BiConsumer<String, String> gone,
      Counter unborn) {
    this.control = control;
    this.models = models;
    this.reducer = reducer;
    this.history = history;
    this.clock = clock;
    this.gone = gone;
    this.unborn = unborn;
  }

  /** The set is about to answer an event; what following takes is charged until {@link #done}. */
  void answers(LiveModels.Entry entry, long eventTime) {
    apply(
        entry,
        reducer.decideTouched(
            entry.set, control.deployment(), eventTime, clock.now(), history, follows(entry)));
  }

  /** The event is handled, and its label if that came with it. */
  void done() {
    pace.done();
  }

  /** The current key's models, brought up to the deployment if it follows now. */
  LiveModels.Entry touched() throws Exception {
    LiveModels.Entry entry = models.current();
    if (follows(entry)) {
      reconcile(entry);
      pace.done();
    }
    return entry;
  }

  /** An order for the current key; one that was never born has nothing to order. */
  void obey(Directive directive) throws Exception {
    if (models.peek() == null) {
      unborn.inc();
      return;
    }
    LiveModels.Entry entry = models.current();
    reconcile(entry);
    apply(
        entry,
        reducer.decideOrdered(
            entry.set,
            control.deployment(),
            directive.order(),
            directive.payloadOrNull(),
            history));
  }

  private void reconcile(LiveModels.Entry entry) {
    apply(entry, reducer.decideReconciled(entry.set, control.deployment(), clock.now(), history));
  }

  /**
   * Whether the key follows the deployment now, if it is behind it. In a run over files it always
   * does: that does not go by the clock.
   */
  private boolean follows(LiveModels.Entry entry) {
    long generation = entry.set.generation();
    boolean born = generation > 0;
    if (!clock.isTimed() || !born || generation >= control.deployment().generation()) {
      return true;
    }
    boolean follows = pace.follows(models.live().unreconciled());
    if (!follows) {
      models.live().behind(entry);
    }
    return follows;
  }

  /** Applies facts that tell the world nothing. An earlier model is not replayed from the log. */
  private void apply(LiveModels.Entry entry, List<Fact> facts) {
    boolean back = false;
    for (int i = 0; i < facts.size(); i++) { // no iterator over nothing, once an event
      models.apply(entry, facts.get(i));
      back |= facts.get(i) instanceof Fact.RolledBack;
      if (facts.get(i) instanceof Fact.SlotRetired retired) {
        gone.accept(entry.set.key(), retired.slot());
      }
    }
    if (back) {
      models.putImage(entry);
    }
  }
}
