/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.DriftSignal.Action;
import io.meander.models.DriftSignal.Level;
import io.meander.models.DriftSpec.OnDrift;
import io.meander.models.DriftSpec.OnWarning;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each drift policy does to a model set, and that replay and storage do it again. */
class DriftPoliciesTest {

  private static final LogCompression COMPRESSION = new LogCompression();

  private static final int DRIFT_AT = 2000;

  private static final Stream DRIFTING =
      Stream.generated(
          "ConceptDriftStream -s (generators.AgrawalGenerator -f 1)"
              + " -d (generators.AgrawalGenerator -f 3) -p 2000 -w 1",
          4000);

  /** Warns at about every tenth instance of a drift, and now and then without one. */
  private static final DriftSpec WATCH =
      new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.3");

  @Test
  void alertChangesNoModel() {
    Learning learning = run(WATCH, "bayes.NaiveBayes");

    assertThat(drifts(learning)).extracting(DriftSignal::action).containsExactly(Action.ALERT);
    assertThat(learning.set.slot("s0").incarnation()).isEqualTo(1);
    assertThat(learning.set.slot("s0").trainedInstances()).isEqualTo(4000);
  }

  @Test
  void resetBeginsANewLifeAndKeepsThePlacesFigures() {
    Learning learning = run(WATCH.with(OnWarning.NONE, OnDrift.RESET), "bayes.NaiveBayes");

    DriftSignal drift = drifts(learning).get(0);
    assertThat(drifts(learning)).hasSize(1);
    assertThat(drift.action()).isEqualTo(Action.RESET);
    assertThat(drift.incarnation()).isEqualTo(1);
    assertThat(drift.instance()).isBetween(DRIFT_AT + 1L, DRIFT_AT + 200L);
    assertThat(drift.errorAfter()).isGreaterThan(drift.errorBefore() + 0.1);
    Slot slot = learning.set.slot("s0");
    assertThat(slot.incarnation()).isEqualTo(2);
    assertThat(slot.trainedInstances()).isEqualTo(4000 - drift.instance());
    assertThat(slot.score().instances()).isEqualTo(4000);
    assertThat(slot.drifts).isEqualTo(1);
    assertThat(learning.facts).contains(new Fact.Restarted(slot.spec()));
  }

  @Test
  void replaceLetsTheBackgroundLearnerTakeOver() {
    Learning learning =
        run(WATCH.with(OnWarning.START_BACKGROUND, OnDrift.REPLACE), "bayes.NaiveBayes");

    DriftSignal drift = drifts(learning).get(0);
    DriftSignal start = lastStartBefore(learning, drift);
    assertThat(drift.action()).isEqualTo(Action.REPLACE);
    Slot slot = learning.set.slot("s0");
    assertThat(slot.incarnation()).isGreaterThan(1);
    assertThat(slot.trainedInstances()).isEqualTo(4000 - start.instance());
    assertThat(learning.facts).contains(new Fact.Replaced("s0"));
  }

  @Test
  void replaceWithoutABackgroundLearnerIsAReset() {
    Learning learning =
        run(
            new DriftSpec(WATCH.detector(), null).with(OnWarning.START_BACKGROUND, OnDrift.REPLACE),
            "bayes.NaiveBayes");

    assertThat(drifts(learning)).extracting(DriftSignal::action).containsExactly(Action.RESET);
    assertThat(learning.set.slot("s0").incarnation()).isEqualTo(2);
  }

  @Test
  void aBackgroundLearnerVotesUnservedAndIsDroppedWhenNoDriftFollows() {
    DriftSpec spec =
        new DriftSpec(
            "ADWINChangeDetector -a 0.0000001",
            "ADWINChangeDetector -a 0.9",
            DriftSpec.Signal.ERROR,
            OnWarning.START_BACKGROUND,
            OnDrift.REPLACE,
            DriftSpec.Boost.DEFAULT,
            40);
    Learning learning = learning(spec, "bayes.NaiveBayes");
    int row = 0;
    while (learning.set.labels() == 0 || learning.set.slot("s0").background == null) {
      learning.learn(DRIFTING.rows().get(row++));
    }
    long life = learning.set.slot("s0").background.incarnation();

    Answer answer = learning.learn(DRIFTING.rows().get(row++));

    assertThat(answer.slots()).hasSize(1);
    assertThat(answer.backgrounds()).hasSize(1);
    assertThat(answer.backgrounds()[0].incarnation()).isEqualTo(life).isEqualTo(2);
    assertThat(learning.set.slot("s0").background.score().instances()).isEqualTo(1);
    for (int i = 1; i < 40; i++) {
      assertThat(learning.set.slot("s0").background.trained).isEqualTo(i);
      learning.learn(DRIFTING.rows().get(row++));
    }
    assertThat(learning.set.slot("s0").background).isNull();
    assertThat(learning.facts).contains(new Fact.BackgroundDropped("s0"));
    assertThat(learning.set.slot("s0").incarnation()).isEqualTo(1);
  }

