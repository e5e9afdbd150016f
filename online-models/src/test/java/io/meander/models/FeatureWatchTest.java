/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import io.meander.models.FeatureWatchSpec.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class FeatureWatchTest {

  private static final String ADWIN = "ADWINChangeDetector -a 0.002";
  private static final FeatureWatchSpec VALUES =
      new FeatureWatchSpec("distance", Measure.VALUE, ADWIN);
  private static final FeatureWatchSpec MISSING =
      new FeatureWatchSpec("distance", Measure.MISSING, ADWIN);

  private static final ModelContext CONTEXT =
      new ModelContext(
          new FeatureSchema(List.of(Column.numeric("noise"), Column.numeric("distance"))),
          List.of("no", "yes"));

  @Test
  void findsAMeanThatRisesAndOneThatFalls() {
    for (int direction : new int[] {1, -1}) {
      Learning learning = watching(VALUES);
      Random random = new Random(7);
      run(learning, 3000, i -> 700 + 60 * random.nextGaussian() + (i < 1500 ? 0 : direction * 90));

      assertThat(learning.signals).hasSize(1);
      DriftSignal found = learning.signals.get(0);
      assertThat(found.featureOrNull()).isEqualTo(VALUES);
      assertThat(found.slot()).isEmpty();
      assertThat(found.detector()).isEqualTo(ADWIN);
      assertThat(found.level()).isEqualTo(DriftSignal.Level.DRIFT);
      assertThat(found.action()).isEqualTo(DriftSignal.Action.ALERT);
      assertThat(found.instance()).isBetween(1501L, 1600L);
      assertThat(found.eventTime()).isEqualTo(1000 * (found.instance() - 1));
      assertThat(found.errorBefore()).isEqualTo(700, within(15.0));
      assertThat(direction * (found.errorAfter() - found.errorBefore())).isGreaterThan(25);
      assertThat(learning.set.slot("s0").drifts).isZero();
    }
  }

  @Test
  void isSilentWhileNothingChanges() {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      Learning learning = watching(VALUES, MISSING);
      run(
          learning,
          5000,
          i -> random.nextInt(5) == 0 ? Double.NaN : Math.exp(random.nextGaussian()));
      assertThat(learning.signals).as("seed " + seed).isEmpty();
    }
  }

  @Test
  void findsValuesThatBeginAndCeaseToBeMissing() {
    Random random = new Random(3);
    Learning learning = watching(VALUES, MISSING);
    run(
        learning,
        6000,
        i -> random.nextDouble() < (i / 2000 == 1 ? 0.4 : 0.02) ? Double.NaN : random.nextDouble());

    assertThat(learning.signals).extracting(DriftSignal::featureOrNull).containsOnly(MISSING);
    assertThat(learning.signals).hasSize(2);
    DriftSignal begin = learning.signals.get(0);
    DriftSignal end = learning.signals.get(1);
    assertThat(begin.instance()).isBetween(2001L, 2200L);
    assertThat(begin.errorBefore()).isLessThan(0.1).isLessThan(begin.errorAfter());
    assertThat(end.instance()).isBetween(4001L, 4200L);
    assertThat(end.errorBefore()).isGreaterThan(0.3).isGreaterThan(end.errorAfter());
  }

  @Test
  void aConstantThatChangesIsADrift() {
    Learning learning = watching(VALUES);
    run(learning, 600, i -> i < 300 ? 5 : 4.999);

    assertThat(learning.signals).hasSize(1);
    assertThat(learning.signals.get(0).instance()).isBetween(301L, 400L);
  }

  @Test
  void valuesBeyondWhatDoublesSquareAreWatchedToo() {
    Learning learning = watching(VALUES);
    run(learning, 600, i -> i % 2 == 0 ? Double.MAX_VALUE : -Double.MAX_VALUE);

    assertThat(learning.set.watches.get(0).after()).isNotInfinite();
  }

  @Test
  void anotherLabelOfAnEventIsNotAnotherObservation() {
    Learning learning = watching(VALUES);
    run(learning, 40, i -> i);
    ModelSet set = learning.set;
    double before = set.watches.get(0).before();
    double[] features = {0, 1e6};
    Answer answer =
        learning.reducer.answer(
            set, new Observation(40, "", "all", 0, features, 0, 1, new String[0]));
    learning.reducer.apply(set, learning.reducer.decideRelearned(set, features, answer, 1, 1));

    assertThat(set.watches.get(0).before()).isEqualTo(before);
  }

  @Test
  void goesOnTheSameFromAnImageAndFromTheLog() {
    Random random = new Random(11);
    List<Stream.Row> rows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      boolean missing = random.nextDouble() < (i < 1200 ? 0.05 : 0.5);
      double value = random.nextGaussian() * 9 + (i < 700 ? 0 : 30);
      rows.add(new Stream.Row(new double[] {i, missing ? Double.NaN : value}, i % 3 / 2));
    }
    Learning through = watching(VALUES, MISSING);
    Learning stored = watching(VALUES, MISSING);
    ModelSetCodec codec = new ModelSetCodec(CONTEXT);
    for (int i = 0; i < rows.size(); i++) {
      through.learn(rows.get(i), i);
      stored.learn(rows.get(i), i);
      if (i % 97 == 50) {
        stored.set = codec.read("all", codec.write(stored.set).bytes()).set();
      }
    }
    assertThat(through.signals).hasSizeGreaterThanOrEqualTo(2);
    assertThat(stored.signals).isEqualTo(through.signals);
    assertThat(stored.facts).usingRecursiveComparison().isEqualTo(through.facts);

    Learning replayed = watching(VALUES, MISSING);
    through.facts.forEach(fact -> replayed.reducer.apply(replayed.set, fact));
    for (Learning learning : List.of(through, stored, replayed)) {
      learning.signals.clear();
      Random again = new Random(12);
      run(learning, 2000, i -> again.nextGaussian() * 9 + (i < 900 ? 30 : -10));
    }
    assertThat(through.signals).hasSizeGreaterThanOrEqualTo(2);
    assertThat(stored.signals).isEqualTo(through.signals);
    assertThat(replayed.signals).isEqualTo(through.signals);
    byte[] image = canonical(codec, through.set);
    assertThat(canonical(codec, stored.set)).isEqualTo(image);
    assertThat(canonical(codec, replayed.set)).isEqualTo(image);
  }

  private static byte[] canonical(ModelSetCodec codec, ModelSet set) {
    return codec.write(codec.read("all", codec.write(set).bytes()).set()).bytes();
  }

  @Test
  void aNewGenerationKeepsTheWatchesThatItStillWants() {
    Learning learning = watching(VALUES);
    run(learning, 200, i -> i);
    FeatureWatch before = learning.set.watches.get(0);
    FeatureWatchSpec other = new FeatureWatchSpec("noise", Measure.VALUE, "DDM");
    learning
        .reducer
        .decideTouched(learning.set, deployment(2, List.of(other, VALUES)), 0, 0)
        .forEach(fact -> learning.reducer.apply(learning.set, fact));

    assertThat(learning.set.watches).hasSize(2);
    assertThat(learning.set.watches.get(0).spec()).isEqualTo(other);
    assertThat(learning.set.watches.get(1)).isSameAs(before);
  }

  private static Learning watching(FeatureWatchSpec... watches) {
    return new Learning(CONTEXT, deployment(1, List.of(watches)));
  }

  private static Deployment deployment(long generation, List<FeatureWatchSpec> watches) {
    return new Deployment(
        generation,
        List.of(new SlotSpec("s0", "bayes.NaiveBayes", 1)),
        "s0",
        new DriftPolicies(new DriftSpec("DDM -n 100000", null), Map.of(), watches),
        null);
  }

  private static void run(Learning learning, int count, IntToDoubleFunction distance) {
    for (int i = 0; i < count; i++) {
      learning.learn(
          new Stream.Row(new double[] {i % 7, distance.applyAsDouble(i)}, i % 2), 1000L * i);
    }
  }
}
