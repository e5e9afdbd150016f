/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Fact;
import io.meander.models.Reducer;
import io.meander.models.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a label does to its key's models: the answer is scored as it was served, then the label is
 * learned, then the policies act on what that showed, and what is due is published. What is to be
 * told of it waits here for the step. All decisions are the {@link Reducer}'s. Called by {@link
 * LearningOperator}, on the task's thread, with the set's key as the current one.
 */
final class TestThenTrain {

  private final Reducer reducer;
  private final KeyedModels models;
  private final Publishing publishing;
  private final ControlInput control;
  private final double[] classWeights;
  private final Consumer<LiveModels.Entry> beforeFirstLabel;
  private final RunClock clock;
  private final LearningMetrics counts;

  /** What the labels of the present record raised. */
  private final List<DriftSignal> raised = new ArrayList<>();

  /**
   * @param classWeights by class; empty if all count the same
   * @param beforeFirstLabel told of a key that is about to learn its first label
   * @param clock by which publications are due
   */
  TestThenTrain(
      Reducer reducer,
      KeyedModels models,
      Publishing publishing,
      ControlInput control,
      double[] classWeights,
      Consumer<LiveModels.Entry> beforeFirstLabel,
      RunClock clock,
      LearningMetrics counts) {
    this.reducer = reducer;
    this.models = models;
    this.publishing = publishing;
    this.control = control;
    this.classWeights = classWeights;
    this.beforeFirstLabel = beforeFirstLabel;
    this.clock = clock;
    this.counts = counts;
  }

  /**
   * @param featuresOrNull null if the event was learned when it was answered
   */
  Scored learn(
      LiveModels.Entry entry,
      Answer answer,
      double[] featuresOrNull,
      double label,
      long time,
      double weight)
      throws Exception {
    if (entry.set.labels() == 0) {
      beforeFirstLabel.accept(entry);
    }
    double reference = entry.set.reference(label);
    Fact fact =
        reducer.decideLabelled(entry.set, featuresOrNull, answer, label, effective(weight, label));
    models.apply(entry, fact);
    if (fact instanceof Fact.Learned) {
      counts.labels.inc();
      afterLearning(entry);
    } else {
      models.noted(entry);
    }
    return new Scored(answer, label, time, reference);
  }

  /** A corrected label is learned, and scores nothing. */
  void relearn(
      LiveModels.Entry entry, Answer answer, double[] features, double label, double weight)
      throws Exception {
    if (entry.set.labels() == 0) {
      beforeFirstLabel.accept(entry);
    }
    models.apply(
        entry,
        reducer.decideRelearned(entry.set, features, answer, label, effective(weight, label)));
    counts.labels.inc();
    afterLearning(entry);
  }

  /** An event is learned without its label, when it is answered. */
  void unlabelled(LiveModels.Entry entry, Answer answer, double[] features, double weight)
      throws Exception {
    models.apply(entry, reducer.decideLearned(entry.set, features, answer, weight));
    counts.unlabelled.inc();
    afterLearning(entry);
  }

  /** What was raised since this was asked last. */
  List<DriftSignal> raised() {
    if (raised.isEmpty()) {
      return List.of();
    }
    List<DriftSignal> signals = List.copyOf(raised);
    raised.clear();
    return signals;
  }

  private void afterLearning(LiveModels.Entry entry) throws Exception {
    applied(entry, reducer.decideAlarmed(entry.set));
    applied(entry, reducer.decideOutgrown(entry.set, control.deployment()));
    applied(entry, reducer.decidePromoted(entry.set));
    boolean serialised = models.learned(entry);
    publishing.learned(entry, clock.now(), serialised);
  }

  /** Applies facts, and keeps what they tell the world for the step. */
  private void applied(LiveModels.Entry entry, List<Fact> facts) {
    if (facts.isEmpty()) {
      return; // as nearly always: no iterator is made
    }
    for (Fact fact : facts) {
      if (fact instanceof Fact.Drifted drifted) {
        raised.add(reducer.signal(entry.set, drifted));
        counts.drifted(drifted.level());
      } else if (fact instanceof Fact.FeatureDrifted feature) {
        raised.add(reducer.signal(entry.set, feature));
        counts.featureDrifts.inc();
      } else if (fact instanceof Fact.Outgrown large) {
        raised.add(reducer.signal(entry.set, large));
        counts.outgrown.inc();
      } else if (fact instanceof Fact.Promoted promoted) {
        counts.promotions.inc();
        if (promoted.cause() != Fact.Promoted.Cause.DRIFT) { // else the drift before it tells
          raised.add(reducer.signal(entry.set, promoted));
        }
      }
      models.apply(entry, fact);
    }
  }

  /** Effective: the event's own times its class's. */
  private double effective(double weight, double label) {
    return classWeights.length == 0 ? weight : weight * classWeights[(int) label];
  }
}