  @Test
  void aBackgroundLearnerLearnsOnInASlotWhoseOwnLearnerIsStopped() {
    DriftSpec spec =
        new DriftSpec("ADWINChangeDetector -a 0.0000001", "ADWINChangeDetector -a 0.9")
            .with(OnWarning.START_BACKGROUND, OnDrift.REPLACE);
    Learning learning = learning(spec, "bayes.NaiveBayes");
    int row = 0;
    while (learning.set.labels() == 0 || learning.set.slot("s0").background == null) {
      learning.learn(DRIFTING.rows().get(row++));
    }
    learning.reducer.apply(
        learning.set, new Fact.Outgrown("s0", 2, new SizeLimit(1, SizeLimit.Action.STOP_LEARNING)));
    Slot slot = learning.set.slot("s0");
    long trained = slot.trained;

    learning.learn(DRIFTING.rows().get(row++));
    learning.learn(DRIFTING.rows().get(row));

    assertThat(slot.trained).isEqualTo(trained);
    assertThat(slot.background.trained).isEqualTo(2);
  }

  @Test
  void switchMovesServingToTheSlotWithTheLeastRecentError() {
    Learning learning =
        run(
            WATCH.with(OnWarning.NONE, OnDrift.SWITCH),
            "bayes.NaiveBayes",
            "functions.MajorityClass",
            "trees.HoeffdingAdaptiveTree -g 20");

    List<DriftSignal> switches =
        learning.signals.stream().filter(s -> s.action() == Action.SWITCH).toList();
    assertThat(switches).isNotEmpty();
    assertThat(switches.get(0).slot()).isEqualTo("s0");
    assertThat(switches.get(0).switchedTo()).isNotEqualTo("s0").startsWith("s");
    assertThat(switches.get(switches.size() - 1).switchedTo()).isEqualTo(learning.set.champion);
    assertThat(learning.signals)
        .filteredOn(s -> s.action() != Action.SWITCH)
        .allSatisfy(s -> assertThat(s.switchedTo()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void switchPassesOverASlotThatLearnsNoMore(boolean paused) {
    String[] learners = {"bayes.NaiveBayes", "trees.HoeffdingAdaptiveTree -g 20"};
    DriftSpec spec = WATCH.with(OnWarning.NONE, OnDrift.SWITCH);
    DriftSignal before =
        run(spec, learners).signals.stream()
            .filter(s -> s.action() == Action.SWITCH)
            .findFirst()
            .orElseThrow();
    assertThat(before.switchedTo()).isEqualTo("s1");

    Learning learning = learning(spec, learners);
    learning.learnAll(DRIFTING.rows().subList(0, (int) before.instance() - 1));
    learning.reducer.apply(
        learning.set,
        paused
            ? new Fact.Paused("s1", true)
            : new Fact.Outgrown("s1", 2, new SizeLimit(1, SizeLimit.Action.STOP_LEARNING)));
    learning.learn(DRIFTING.rows().get((int) before.instance() - 1));

    DriftSignal drift = drifts(learning).get(drifts(learning).size() - 1);
    assertThat(drift.instance()).isEqualTo(before.instance());
    assertThat(drift.action()).isEqualTo(Action.ALERT);
    assertThat(learning.set.champion).isEqualTo("s0");
  }

  @Test
  void switchWithoutAnotherSlotIsAnAlert() {
    Learning learning = run(WATCH.with(OnWarning.NONE, OnDrift.SWITCH), "bayes.NaiveBayes");

    assertThat(drifts(learning)).extracting(DriftSignal::action).containsExactly(Action.ALERT);
  }

  @Test
  void boostRaisesTheWeightForAWhile() {
    DriftSpec boost =
        new DriftSpec(
            WATCH.detector(),
            null,
            DriftSpec.Signal.ERROR,
            OnWarning.NONE,
            OnDrift.BOOST,
            new DriftSpec.Boost(4, 50),
            1000);
    Learning learning = run(boost, "bayes.NaiveBayes", "trees.HoeffdingTree");

    long drift =
        drifts(learning).stream().filter(s -> s.slot().equals("s0")).toList().get(0).instance();
    List<Fact.Learned> learned =
        learning.facts.stream()
            .filter(Fact.Learned.class::isInstance)
            .map(Fact.Learned.class::cast)
            .toList();
    for (int i = 0; i < learned.size(); i++) {
      boolean boosted = i >= drift && i < drift + 50;
      assertThat(learned.get(i).weightOf("s0")).as("label " + (i + 1)).isEqualTo(boosted ? 4 : 1);
    }
  }

  @Test
  void aSlotMayHaveAPolicyOfItsOwn() {
    Deployment deployment = Learning.deployment(null, "bayes.NaiveBayes", "bayes.NaiveBayes");
    deployment =
        new Deployment(
            1,
            deployment.slots(),
            "s0",
            new DriftPolicies(
                WATCH,
                Map.of("s1", new DriftSpec("DDM", null).with(OnWarning.NONE, OnDrift.RESET))),
            null);
    Learning learning = new Learning(DRIFTING.context(), deployment).learnAll(DRIFTING.rows());

    assertThat(drifts(learning))
        .extracting(s -> s.slot() + " " + s.detector() + " " + s.action())
        .contains("s0 ADWINChangeDetector -a 0.002 ALERT", "s1 DDM RESET");
    assertThat(learning.set.slot("s0").incarnation()).isEqualTo(1);
    assertThat(learning.set.slot("s1").incarnation()).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource(OnDrift.class)
  void noPolicyTouchesTheFrozenTwin(OnDrift policy) {
    FreezeSpec freeze = new FreezeSpec.AfterInstances(1500);
    Learning learning = learning(freeze, WATCH.with(OnWarning.START_BACKGROUND, policy));
    learning.learnAll(DRIFTING.rows().subList(0, 1501));
    byte[] twin = payload(learning);

    learning.learnAll(DRIFTING.rows().subList(1501, 4000));

    assertThat(drifts(learning)).isNotEmpty();
    assertThat(payload(learning)).isEqualTo(twin);
    assertThat(learning.set.slot(SlotSpec.FROZEN).trainedInstances()).isEqualTo(1500);
  }

  @ParameterizedTest
  @EnumSource(OnDrift.class)
  void storageAndReplayAtRandomPointsChangeNothing(OnDrift policy) {
    FreezeSpec freeze = new FreezeSpec.AfterInstances(700);
    DriftSpec drift = WATCH.with(OnWarning.START_BACKGROUND, policy);
    Learning whole = learning(freeze, drift);
    Learning cut = learning(freeze, drift);
    ModelSetCodec codec = new ModelSetCodec(DRIFTING.context());
    Random random = new Random(11);
    byte[] image = codec.write(cut.set).bytes();
    int logged = 0;
    for (Stream.Row row : DRIFTING.rows()) {
      if (cut.set.labels() > 0 && random.nextInt(80) == 0) {
        if (random.nextBoolean() || logged == 0) {
          image = codec.write(cut.set).bytes();
          logged = cut.facts.size();
        }
        cut.set = codec.read("all", image).set();
        Replay replay = new Replay(DRIFTING.context(), cut.reducer);
        replay.run(cut.set, List.of(log(cut, logged)));
      }
      Answer expected = whole.learn(row);
      Answer actual = cut.learn(row);
      assertThat(actual)
          .usingRecursiveComparison()
          .withComparatorForType(Double::compare, Double.class)
          .isEqualTo(expected);
    }

    assertThat(cut.signals).isEqualTo(whole.signals);
    assertThat(drifts(cut)).isNotEmpty();
    assertThat(canonical(codec, cut.set)).isEqualTo(canonical(codec, whole.set));
    ModelSet replayed = new ModelSet("all", Learning.TWO);
    whole.facts.forEach(fact -> whole.reducer.apply(replayed, fact));
    assertThat(canonical(codec, replayed)).isEqualTo(canonical(codec, whole.set));
  }

  private static byte[] log(Learning learning, int from) {
    FactWriter writer = new FactWriter(learning.context);
    ModelSet counter = new ModelSet("all", Learning.TWO);
    counter.position = from;
    for (Fact fact : learning.facts.subList(from, learning.facts.size())) {
      counter.position++;
      writer.add(counter, fact);
    }
    return writer.isEmpty() ? emptyChunk(learning, from) : writer.close(0, COMPRESSION);
  }

  /** The last fact again: replay passes over what the image holds. */
  private static byte[] emptyChunk(Learning learning, int from) {
    FactWriter writer = new FactWriter(learning.context);
    ModelSet counter = new ModelSet("all", Learning.TWO);
    counter.position = from;
    writer.add(counter, learning.facts.get(from - 1));
    return writer.close(0, COMPRESSION);
  }

  private static Learning run(DriftSpec drift, String... learners) {
    return learning(drift, learners).learnAll(DRIFTING.rows());
  }

  private static Learning learning(DriftSpec drift, String... learners) {
    Deployment deployment = Learning.deployment(null, learners);
    return new Learning(
        DRIFTING.context(), new Deployment(1, deployment.slots(), "s0", drift, null));
  }

  private static Learning learning(FreezeSpec freeze, DriftSpec drift) {
    Deployment deployment =
        Learning.deployment(freeze, "bayes.NaiveBayes", "meta.OzaBag -s 2", "trees.HoeffdingTree");
    return new Learning(
        DRIFTING.context(), new Deployment(1, deployment.slots(), "s0", drift, freeze));
  }

  private static List<DriftSignal> drifts(Learning learning) {
    return learning.signals.stream().filter(s -> s.level() == Level.DRIFT).toList();
  }

  private static DriftSignal lastStartBefore(Learning learning, DriftSignal drift) {
    return learning.signals.stream()
        .filter(s -> s.action() == Action.START_BACKGROUND && s.instance() < drift.instance())
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private static byte[] payload(Learning learning) {
    return new LearnerCodec(DRIFTING.context()).writeCanonical(learning.set.slot(SlotSpec.FROZEN));
  }

  private static byte[] canonical(ModelSetCodec codec, ModelSet set) {
    byte[] once = codec.write(set).bytes();
    return codec.write(codec.read(set.key(), once).set()).bytes();
  }
}
