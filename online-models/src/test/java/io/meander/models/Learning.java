/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;

/** Runs one model set over rows, as the operator would, for tests. */
final class Learning {

  static final Target TWO = new ClassTarget(List.of("no", "yes"));
  static final Target THREE = new ClassTarget(List.of("a", "b", "c"));

  final ModelContext context;
  final Reducer reducer;
  final Deployment deployment;
  final List<Fact> facts = new ArrayList<>();
  final List<DriftSignal> signals = new ArrayList<>();
  final Score served;
  ModelSet set;

  Learning(ModelContext context, Deployment deployment) {
    this.context = context;
    this.reducer = new Reducer(context);
    this.deployment = deployment;
    this.served = context.target().newScore();
    this.set = new ModelSet("all", context.target());
  }

  static Learning of(ModelContext context, String... learners) {
    return new Learning(context, deployment(null, learners));
  }

  /** Slots s0, s1, …, the first is the champion. */
  static Deployment deployment(FreezeSpec freeze, String... learners) {
    List<SlotSpec> slots = new ArrayList<>();
    for (String learner : learners) {
      slots.add(new SlotSpec("s" + slots.size(), learner, SlotSpec.DEFAULT_SEED));
    }
    return new Deployment(1, slots, "s0", DriftSpec.DEFAULT, freeze);
  }

  Answer learn(Stream.Row row) {
    return learn(row, Observation.NO_TIME);
  }

  Answer learn(Stream.Row row, long eventTime) {
    reducer.decideTouched(set, deployment, eventTime, 0).forEach(this::apply);
    Answer answer =
        reducer.answer(
            set,
            new Observation(
                set.labels(),
                "",
                set.key(),
                eventTime,
                row.features(),
                row.label(),
                new String[0]));
    apply(reducer.decideLabelled(set, row.features(), answer, row.label(), 1.0));
    Answer.SlotAnswer a = answer.servedAnswer();
    served.add(
        row.label(), a.predicted(), a.votes()[row.label()], answer.noChange(), set.typical());
    for (Fact fact : reducer.decideAlarmed(set)) {
      if (fact instanceof Fact.Drifted drifted) {
        signals.add(reducer.signal(set, drifted));
      } else if (fact instanceof Fact.FeatureDrifted feature) {
        signals.add(reducer.signal(set, feature));
      }
      apply(fact);
    }
    for (Fact fact : reducer.decidePromoted(set)) {
      signals.add(reducer.signal(set, (Fact.Promoted) fact));
      apply(fact);
    }
    return answer;
  }

  Learning learnAll(List<Stream.Row> rows) {
    rows.forEach(this::learn);
    return this;
  }

  private void apply(Fact fact) {
    facts.add(fact);
    reducer.apply(set, fact);
  }
}
