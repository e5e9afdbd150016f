/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.models.Answer;
import io.meander.models.Answer.SlotAnswer;
import io.meander.models.Board;
import io.meander.models.ClassTarget;
import io.meander.models.Figure;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedBlocksTest {

  private static final List<String> SLOTS = List.of("good", "bad");

  private final PairedBlocks blocks = new PairedBlocks(new ClassTarget(List.of("no", "yes")));

  @Test
  void differencesAreThoseOfTheWholeRun() {
    // Served (good): 3 of 4 right; bad: 1 of 4; classes 2 and 2.
    add(1, 1, 0);
    add(1, 0, 0);
    add(0, 0, 1);
    add(0, 0, 0);

    PairedBlocks.Comparison bad = against("bad");

    assertThat(bad.instances()).isEqualTo(4);
    assertThat(bad.of().get(Figure.ACCURACY).value()).isCloseTo(50, within(1e-12));
    // Kappas: (0.75 - 0.5) / 0.5 and (0.25 - 0.5) / 0.5.
    assertThat(bad.of().get(Figure.KAPPA).value()).isCloseTo(100, within(1e-9));
    assertThat(bad.of().get(Figure.KAPPA).low()).isNaN();
  }

  @Test
  void whatServedItselfIsNotComparedWithItself() {
    add(1, 1, 0);

    assertThat(blocks.all(SLOTS))
        .extracting(PairedBlocks.Comparison::against)
        .doesNotContain("good");
  }

  @Test
  void theIntervalHoldsARealDifferenceAndLeavesOutZero() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      int label = random.nextInt(2);
      add(label, flip(label, 0.2, random), flip(label, 0.22, random));
    }

    PairedBlocks.Comparison bad = against("bad");

    assertThat(bad.of().get(Figure.ACCURACY).low()).isPositive();
    assertThat(bad.of().get(Figure.ACCURACY).low()).isLessThan(2);
    assertThat(bad.of().get(Figure.ACCURACY).high()).isGreaterThan(2);
    assertThat(bad.of().get(Figure.KAPPA).low()).isBetween(0.0, 4.0);
    assertThat(bad.of().get(Figure.KAPPA).high()).isGreaterThan(4);
  }

  @Test
  void theBestSlotIsComparedWithTheOthersWhereAnotherServed() {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      int label = random.nextInt(2);
      add(label, flip(label, 0.3, random), flip(label, 0.1, random));
    }

    assertThat(blocks.all(SLOTS))
        .extracting(comparison -> comparison.predictor() + " " + comparison.against())
        .containsExactly(
            "served bad", "served no_change", "served majority", "bad good", "bad no_change");
    PairedBlocks.Comparison best = blocks.all(SLOTS).get(3);
    assertThat(best.lead().low()).isBetween(36.0, 40.0);
    assertThat(best.lead().margin()).isBetween(0.5, 3.0);
    assertThat(best.sentence())
        .matches(
            "bad beats good by \\d+\\.\\d\\d ± \\d\\.\\d\\d kappa"
                + " \\(accuracy \\+\\d+\\.\\d\\d ± \\d\\.\\d\\d\\)");
    assertThat(blocks.all(SLOTS).get(0).sentence()).startsWith("served is behind bad by ");
  }

  @Test
  void tellsNoFigureWithoutAnInterval() {
    PairedBlocks.Comparison comparison =
        new PairedBlocks.Comparison(
            "hs",
            "ae",
            9,
            Figure.AUC,
            new EnumMap<>(
                Map.of(
                    Figure.AUC, new PairedBlocks.Difference(0.25, 0.2, 0.3),
                    Figure.F1, new PairedBlocks.Difference(Double.NaN, Double.NaN, Double.NaN))));

    assertThat(comparison.sentence()).matches("hs beats ae by 0\\.25\\d* ± 0\\.05\\d* AUC");
  }

  @Test
  void equalPredictorsHaveZeroInside() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      int label = random.nextInt(2);
      add(label, flip(label, 0.2, random), flip(label, 0.2, random));
    }

    PairedBlocks.Difference kappa = against("bad").of().get(Figure.KAPPA);

    assertThat(kappa.low()).isNegative();
    assertThat(kappa.high()).isPositive();
  }

  @Test
  void theSameLabelsGiveTheSameIntervals() {
    Random random = new Random(3);
    PairedBlocks again = new PairedBlocks(new ClassTarget(List.of("no", "yes")));
    for (int i = 0; i < 10_000; i++) {
      int label = random.nextInt(2);
      Scored scored = scored(label, flip(label, 0.3, random), flip(label, 0.2, random));
      blocks.add(scored);
      again.add(scored);
    }

    assertThat(again.all(SLOTS)).isEqualTo(blocks.all(SLOTS));
  }

  @Test
  void aTwinIsComparedOnItsOwnBlocksHoweverLateItWasBorn() {
    Random random = new Random(5);
    for (int i = 0; i < 37 * PairedBlocks.BLOCK; i++) {
      add(random.nextInt(2), random.nextInt(2), 0);
    }
    PairedBlocks sinceBirth = new PairedBlocks(new ClassTarget(List.of("no", "yes")));
    for (int i = 0; i < 12 * PairedBlocks.BLOCK; i++) {
      Scored scored = withTwin(random);
      blocks.add(scored);
      sinceBirth.add(scored);
    }

    PairedBlocks.Comparison frozen = against(SlotSpec.FROZEN);

    assertThat(frozen).isEqualTo(last(sinceBirth.all(SLOTS)));
    assertThat(frozen.predictor()).isEqualTo(Board.SERVED_SAME_EVENTS);
    assertThat(frozen.instances()).isEqualTo(12 * PairedBlocks.BLOCK);
    assertThat(frozen.lead().low()).isBetween(10.0, 20.0);
    assertThat(frozen.lead().high()).isBetween(20.0, 30.0);
    assertThat(frozen.sentence()).startsWith("served_same_events beats frozen by ");
  }

  @Test
  void aTwinOfFewBlocksHasNoIntervalHoweverLongTheRunWas() {
    Random random = new Random(6);
    for (int i = 0; i < 37 * PairedBlocks.BLOCK; i++) {
      add(random.nextInt(2), random.nextInt(2), 0);
    }
    for (int i = 0; i < (PairedBlocks.MIN_BLOCKS - 1) * PairedBlocks.BLOCK; i++) {
      blocks.add(withTwin(random));
    }

    PairedBlocks.Difference kappa = against(SlotSpec.FROZEN).lead();

    assertThat(kappa.value()).isBetween(10.0, 30.0);
    assertThat(kappa.low()).isNaN();
    assertThat(kappa.high()).isNaN();
  }

  private static PairedBlocks.Comparison last(List<PairedBlocks.Comparison> comparisons) {
    return comparisons.get(comparisons.size() - 1);
  }

  /** What is served is wrong on a fifth of the labels, the twin on three tenths. */
  private static Scored withTwin(Random random) {
    int label = random.nextInt(2);
    return scored(
        label,
        slot("good", flip(label, 0.2, random)),
        slot("bad", 0),
        slot(SlotSpec.FROZEN, flip(label, 0.3, random)));
  }

  private PairedBlocks.Comparison against(String other) {
    return blocks.all(SLOTS).stream()
        .filter(comparison -> comparison.against().equals(other))
        .findFirst()
        .orElseThrow();
  }

  private static int flip(int label, double often, Random random) {
    return random.nextDouble() < often ? 1 - label : label;
  }

  private void add(int label, int good, int bad) {
    blocks.add(scored(label, good, bad));
  }

  private static Scored scored(int label, int good, int bad) {
    return scored(label, slot("good", good), slot("bad", bad));
  }

  private static Scored scored(int label, SlotAnswer... slots) {
    Answer answer = new Answer("e", "k", 0, 1, slots, 0, 0, 0, new String[0]);
    return new Scored(answer, label, 0, 0);
  }

  private static SlotAnswer slot(String id, int predicted) {
    return new SlotAnswer(id, 1, 0, 0, predicted, new double[] {1 - predicted, predicted});
  }
}
