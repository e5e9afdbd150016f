/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoardTest {

  private static final Figures.Precision PRECISION = new Figures.Precision(64, 16);
  private static final double FADING = 0.99;
  private static final int LABELS = 3000;

  /** So few that areas are exact, and so many that they are not. */
  @ParameterizedTest
  @ValueSource(ints = {60, LABELS})
  void partsInAnyOrderGiveTheWholesFiguresToTheLastDigit(int labels) throws IOException {
    for (Target target : List.of(classes("no", "yes"), classes("a", "b", "c"), anomalies())) {
      Board whole = board(target);
      List<Board> parts = parts(target, labels, whole);
      Collections.shuffle(parts, new Random(2));

      Board sum = board(target);
      for (Board part : parts) {
        sum.merge(written(part, target));
      }

      assertThat(sum.all().keySet()).isEqualTo(whole.all().keySet());
      whole.all().forEach((id, figures) -> assertExactlyAs(sum.of(id), figures, target));
    }
  }

  @Test
  void partsInTheirOrderFadeAsTheWhole() throws IOException {
    for (Target target : List.of(classes("no", "yes"), new NumberTarget(), anomalies())) {
      for (double fading : new double[] {FADING, 0.5, 1}) {
        Board whole = new Board(target, PRECISION, fading);
        List<Board> parts = parts(target, LABELS, whole);
        Board sum = new Board(target, PRECISION, fading);
        for (Board part : parts) {
          sum.merge(Board.of(part.bytes(), target, fading));
        }

        whole
            .all()
            .forEach(
                (id, figures) -> {
                  for (Figure figure : target.task().summed()) {
                    assertThat(whole.of(Board.SERVED).faded(figure)).isNotNaN();
                    close(sum.of(id).faded(figure), figures.faded(figure), 1e-9);
                  }
                });
      }
    }
  }

  @Test
  void numbersMergeButForRounding() throws IOException {
    Target target = new NumberTarget();
    Board whole = board(target);
    Board sum = board(target);
    for (Board part : parts(target, LABELS, whole)) {
      sum.merge(written(part, target));
    }

    whole
        .all()
        .forEach(
            (id, figures) -> {
              assertThat(sum.of(id).instances()).isEqualTo(figures.instances());
              target
                  .task()
                  .figures()
                  .forEach(f -> close(sum.of(id).figure(f), figures.figure(f), 1e-12));
            });
  }

  @Test
  void comesBackAsItWas() throws IOException {
    for (Target target : List.of(classes("a", "b", "c"), new NumberTarget(), anomalies())) {
      Board whole = board(target);
      parts(target, LABELS, whole);

      assertThat(written(whole, target).bytes()).isEqualTo(whole.bytes());
    }
  }

  @Test
  void fadedFiguresBeginAnewWithAnotherFactor() throws IOException {
    Target target = classes("no", "yes");
    Board whole = board(target);
    parts(target, LABELS, whole);

    Figures changed = Board.of(whole.bytes(), target, 0.9).of(Board.SERVED);

    assertThat(changed.instances()).isEqualTo(LABELS);
    assertThat(changed.faded(Figure.ACCURACY)).isNaN();
  }

  @Test
  void countsFromBeforeAClassWasAddedGoOnWithIt() throws IOException {
    Target two = classes("no", "yes");
    Target three = classes("no", "yes", "other");
    Board before = board(two);
    Board always = board(three);
    Random random = new Random(1);
    for (int i = 0; i < LABELS; i++) {
      Scored scored = scored(two, random, i > LABELS / 2);
      before.add(scored);
      always.add(new Scored(scored.answer().withVotes(3), scored.label(), 0, scored.reference()));
    }

    Board after = written(before, three);
    for (int i = 0; i < LABELS; i++) {
      Scored scored = scored(three, random, false);
      after.add(scored);
      always.add(scored);
    }

    assertThat(after.all().keySet()).isEqualTo(always.all().keySet());
    always.all().forEach((id, figures) -> assertExactlyAs(after.of(id), figures, three));
    for (Figure figure : List.of(Figure.ACCURACY, Figure.KAPPA, Figure.LOG_LOSS)) {
      close(after.of("s0").faded(figure), always.of("s0").faded(figure), 1e-9);
    }
    assertThat(after.of("s0").figure(Figure.AUC)).isNaN();
  }

  @Test
  void anomaliesAreRankedByTheirScoresAndBaselinesHaveNone() {
    Board board = board(anomalies());
    double[] scores = {0.2, 0.9, 0.4, 0.7};
    boolean[] found = {false, true, true, false};
    for (int i = 0; i < scores.length; i++) {
      double label = found[i] ? AnomalyTarget.ANOMALY : AnomalyTarget.NORMAL;
      double[] votes = {scores[i], 0.8};
      double called = scores[i] > 0.8 ? AnomalyTarget.ANOMALY : AnomalyTarget.NORMAL;
      Answer.SlotAnswer slot = new Answer.SlotAnswer("s", 1, 0, 0, called, votes);
      Answer answer =
          new Answer("e", "k", 0, 1, new Answer.SlotAnswer[] {slot}, 0, 0, 0, new String[0]);
      board.add(new Scored(answer, label, 0, 0));
    }

    // Of the four pairs of one that is an anomaly and one that is not, one is the wrong way round.
    assertThat(board.of("s").figure(Figure.AUC)).isEqualTo(0.75);
    assertThat(board.of("s").aucError()).isZero();
    assertThat(board.of("s").figure(Figure.PRECISION)).isEqualTo(100);
    assertThat(board.of("s").figure(Figure.RECALL)).isEqualTo(50);
    assertThat(board.of("s").calibrationOrNull()).isNull();
    assertThat(board.of(Board.NO_CHANGE).figure(Figure.AUC)).isNaN();
    assertThat(board.of(Board.NO_CHANGE).figure(Figure.RECALL)).isZero();
  }

  @Test
  void saysWhatCannotBeRead() {
    Target target = classes("no", "yes");
    byte[] bytes = board(target).bytes();
    bytes[0] = 9;
    assertThatThrownBy(() -> Board.of(bytes, target, FADING))
        .isInstanceOf(IOException.class)
        .hasMessage("figures of format version 9 cannot be read");

    Board three = board(classes("a", "b", "c"));
    parts(classes("a", "b", "c"), 10, three);
    assertThatThrownBy(() -> Board.of(three.bytes(), target, FADING))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("these are no figures of one of [no, yes]");
  }

  /** What docs/evaluation.md says of it. */
  @Test
  void aPredictorOfAKeyTakesMostBytesJustBeforeItsAreaIsInBins() throws IOException {
    Target target = classes("no", "yes");
    int exact = Figures.Precision.PART.exactUpTo();

    assertThat(largest(target, 1)).isEqualTo(117);
    assertThat(largest(target, exact)).isBetween(16_000, 17_000);
    assertThat(largest(target, exact + 1)).isLessThan(11_000);
    assertThat(largest(target, 50_000)).isLessThan(11_000);
  }

  /** Bytes of the predictor that takes the most after so many labels, of these scores and wide. */
  private static int largest(Target target, int labels) throws IOException {
    Board even = new Board(target, Figures.Precision.PART, FADING);
    parts(target, labels, even);
    Figures wide = new Figures(target, false, Figures.Precision.PART, FADING);
    Random random = new Random(4);
    for (int i = 0; i < labels; i++) {
      double score = Math.pow(2, -40 * random.nextDouble());
      double second = random.nextBoolean() ? score : 1 - score;
      double[] votes = {1 - second, second};
      Answer.SlotAnswer slot = new Answer.SlotAnswer("s", 1, 0, 0, Votes.predicted(votes), votes);
      Answer answer =
          new Answer("e", "k", 0, 1, new Answer.SlotAnswer[] {slot}, 0, 0, 0, new String[0]);
      wide.add(new Scored(answer, random.nextInt(2), 0, 0), slot);
    }
    int most = bytes(wide);
    for (Figures figures : even.all().values()) {
      most = Math.max(most, bytes(figures));
    }
    return most;
  }

  private static int bytes(Figures figures) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    figures.write(new DataOutputStream(bytes));
    return bytes.size();
  }

  @Test
  void sumsOfSmallNumbersAreTheSameInAnyOrder() {
    Random random = new Random(3);
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      numbers.add(-Math.log(Math.max(1e-15, Math.pow(random.nextDouble(), 1 + i % 7))));
    }
    FixedSum one = new FixedSum();
    numbers.forEach(one::add);
    Collections.shuffle(numbers, random);
    FixedSum left = new FixedSum();
    FixedSum right = new FixedSum();
    numbers.forEach(number -> (random.nextBoolean() ? left : right).add(number));
    left.merge(right);

    assertThat(left.value()).isEqualTo(one.value());
    double plain = numbers.stream().mapToDouble(Double::doubleValue).sum();
    assertThat(one.value()).isCloseTo(plain, within(1e-9 * plain));
  }

  private static void assertExactlyAs(Figures sum, Figures whole, Target target) {
    assertThat(sum.instances()).isEqualTo(whole.instances());
    assertThat(sum.figures()).isEqualTo(whole.figures());
    assertThat(sum.aucError()).isEqualTo(Double.valueOf(whole.aucError()));
    if (whole.score() instanceof ClassScore score) {
      for (int c = 0; c < target.classes().size(); c++) {
        assertThat(((ClassScore) sum.score()).f1(c)).isEqualTo(Double.valueOf(score.f1(c)));
      }
    }
    if (whole.calibrationOrNull() != null) {
      assertThat(sum.calibrationOrNull().brier()).isEqualTo(whole.calibrationOrNull().brier());
      assertThat(sum.calibrationOrNull().error()).isEqualTo(whole.calibrationOrNull().error());
    }
  }

  private static void close(double value, double expected, double relative) {
    if (Double.isNaN(expected)) {
      assertThat(value).isNaN();
    } else {
      assertThat(value).isCloseTo(expected, within(relative * Math.max(1, Math.abs(expected))));
    }
  }

  /** Labels in parts of uneven length, and all of them in one board. */
  private static List<Board> parts(Target target, int labels, Board whole) {
    Random random = new Random(1);
    List<Board> parts = new ArrayList<>();
    for (int i = 0; i < labels; i++) {
      if (parts.isEmpty() || random.nextInt(20) == 0) {
        parts.add(whole.empty());
      }
      Scored scored = scored(target, random, i > labels / 2);
      whole.add(scored);
      parts.get(parts.size() - 1).add(scored);
    }
    return parts;
  }

  private static Scored scored(Target target, Random random, boolean frozen) {
    double label = value(target, random);
    Answer.SlotAnswer[] slots = new Answer.SlotAnswer[frozen ? 3 : 2];
    for (int s = 0; s < slots.length; s++) {
      String id = s == 2 ? SlotSpec.FROZEN : "s" + s;
      double[] raw = new double[Math.max(1, target.classes().size())];
      for (int c = 0; c < raw.length; c++) {
        raw[c] = target.classes().isEmpty() ? value(target, random) : random.nextDouble();
      }
      // Of anomalies some come before there is a threshold.
      double[] votes = target.votes(raw, s == 0 ? Double.NaN : 0.75);
      slots[s] = new Answer.SlotAnswer(id, 1, 0, 0, target.predicted(raw, votes), votes);
    }
    Answer answer =
        new Answer(
            "e",
            "k",
            0,
            1,
            slots,
            random.nextInt(2),
            value(target, random),
            value(target, random),
            new String[0]);
    return new Scored(answer, label, 0, value(target, random));
  }

  private static double value(Target target, Random random) {
    int classes = target.classes().size();
    return classes == 0 ? 100 * random.nextGaussian() : random.nextInt(classes);
  }

  private static Target classes(String... names) {
    return new ClassTarget(List.of(names));
  }

  private static Target anomalies() {
    return new AnomalyTarget(AnomalyTarget.CLASSES, AnomalyTarget.Learns.ALL);
  }

  private static Board board(Target target) {
    return new Board(target, PRECISION, FADING);
  }

  private static Board written(Board board, Target target) throws IOException {
    return Board.of(board.bytes(), target, FADING);
  }

  @Test
  void predictorsAreListedInTheirOrderEvenBeforeTheyScore() {
    Board board = board(new NumberTarget()).listing(List.of("a", "b"));

    assertThat(board.all().keySet())
        .containsExactly("a", "b", "served", "frozen", "served_same_events", "no_change", "mean");
    assertThat(board.rows()).doesNotContainKeys("frozen", "served_same_events");
    assertThat(board.all().values()).allMatch(figures -> figures.instances() == 0);
    assertThat(Map.copyOf(board.rows())).hasSize(5);
  }
}
