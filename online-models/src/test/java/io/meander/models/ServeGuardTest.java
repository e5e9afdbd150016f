/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the guard rails of {@code best} hold up, and what they bring back. */
class ServeGuardTest {

  private final ModelContext context =
      new ModelContext(
          new FeatureSchema(List.of(FeatureSchema.Column.numeric("x"))), List.of("no", "yes"));
  private final Reducer reducer = new Reducer(context);

  @Test
  void aPromotionWaitsForConfidence() {
    ModelSet set = set(new ServePolicy.Guard(0.95, 0, 0));
    answered(set, 20, true, true);
    answered(set, 7, false, true);
    assertThat(reducer.decidePromoted(set)).isEmpty();

    answered(set, 1, false, true);

    assertThat(reducer.decidePromoted(set))
        .containsExactly(new Fact.Promoted("s1", Fact.Promoted.Cause.BEST));
  }

  @Test
  void anOldDefeatDoesNotWeighOnASlotThatHasCaughtUp() {
    ModelSet set = set(new ServePolicy.Guard(0.95, 0, 0));
    answered(set, 30, true, false);
    answered(set, 60, false, true);

    assertThat(reducer.decidePromoted(set)).isNotEmpty();
    assertThat(set.slot("s1").duel.lost()).isLessThan(10);
  }

  @Test
  void nothingIsPromotedWhileItCoolsDown() {
    ModelSet set = set(new ServePolicy.Guard(0, 30, 0));
    answered(set, 20, false, true);
    promote(set);
    assertThat(set.champion).isEqualTo("s1");
    answered(set, 29, true, false);
    assertThat(reducer.decidePromoted(set)).isEmpty();

    answered(set, 1, true, false);

    assertThat(reducer.decidePromoted(set)).isNotEmpty();
  }

  @Test
  void theFormerSlotServesAgainIfItIsShownToBeBetterInTime() {
    ModelSet set = set(new ServePolicy.Guard(0, 1000, 20));
    answered(set, 20, false, true);
    promote(set);
    answered(set, 7, true, false);
    assertThat(reducer.decidePromoted(set)).as("not sure enough yet").isEmpty();
    answered(set, 1, true, false);

    List<Fact> facts = reducer.decidePromoted(set);
    assertThat(facts).containsExactly(new Fact.Promoted("s0", Fact.Promoted.Cause.ROLLBACK));
    DriftSignal told = reducer.signal(set, (Fact.Promoted) facts.get(0));
    assertThat(told.level()).isEqualTo(DriftSignal.Level.ROLLED_BACK);
    assertThat(told.slot()).isEqualTo("s1");
    assertThat(told.switchedTo()).isEqualTo("s0");
    assertThat(told.evidenceOrNull().won()).isEqualTo(8);
    assertThat(told.evidenceOrNull().lost()).isZero();
    assertThat(told.evidenceOrNull().confidence()).isBetween(0.96, 0.97);

    promote(set);
    assertThat(set.former).isEmpty();
    answered(set, 15, false, true);
    assertThat(reducer.decidePromoted(set)).as("it cools down").isEmpty();
  }

  @Test
  void afterThatTimeAndAfterACommandNothingComesBack() {
    ModelSet late = set(new ServePolicy.Guard(0, 1000, 20));
    answered(late, 20, false, true);
    promote(late);
    answered(late, 13, true, true);
    answered(late, 8, true, false);
    assertThat(reducer.decidePromoted(late)).isEmpty();

    ModelSet ordered = set(new ServePolicy.Guard(0, 1000, 20));
    answered(ordered, 20, true, true);
    reducer.apply(ordered, new Fact.Promoted("s1", Fact.Promoted.Cause.COMMAND));
    answered(ordered, 12, true, false);
    assertThat(reducer.decidePromoted(ordered)).isEmpty();
  }

  @Test
  void theLastLabelOfThatTimeStillCounts() {
    ModelSet set = set(new ServePolicy.Guard(0, 1000, 8));
    answered(set, 20, false, true);
    promote(set);
    answered(set, 8, true, false);

    assertThat(reducer.decidePromoted(set)).isNotEmpty();
  }

