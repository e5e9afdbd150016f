/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServeRulesTest {

  private static final double EXACTLY = 1e-12;
  private static final ServePolicy BEST = new ServePolicy(ServePolicy.Kind.BEST, 10, 0.15);
  private static final ServePolicy VOTE = new ServePolicy(ServePolicy.Kind.VOTE, 10, 0.01);

  private final ModelContext context = context("no", "yes");
  private final Reducer reducer = new Reducer(context);

  @Test
  void nothingIsPromotedBeforeTheMinimumOfEvidence() {
    ModelSet set = set(BEST, 2);
    answered(set, 9, 9, 0);
    assertThat(reducer.decidePromoted(set)).isEmpty();

    answered(set, 1, 1, 0);

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s1"));
  }

  @Test
  void aPromotionNeedsMoreThanTheMargin() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 3, 2); // 0.2 is not below 0.3 - 0.15
    assertThat(reducer.decidePromoted(set)).isEmpty();

    answered(set, 10, 3, 0); // 0.1 is

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s1"));
  }

  @Test
  void aPromotedSlotServesUntilAnotherIsBetterByTheMargin() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 5, 1);
    reducer.decidePromoted(set).forEach(fact -> reducer.apply(set, fact));
    assertThat(set.champion).isEqualTo("s1");

    answered(set, 10, 0, 6); // 5 of 20 against 7 of 20: better, but not by 0.15
    assertThat(reducer.decidePromoted(set)).isEmpty();
    answered(set, 5, 0, 5); // 5 of 25 against 12 of 25

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s0"));
  }

  @Test
  void theLeastErrorIsPromotedAndOfEqualsTheFirst() {
    ModelSet set = set(BEST, 4);
    answered(set, 10, 9, 4, 1, 1);

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s2"));
  }

  @Test
  void aSlotThatLearnsNoMoreIsNotPromotedAndServesOn() {
    ModelSet set = set(BEST, 3);
    answered(set, 10, 8, 0, 2);
    stop(set, "s1");
    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s2"));

    reducer.apply(set, promoted("s1"));

    assertThat(reducer.decidePromoted(set)).isEmpty();
  }

  @Test
  void theFrozenTwinIsNeverPromotedAndNeverVotes() {
    for (ServePolicy policy : List.of(BEST, VOTE)) {
      ModelSet set = set(policy, 2);
      answered(set, 1, 1, 1);
      reducer.apply(set, new Fact.Frozen(SlotSpec.FROZEN, "s0"));
      assertThat(ServeRules.weights(set)).hasSize(3).endsWith(0);
      for (int i = 0; i < 20; i++) {
        learn(set, List.of(miss("s0", 1), miss("s1", 1), hit(SlotSpec.FROZEN, 1)));
      }
      assertThat(reducer.decidePromoted(set)).isEmpty();
      assertThat(ServeRules.weights(set)).containsExactly(1, 1, 0);
    }
  }

  @Test
  void whatAnotherLifeAnsweredIsNoEvidence() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 9, 9);
    for (int i = 0; i < 50; i++) {
      learn(set, List.of(miss("s0", 1), hit("s1", 7)));
    }
    assertThat(reducer.decidePromoted(set)).isEmpty();
    assertThat(set.slot("s1").watch().recent().seen()).isEqualTo(10);
  }

  @Test
  void aFreshLearnerProvesItselfAnew() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 9, 0);
    reducer.apply(set, new Fact.Restarted(set.slot("s1").spec()));
    for (int i = 0; i < 9; i++) {
      learn(set, List.of(miss("s0", 1), hit("s1", 2)));
    }
    assertThat(reducer.decidePromoted(set)).isEmpty();

    learn(set, List.of(miss("s0", 1), hit("s1", 2)));

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s1"));
  }

  @Test
  void aFreshLearnerThatServesIsNotCondemnedBeforeItIsProven() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 0, 0);
    reducer.apply(set, new Fact.Restarted(set.slot("s0").spec()));
    for (int i = 0; i < 9; i++) {
      learn(set, List.of(miss("s0", 2), hit("s1", 1)));
    }
    assertThat(reducer.decidePromoted(set)).isEmpty();

    learn(set, List.of(miss("s0", 2), hit("s1", 1)));

    assertThat(reducer.decidePromoted(set)).containsExactly(promoted("s1"));
  }

  @Test
  void onlyThePolicyBestPromotes() {
    for (ServePolicy policy : List.of(ServePolicy.CHAMPION, VOTE)) {
      ModelSet set = set(policy, 2);
      answered(set, 500, 500, 0);
      assertThat(reducer.decidePromoted(set)).isEmpty();
    }
  }

  @Test
  void aPromotionIsToldOfTheSlotThatServedBefore() {
    ModelSet set = set(BEST, 2);
    answered(set, 10, 5, 2);

    DriftSignal signal = reducer.signal(set, promoted("s1"));

    assertThat(signal.slot()).isEqualTo("s0");
    assertThat(signal.switchedTo()).isEqualTo("s1");
    assertThat(signal.level()).isEqualTo(DriftSignal.Level.PROMOTED);
    assertThat(signal.action()).isEqualTo(DriftSignal.Action.SWITCH);
    assertThat(signal.detector()).isEqualTo("best min-evidence 10 margin 0.15");
    assertThat(signal.instance()).isEqualTo(10);
    assertThat(signal.errorBefore()).isEqualTo(0.5, within(EXACTLY));
    assertThat(signal.evidenceOrNull().error()).isEqualTo(0.2, within(EXACTLY));
  }

  @Test
  void weightsAreTheLogOddsOfTheError() {
    ModelSet set = set(VOTE, 5);
    answered(set, 20, 5, 2, 10, 0, 20);

    assertThat(ServeRules.weights(set))
        .containsExactly(
            new double[] {1.0986122886681098, 2.1972245773362196, 0, 6.906754778648554, 0},
            within(1e-9));
  }

  @Test
  void withSeveralClassesGuessingAmongThemWeighsNothing() {
    ModelContext three = context("a", "b", "c");
    ModelSet set = set(new Reducer(three), three, VOTE, 3);
    answered(new Reducer(three), set, 12, 8, 6, 4);

    assertThat(ServeRules.weights(set))
        .containsExactly(new double[] {0, 0.6931471805599453, 1.3862943611198906}, within(1e-9));
  }

  @Test
  void slotsWeighTheSameUntilOneIsProven() {
    ModelSet set = set(VOTE, 2);
    answered(set, 9, 9, 0);
    assertThat(ServeRules.weights(set)).containsExactly(1, 1);

    reducer.apply(set, new Fact.Restarted(set.slot("s0").spec()));
    learn(set, List.of(hit("s0", 2), miss("s1", 1)));

    assertThat(ServeRules.weights(set))
        .containsExactly(new double[] {0, 2.1972245773362196}, within(1e-9));
  }

  @Test
  void slotsWeighTheSameIfNoneIsBetterThanGuessing() {
    ModelSet set = set(VOTE, 2);
    answered(set, 20, 15, 11);

    assertThat(ServeRules.weights(set)).containsExactly(1, 1);
  }

  @Test
  void votesAreAddedUpByTheirWeights() {
    ModelSet set = set(VOTE, 2);
    Answer.SlotAnswer[] answers = {answer("s0", 0.9, 0.1), answer("s1", 0.2, 0.8)};
    Answer.SlotAnswer equal = ServeRules.combined(set, answers);
    assertThat(equal.predicted()).isZero();
    assertThat(equal.votes()).containsExactly(new double[] {0.55, 0.45}, within(EXACTLY));

    answered(set, 20, 5, 2); // ln 3 and ln 9: the second counts twice
    Answer.SlotAnswer weighted = ServeRules.combined(set, answers);

    assertThat(weighted.predicted()).isOne();
    assertThat(weighted.votes()).containsExactly(new double[] {1.3 / 3, 1.7 / 3}, within(1e-9));
    assertThat(weighted.slot()).isEqualTo("served");
    assertThat(weighted.incarnation()).isZero();
    assertThat(weighted.trainedInstances()).isEqualTo(20);
  }

  @Test
  void aVoteIsServedAndLearnedAsNoSlotsAnswer() {
    ModelSet set = set(VOTE, 2);
    answered(set, 20, 5, 2);

    Answer answer = reducer.answer(set, event());

    assertThat(answer.served()).isEqualTo(Answer.COMBINED);
    assertThat(answer.slots()).extracting(Answer.SlotAnswer::slot).containsExactly("s0", "s1");
    assertThat(answer.servedAnswer().votes())
        .isEqualTo(ServeRules.combined(set, answer.slots()).votes());
    Fact.Learned learned =
        (Fact.Learned) reducer.decideLabelled(set, new double[] {1}, answer, 1, 1);
    assertThat(learned.served()).isEqualTo(Answer.COMBINED);
    assertThat(learned.outcomes()).hasSize(2);
  }

  @Test
  void aStoredSetGoesOnVotingAndPromotingAsItDid() {
    ModelSetCodec codec = new ModelSetCodec(context);
    for (ServePolicy policy : List.of(BEST, VOTE)) {
      ModelSet set = set(policy, 3);
      answered(set, 37, 17, 5, 2);

      ModelSet read = codec.read("k", codec.write(set).bytes()).set();

      assertThat(read.serve).isEqualTo(policy);
      assertThat(ServeRules.weights(read)).isEqualTo(ServeRules.weights(set));
      assertThat(reducer.decidePromoted(read)).isEqualTo(reducer.decidePromoted(set));
      assertThat(reducer.answer(read, event()).servedAnswer().votes())
          .isEqualTo(reducer.answer(set, event()).servedAnswer().votes());
    }
  }

  private static ModelContext context(String... classes) {
    return new ModelContext(
        new FeatureSchema(List.of(FeatureSchema.Column.numeric("x"))), List.of(classes));
  }

  private ModelSet set(ServePolicy policy, int slots) {
    return set(reducer, context, policy, slots);
  }

  private static ModelSet set(
      Reducer reducer, ModelContext context, ServePolicy policy, int slots) {
    String[] learners = new String[slots];
    java.util.Arrays.fill(learners, "bayes.NaiveBayes");
    Deployment plain = Learning.deployment(null, learners);
    Deployment deployment =
        new Deployment(1, plain.slots(), "s0", plain.drift(), List.of(), Map.of(), policy);
    ModelSet set = new ModelSet("k", context.target());
    reducer.decideTouched(set, deployment, 0, 0).forEach(fact -> reducer.apply(set, fact));
    return set;
  }

  private void answered(ModelSet set, int labels, int... misses) {
    answered(reducer, set, labels, misses);
  }

  /** So many labels, of which each slot in its first life missed the first so many. */
  private static void answered(Reducer reducer, ModelSet set, int labels, int... misses) {
    for (int label = 0; label < labels; label++) {
      List<Fact.Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < misses.length; i++) {
        outcomes.add(label < misses[i] ? miss("s" + i, 1) : hit("s" + i, 1));
      }
      learn(reducer, set, outcomes);
    }
  }

  private void learn(ModelSet set, List<Fact.Outcome> outcomes) {
    learn(reducer, set, outcomes);
  }

  /** The label is always class 0. */
  private static void learn(Reducer reducer, ModelSet set, List<Fact.Outcome> outcomes) {
    reducer.apply(
        set,
        new Fact.Learned(new double[] {1}, 0, 1, 0, outcomes.toArray(new Fact.Outcome[0]), 0, 0));
  }

  private void stop(ModelSet set, String slot) {
    reducer.apply(
        set, new Fact.Outgrown(slot, 2, new SizeLimit(1, SizeLimit.Action.STOP_LEARNING)));
  }

  private static Fact.Outcome hit(String slot, long life) {
    return new Fact.Outcome(slot, life, 0, 0.75);
  }

  private static Fact.Outcome miss(String slot, long life) {
    return new Fact.Outcome(slot, life, 1, 0.25);
  }

  private static Fact.Promoted promoted(String slot) {
    return new Fact.Promoted(slot, Fact.Promoted.Cause.BEST);
  }

  private static Answer.SlotAnswer answer(String slot, double... votes) {
    return new Answer.SlotAnswer(slot, 1, 0, 0, Votes.predicted(votes), votes);
  }

  private static Observation event() {
    return new Observation(0, "e", "k", 0, new double[] {1}, Observation.NO_LABEL, new String[0]);
  }
}
