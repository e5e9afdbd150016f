/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReducerTest {

  private static final Stream SEA = Stream.generated("generators.SEAGenerator -p 10", 2000);

  @Test
  void foldingTheFactsAgainGivesTheSameModels() {
    Learning learning =
        new Learning(
                SEA.context(),
                Learning.deployment(
                    new FreezeSpec.AfterInstances(500),
                    "trees.HoeffdingAdaptiveTree -g 50",
                    "meta.OzaBagAdwin"))
            .learnAll(SEA.rows());

    ModelSet replayed = new ModelSet("all", Learning.TWO);
    learning.facts.forEach(fact -> learning.reducer.apply(replayed, fact));

    ModelSetCodec codec = new ModelSetCodec(SEA.context());
    assertThat(codec.write(replayed).bytes()).isEqualTo(codec.write(learning.set).bytes());
  }

  @Test
  void mergesTheRepeatsOfOneDrift() {
    // The positions MOA's ADWIN(0.002) has on this stream: 20064, and repeats at 20096 and 20128.
    Stream drifting =
        Stream.generated(
            "ConceptDriftStream -s (generators.AgrawalGenerator -f 1)"
                + " -d (generators.AgrawalGenerator -f 3) -p 20000 -w 1",
            40_000);

    Learning learning = Learning.of(drifting.context(), "bayes.NaiveBayes");
    learning.learnAll(drifting.rows());

    assertThat(learning.signals).extracting(DriftSignal::instance).containsExactly(20_064L);
    DriftSignal drift = learning.signals.get(0);
    assertThat(drift.slot()).isEqualTo("s0");
    assertThat(drift.level()).isEqualTo(DriftSignal.Level.DRIFT);
    assertThat(drift.errorAfter()).isGreaterThan(drift.errorBefore());
  }

  @Test
  void warnsThroughTheSecondLaxerDetector() {
    Stream drifting =
        Stream.generated(
            "ConceptDriftStream -s (generators.AgrawalGenerator -f 1)"
                + " -d (generators.AgrawalGenerator -f 3) -p 2000 -w 1",
            4000);
    Deployment deployment =
        new Deployment(
            1,
            List.of(new SlotSpec("s0", "bayes.NaiveBayes", 1)),
            "s0",
            new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.3"),
            null);

    Learning learning = new Learning(drifting.context(), deployment).learnAll(drifting.rows());

    assertThat(learning.signals)
        .filteredOn(s -> s.level() == DriftSignal.Level.WARNING)
        .isNotEmpty()
        .allSatisfy(s -> assertThat(s.detector()).isEqualTo("ADWINChangeDetector -a 0.3"));
    assertThat(learning.signals).filteredOn(s -> s.level() == DriftSignal.Level.DRIFT).hasSize(1);
  }

  @Test
  void theFrozenTwinKeepsAnsweringAndStopsLearning() {
    Learning learning =
        new Learning(
            SEA.context(),
            Learning.deployment(new FreezeSpec.AfterInstances(300), "trees.HoeffdingTree"));

    learning.learnAll(SEA.rows().subList(0, 300));
    assertThat(learning.set.slot(SlotSpec.FROZEN)).isNull();
    Answer first = learning.learn(SEA.rows().get(300));
    learning.learnAll(SEA.rows().subList(301, 2000));
    Answer last = learning.learn(SEA.rows().get(0));

    assertThat(first.frozenAnswer().votes()).isEqualTo(first.servedAnswer().votes());
    assertThat(last.frozenAnswer().trainedInstances()).isEqualTo(300);
    assertThat(last.servedAnswer().trainedInstances()).isEqualTo(2000);
    assertThat(learning.set.slot(SlotSpec.FROZEN).score().instances()).isEqualTo(1701);
  }

  @Test
  void freezesAtATimeOnlyKeysThatHaveLearned() {
    FreezeSpec february = new FreezeSpec.At(Instant.ofEpochMilli(1000));
    Learning old = new Learning(SEA.context(), Learning.deployment(february, "bayes.NaiveBayes"));
    old.learn(SEA.rows().get(0), 999);
    old.learn(SEA.rows().get(1), 1000);
    Learning young = new Learning(SEA.context(), Learning.deployment(february, "bayes.NaiveBayes"));
    young.learn(SEA.rows().get(0), 1000);
    young.learn(SEA.rows().get(1), 1001);

    assertThat(old.set.slot(SlotSpec.FROZEN).trainedInstances()).isEqualTo(1);
    assertThat(young.set.slot(SlotSpec.FROZEN)).isNull();
  }

  @Test
  void freezesSoLongAfterTheFirstEvent() {
    Learning learning =
        new Learning(
            SEA.context(),
            Learning.deployment(
                new FreezeSpec.AfterTime(Duration.ofMillis(100)), "bayes.NaiveBayes"));

    learning.learn(SEA.rows().get(0), 50);
    learning.learn(SEA.rows().get(1), 149);
    assertThat(learning.set.slot(SlotSpec.FROZEN)).isNull();
    learning.learn(SEA.rows().get(2), 150);

    assertThat(learning.set.slot(SlotSpec.FROZEN).trainedInstances()).isEqualTo(2);
  }

  @Test
  void aNewGenerationAddsRetiresAndPromotesWhenTheKeyIsTouched() {
    Learning learning = Learning.of(SEA.context(), "bayes.NaiveBayes", "trees.HoeffdingTree");
    learning.learnAll(SEA.rows().subList(0, 100));
    Deployment next =
        new Deployment(
            2,
            List.of(
                new SlotSpec("s1", "trees.HoeffdingTree", 1),
                new SlotSpec("s2", "trees.HoeffdingAdaptiveTree", 1)),
            "s1",
            DriftSpec.DEFAULT,
            null);

    List<Fact> facts = learning.reducer.decideTouched(learning.set, next, 0, 0);
    facts.forEach(fact -> learning.reducer.apply(learning.set, fact));

    assertThat(learning.set.slots()).extracting(Slot::id).containsExactly("s1", "s2");
    assertThat(learning.set.slot("s1").trainedInstances()).isEqualTo(100);
    assertThat(learning.set.slot("s2").trainedInstances()).isZero();
    assertThat(learning.set.generation()).isEqualTo(2);
    assertThat(learning.reducer.decideTouched(learning.set, next, 0, 0)).isEmpty();
  }

  @Test
  void aSlotThatIsAddedAgainBeginsAnotherLife() {
    Learning learning = Learning.of(SEA.context(), "bayes.NaiveBayes");
    learning.learnAll(SEA.rows().subList(0, 10));
    Deployment other =
        new Deployment(
            2, List.of(new SlotSpec("s0", "bayes.NaiveBayes", 5)), "s0", DriftSpec.DEFAULT, null);

    learning
        .reducer
        .decideTouched(learning.set, other, 0, 0)
        .forEach(fact -> learning.reducer.apply(learning.set, fact));

    assertThat(learning.set.slot("s0").incarnation()).isEqualTo(2);
    assertThat(learning.set.slot("s0").trainedInstances()).isZero();
  }

  @Test
  void publishesByInstancesByTimeAndOnDrift() {
    Learning learning = Learning.of(SEA.context(), "bayes.NaiveBayes");
    PublishPolicy policy = new PublishPolicy(100, Duration.ofSeconds(30), true);

    learning.learnAll(SEA.rows().subList(0, 99));
    long time = policy.nextTime(learning.set.key(), 0);
    assertThat(time).isBetween(1L, 30_000L);
    assertThat(learning.reducer.decidePublished(learning.set, policy, time - 1)).isEmpty();
    assertThat(learning.reducer.decidePublished(learning.set, policy, time))
        .containsExactly(new Fact.Published("s0", PublishCause.TIME, time));
    learning.learn(SEA.rows().get(99));
    Fact due = learning.reducer.decidePublished(learning.set, policy, 5).get(0);
    assertThat(due).isEqualTo(new Fact.Published("s0", PublishCause.INSTANCES, 5));
    learning.reducer.apply(learning.set, due);

    assertThat(learning.set.slot("s0").version()).isEqualTo(1);
    assertThat(learning.set.hasUnpublished()).isFalse();
    assertThat(learning.reducer.decidePublished(learning.set, policy, 90_000)).isEmpty();
    learning.reducer.apply(
        learning.set, new Fact.Drifted("s0", DriftSignal.Level.DRIFT, DriftSignal.Action.ALERT));
    assertThat(learning.reducer.decidePublished(learning.set, policy, 6))
        .containsExactly(new Fact.Published("s0", PublishCause.DRIFT, 6));
  }

  @Test
  void publishesASlotThatServesFromNowOnWhateverThePolicySays() {
    Learning learning = Learning.of(SEA.context(), "bayes.NaiveBayes", "functions.MajorityClass");
    PublishPolicy policy = new PublishPolicy(100, Duration.ofSeconds(30), false);
    learning.learnAll(SEA.rows().subList(0, 5));

    learning.reducer.apply(learning.set, new Fact.Promoted("s1", Fact.Promoted.Cause.BEST));

    assertThat(learning.set.servedBy()).isEqualTo("s1");
    Fact.Published due = new Fact.Published("s1", PublishCause.PROMOTION, 5);
    assertThat(learning.reducer.decidePublished(learning.set, policy, 5)).containsExactly(due);
    learning.reducer.apply(learning.set, due);
    assertThat(learning.reducer.decidePublished(learning.set, policy, 6)).isEmpty();
  }

  @Test
  void spreadsThePublicationsOfKeysThatBeganTogether() {
    PublishPolicy policy = new PublishPolicy(1000, Duration.ofSeconds(30), true);
    int[] perSecond = new int[31];
    for (int key = 0; key < 10_000; key++) {
      long first = policy.nextTime("key-" + key, 1_000);
      assertThat(first).isBetween(1_001L, 31_000L);
      assertThat(policy.nextTime("key-" + key, first)).isEqualTo(first + 30_000);
      perSecond[(int) ((first - 1_001) / 1_000)]++;
    }
    for (int second = 0; second < 30; second++) {
      assertThat(perSecond[second]).as("second %d", second).isBetween(250, 420);
    }
  }
}