  @Test
  void aFormerSlotThatIsShownToBeWorseOrLearnsNoMoreStaysAway() {
    ModelSet worse = set(new ServePolicy.Guard(0, 1000, 20));
    answered(worse, 20, false, true);
    promote(worse);
    answered(worse, 8, false, true);
    assertThat(reducer.decidePromoted(worse)).isEmpty();

    ModelSet paused = set(new ServePolicy.Guard(0, 1000, 20));
    answered(paused, 20, false, true);
    promote(paused);
    reducer.apply(paused, new Fact.Paused("s0", true));
    answered(paused, 8, true, false);
    assertThat(reducer.decidePromoted(paused)).isEmpty();
  }

  @Test
  void countingBeginsAnewWhenEitherOfTheTwoGetsAnotherLearner() {
    for (String anew : List.of("s0", "s1")) {
      ModelSet set = set(new ServePolicy.Guard(0.95, 0, 0));
      answered(set, 20, true, true);
      answered(set, 7, false, true);
      assertThat(set.slot("s1").duel.won()).isEqualTo(7);
      reducer.apply(set, new Fact.Restarted(set.slot(anew).spec()));

      long[] lives = {anew.equals("s0") ? 2 : 1, anew.equals("s1") ? 2 : 1};
      learned(set, 1, lives, false, true);

      assertThat(set.slot("s1").duel.won()).as(anew).isEqualTo(1);
    }
  }

  @Test
  void whatAFormerLifeAnsweredIsNotCounted() {
    ModelSet set = set(new ServePolicy.Guard(0.95, 0, 0));
    answered(set, 20, true, true);
    reducer.apply(set, new Fact.Restarted(set.slot("s1").spec()));
    learned(set, 1, new long[] {1, 2}, false, true);
    learned(set, 6, new long[] {1, 1}, false, true);

    assertThat(set.slot("s1").duel.won()).isEqualTo(1);
  }

  @Test
  void aDefeatThatIsNotSureIsRemembered() {
    ModelSet set = set(new ServePolicy.Guard(0.95, 0, 0));
    answered(set, 5, true, false);
    answered(set, 1, false, true);

    assertThat(set.slot("s1").duel.lost()).isEqualTo(5);
    assertThat(set.slot("s1").duel.won()).isEqualTo(1);
  }

  @Test
  void theGuardsStateIsInTheImage() {
    ModelSet set = set(new ServePolicy.Guard(0, 1000, 20));
    answered(set, 20, false, true);
    promote(set);
    answered(set, 8, true, false);
    ModelSetCodec codec = new ModelSetCodec(context);

    ModelSet read = codec.read("k", codec.write(set).bytes()).set();

    assertThat(read.serve).isEqualTo(set.serve);
    assertThat(reducer.decidePromoted(read)).isEqualTo(reducer.decidePromoted(set)).isNotEmpty();
  }

  private void promote(ModelSet set) {
    reducer.decidePromoted(set).forEach(fact -> reducer.apply(set, fact));
  }

  private ModelSet set(ServePolicy.Guard guard) {
    Deployment plain = Learning.deployment(null, "bayes.NaiveBayes", "bayes.NaiveBayes");
    ServePolicy policy = new ServePolicy(ServePolicy.Kind.BEST, 10, 0.01).guarded(guard);
    Deployment deployment =
        new Deployment(1, plain.slots(), "s0", plain.drift(), List.of(), Map.of(), policy);
    ModelSet set = new ModelSet("k", context.target());
    reducer.decideTouched(set, deployment, 0, 0).forEach(fact -> reducer.apply(set, fact));
    return set;
  }

  /** So many labels, each of which every slot in its first life got right or wrong. */
  private void answered(ModelSet set, int labels, boolean... right) {
    learned(set, labels, new long[] {1, 1}, right);
  }

  private void learned(ModelSet set, int labels, long[] lives, boolean... right) {
    for (int label = 0; label < labels; label++) {
      List<Fact.Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < right.length; i++) {
        outcomes.add(new Fact.Outcome("s" + i, lives[i], right[i] ? 0 : 1, 0.5));
      }
      reducer.apply(
          set,
          new Fact.Learned(new double[] {1}, 0, 1, 0, outcomes.toArray(new Fact.Outcome[0]), 0, 0));
    }
  }
}
