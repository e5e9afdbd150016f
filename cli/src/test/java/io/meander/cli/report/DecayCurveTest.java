/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.models.Answer;
import io.meander.models.Answer.SlotAnswer;
import io.meander.models.ClassTarget;
import io.meander.models.Figure;
import io.meander.models.Scored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecayCurveTest {

  private static final Instant START = Instant.parse("2001-05-01T00:00:00Z");
  private static final DecayTest TEST =
      new DecayTest(
          START,
          Duration.ofDays(10),
          List.of(
              new DecayTest.Age("1d", Duration.ofDays(1)),
              new DecayTest.Age("7d", Duration.ofDays(7))));
  private static final int NONE = -1;

  private final DecayCurve curve = new DecayCurve(TEST, new ClassTarget(List.of("no", "yes")));

  @Test
  void everyAgeIsScoredOnTheSameEvents() {
    add("a", -1, 1, 0, 1, 1); // before the test
    add("a", 0, 1, 1, 1, 0);
    add("a", 1, 0, 0, 1, 1);
    add("b", 2, 1, 1, 1, 1);
    add("b", 30, 0, 0, 0, 1);
    add("young", 3, 1, 1, 1, NONE); // no twin of 7 days

    List<DecayCurve.Aged> aged = curve.aged();

    assertThat(curve.live().instances()).isEqualTo(4);
    assertThat(curve.live().figure(Figure.ACCURACY)).isEqualTo(100);
    assertThat(curve.leftOut()).isEqualTo(1);
    assertThat(curve.keysLeftOut()).isEqualTo(1);
    assertThat(aged).extracting(a -> a.age().text()).containsExactly("1d", "7d");
    assertThat(aged).extracting(a -> a.twin().instances()).containsExactly(4L, 4L);
    assertThat(aged).extracting(a -> a.twin().figure(Figure.ACCURACY)).containsExactly(75.0, 25.0);
    assertThat(aged)
        .extracting(a -> a.gap().of().get(Figure.ACCURACY).value())
        .containsExactly(25.0, 75.0);
    // The younger predicts 1, 1, 1, 0 for 1, 0, 1, 0: by chance (3 * 2 + 1 * 2) / 16.
    assertThat(aged.get(0).twin().figure(Figure.KAPPA)).isCloseTo(50, within(1e-9));
    assertThat(aged.get(0).gap().of().get(Figure.KAPPA).value()).isCloseTo(50, within(1e-9));
    assertThat(aged.get(0).frozenAt()).isEqualTo("2001-04-30T00:00:00Z");
    // What the twins of a and of b had learned, each key once.
    assertThat(aged).extracting(DecayCurve.Aged::trained).containsExactly(200L, 20L);
  }

  @Test
  void aDayHasTheFiguresOfItsEvents() {
    add("a", 1, 1, 1, 0, 0);
    add("a", 2, 1, 0, 1, 0);
    add("a", 25, 1, 1, 1, 1);

    List<DecayCurve.Stretch> days = curve.stretches();

    assertThat(days)
        .extracting(DecayCurve.Stretch::predictor)
        .containsExactly("served", "1d", "7d", "served", "1d", "7d");
    assertThat(days)
        .extracting(day -> day.score().figure(Figure.ACCURACY))
        .containsExactly(50.0, 50.0, 0.0, 100.0, 100.0, 100.0);
    assertThat(days.get(3).from()).isEqualTo("2001-05-02T00:00:00Z");
    assertThat(curve.end()).isEqualTo("2001-05-02T01:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "P30D, P1D",
    "P7D, P1D",
    "P6D, PT6H",
    "P2D, PT6H",
    "P1D, PT1H",
    "PT6H, PT10M",
    "PT1H, PT1M",
    "PT2M, PT10S",
    "PT3S, PT1S"
  })
  void aShortTestIsCutFinerSoThatThereIsACurve(Duration length, Duration stretch) {
    assertThat(new DecayTest(START, length, TEST.ages()).stretch()).isEqualTo(stretch);
  }

  @Test
  void aTestOfADayHasTheFiguresOfItsHours() {
    DecayCurve day =
        new DecayCurve(
            new DecayTest(START, Duration.ofDays(1), TEST.ages()),
            new ClassTarget(List.of("no", "yes")));
    day.add(scored("a", 1, 1, 1, 0, 0));
    day.add(scored("a", 2, 1, 1, 1, 0));

    assertThat(day.stretches())
        .filteredOn(stretch -> stretch.predictor().equals("1d"))
        .extracting(stretch -> stretch.from() + " " + stretch.score().figure(Figure.ACCURACY))
        .containsExactly("2001-05-01T01:00:00Z 0.0", "2001-05-01T02:00:00Z 100.0");
  }

  @Test
  void withoutATwinOfEveryAgeThereIsNothingToSay() {
    add("young", 3, 1, 1, 1, NONE);

    assertThat(curve.aged()).isEmpty();
    assertThat(curve.stretches()).isEmpty();
    assertThat(curve.end()).isEqualTo(START);
  }

  private void add(String key, long hour, int label, int live, int day, int week) {
    curve.add(scored(key, hour, label, live, day, week));
  }

  private static Scored scored(String key, long hour, int label, int live, int day, int week) {
    List<SlotAnswer> answers = new ArrayList<>();
    answers.add(answer("ht", 500, live));
    answers.add(answer("frozen@1d", 100, day));
    if (week != NONE) {
      answers.add(answer("frozen@7d", 10, week));
    }
    long time = START.plus(Duration.ofHours(hour)).toEpochMilli();
    Answer answer =
        new Answer("e", key, time, 1, answers.toArray(SlotAnswer[]::new), 0, 0, 0, new String[0]);
    return new Scored(answer, label, time, 0);
  }

  private static SlotAnswer answer(String slot, long trained, int predicted) {
    double[] votes = {0.25, 0.25};
    votes[predicted] = 0.75;
    return new SlotAnswer(slot, 1, trained, 0, predicted, votes);
  }
}
