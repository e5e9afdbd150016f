/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.meander.features.FeatureInputs;
import io.meander.models.Answer;
import io.meander.models.ClassTarget;
import io.meander.models.GivenUp;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.PipelineSpec.Waits;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class LabelJoinTest {

  static final Duration WAIT = Duration.ofMillis(640);
  private static final PipelineSpec.EventTime TIME =
      new PipelineSpec.EventTime("t", null, ZoneOffset.UTC, Duration.ZERO, Duration.ofMinutes(1));
  private static final int BELOW = 0;
  private static final int ABOVE = 1;
  private static final Waits DROP = waits(null, false, false);

  private final List<Observation> points = LearningOperatorTest.events(100, 1);

  /** Events that only ask have ids from the end. */
  private int probe = 100;

  @Test
  void aLabelInTimeScoresTheVotesAsServedAndIsLearned() throws Exception {
    try (var task = start(DROP)) {
      Answer served = event(task, 0, 100).answer();
      for (int i = 1; i < 40; i++) {
        event(task, i, 100 + i);
        label(task, i, 100 + i, i % 2);
      }

      Step step = label(task, 0, 200, ABOVE);

      LabelResult result = only(step);
      assertThat(result.outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(result.event()).isZero();
      assertThat(result.scoredOrNull().answer()).isEqualTo(served);
      assertThat(result.scoredOrNull().label()).isEqualTo(ABOVE);
      assertThat(event(task, 90, 300).answer().servedAnswer().trainedInstances()).isEqualTo(40);
    }
  }

  @Test
  void anEventThatIsKnownToGetNoLabelIsNeitherScoredNorLearned() throws Exception {
    try (var task = start(DROP)) {
      event(task, 0, 100);

      LabelResult result = only(label(task, 0, 110, Observation.NO_LABEL));

      assertThat(result.outcome()).isEqualTo(LabelOutcome.NEVER);
      assertThat(result.scoredOrNull()).isNull();
      assertThat(trained(task)).isZero();
    }
  }

  @Test
  void noLabelOfAnEventThatNeverCameWaitsForNothing() throws Exception {
    try (var task = start(DROP)) {
      assertThat(label(task, 0, 110, Observation.NO_LABEL).labels()).isEmpty();
      assertThat(task.eventTimeTimers()).isZero();

      assertThat(event(task, 0, 120).labels()).isEmpty();
    }
  }

  @Test
  void aLabelBeforeItsEventWaitsForIt() throws Exception {
    try (var task = start(DROP)) {
      assertThat(label(task, 0, 100, ABOVE).labels()).isEmpty();

      Step step = event(task, 0, 120);

      assertThat(step.answer()).isNotNull();
      assertThat(only(step).outcome()).isEqualTo(LabelOutcome.EARLY);
      assertThat(only(step).scoredOrNull().answer()).isSameAs(step.answer());
      assertThat(trained(task)).isEqualTo(1);
    }
  }

  @Test
  void aLabelWhoseEventNeverComesIsUnmatchedWhenItsWaitEnds() throws Exception {
    try (var task = start(DROP)) {
      label(task, 0, 100, ABOVE);
      task.watermark(100 + WAIT.toMillis() + 20);

      LabelResult result = task.steps().get(0).labels().get(0);
      assertThat(result.outcome()).isEqualTo(LabelOutcome.UNMATCHED);
      assertThat(result.event()).isEqualTo(Observation.UNNUMBERED);
      assertThat(task.eventTimeTimers()).isZero();
    }
  }

  @Test
  void theSameLabelAgainIsIgnoredAndAnotherOneRejected() throws Exception {
    try (var task = start(DROP)) {
      event(task, 0, 100);
      label(task, 0, 110, ABOVE);

      assertThat(only(label(task, 0, 120, ABOVE)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);
      assertThat(only(label(task, 0, 130, BELOW)).outcome()).isEqualTo(LabelOutcome.CORRECTED);
      assertThat(only(label(task, 0, 140, ABOVE)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);
      assertThat(trained(task)).isEqualTo(1);
    }
  }

  @Test
  void correctionsAreLearnedAndNotScoredWhereThePipelineSaysSo() throws Exception {
    try (var task = start(waits(null, false, true))) {
      event(task, 0, 100);
      label(task, 0, 110, ABOVE);

      LabelResult corrected = only(label(task, 0, 130, BELOW));

      assertThat(corrected.outcome()).isEqualTo(LabelOutcome.CORRECTED);
      assertThat(corrected.scoredOrNull()).isNull();
      assertThat(trained(task)).isEqualTo(2);
      assertThat(only(label(task, 0, 140, BELOW)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);
    }
  }

  @Test
  void anEarlyLabelScoresAndIsLearnedAndItsCorrectionIsOnlyLearned() throws Exception {
    try (var task = start(waits(null, false, true))) {
      label(task, 0, 100, ABOVE);
      assertThat(only(label(task, 0, 101, BELOW)).outcome()).isEqualTo(LabelOutcome.CORRECTED);
      task.flush();
      assertThat(only(label(task, 0, 102, BELOW)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);

      LabelResult early = only(event(task, 0, 120));

      assertThat(early.outcome()).isEqualTo(LabelOutcome.EARLY);
      assertThat(early.label()).isEqualTo(ABOVE);
      assertThat(early.scoredOrNull().label()).isEqualTo(ABOVE);
      assertThat(trained(task)).isEqualTo(2);
      assertThat(only(label(task, 0, 130, BELOW)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);
    }
  }

  @Test
  void aLabelThatWasHeldUntilItsEventHadComeIsEarlyUnlessItsWaitWasOver() throws Exception {
    try (var task = start(DROP)) {
      event(task, 0, 1000);
      event(task, 1, 1000);
      task.watermark(999);

      LabelResult held = only(task.learn(truth(0, 900).earlyWithKey("k")));
      LabelResult old = only(task.learn(truth(1, 1000 - WAIT.toMillis() - 1).earlyWithKey("k")));

      assertThat(held.outcome()).isEqualTo(LabelOutcome.EARLY);
      assertThat(held.scoredOrNull()).isNotNull();
      assertThat(old.outcome()).isEqualTo(LabelOutcome.UNMATCHED);
      assertThat(trained(task)).isEqualTo(1);
    }
  }

  @Test
  void aPredictionWithoutALabelIsGivenUpAndItsLabelLate() throws Exception {
    try (var task = start(DROP)) {
      event(task, 0, 100);
      task.watermark(100 + WAIT.toMillis() + 20);
      LabelResult never = task.steps().get(0).labels().get(0);
      assertThat(never.outcome()).isEqualTo(LabelOutcome.NEVER);
      assertThat(never.event()).isZero();
      assertThat(never.scoredOrNull()).isNull();

      LabelResult late = only(label(task, 0, 900, ABOVE));

      assertThat(late.outcome()).isEqualTo(LabelOutcome.LATE);
      assertThat(late.event()).isZero();
      assertThat(only(label(task, 0, 910, ABOVE)).outcome()).isEqualTo(LabelOutcome.DUPLICATE);
      assertThat(trained(task)).isZero();
    }
  }

  @Test
  void withoutALabelAPredictionCountsAsTheClassOfOtherwise() throws Exception {
    try (var task = start(waits((double) BELOW, false, false))) {
      event(task, 0, 100);
      task.watermark(100 + WAIT.toMillis() + 20);

      LabelResult never = task.steps().get(0).labels().get(0);
      assertThat(never.outcome()).isEqualTo(LabelOutcome.NEVER);
      assertThat(never.scoredOrNull().label()).isEqualTo(BELOW);
      assertThat(never.time()).isEqualTo(100 + WAIT.toMillis());
      assertThat(trained(task)).isEqualTo(1);
      assertThat(only(label(task, 0, 900, ABOVE)).outcome()).isEqualTo(LabelOutcome.LATE);
      assertThat(trained(task)).isEqualTo(1);
    }
  }

  @Test
  void latePositivesAreLearnedWhereThePipelineSaysSo() throws Exception {
    try (var task = start(waits((double) BELOW, true, false))) {
      event(task, 0, 100);
      event(task, 1, 100);
      task.watermark(100 + WAIT.toMillis() + 20);
      task.steps();
      assertThat(trained(task)).isEqualTo(2);

      assertThat(only(label(task, 0, 900, ABOVE)).outcome()).isEqualTo(LabelOutcome.LATE);
      assertThat(trained(task)).isEqualTo(3);
      assertThat(only(label(task, 1, 900, BELOW)).outcome()).isEqualTo(LabelOutcome.LATE);
      assertThat(trained(task)).isEqualTo(3);
    }
  }

  @Test
  void waitsEndBeforeAnythingElseIsDoneWithTheKeyThoughTheTimerComesLater() throws Exception {
    try (var task = start(DROP)) {
      event(task, 0, 101);
      // The timer rounds up to 750.
      task.watermark(745);

      Step step = label(task, 0, 741, ABOVE);

      assertThat(step.labels())
          .extracting(LabelResult::outcome)
          .containsExactly(LabelOutcome.NEVER, LabelOutcome.LATE);
    }
  }

  @Test
  void anEventThatComesAgainGetsTheRememberedVotes() throws Exception {
    try (var task = start(DROP)) {
      Answer first = event(task, 0, 100).answer();
      event(task, 1, 100);
      label(task, 1, 101, ABOVE);

      Step waiting = event(task, 0, 105);
      label(task, 0, 106, ABOVE);
      task.flush();
      Step answered = event(task, 0, 107);

      for (Step again : List.of(waiting, answered)) {
        assertThat(again.repeated()).isTrue();
        assertThat(again.labels()).isEmpty();
        assertThat(again.answer()).usingRecursiveComparison().isEqualTo(first);
      }
      assertThat(trained(task)).isEqualTo(2);
    }
  }

  @Test
  void stateAndTimersReturnToZeroOnceTheLastWaitIsOver() throws Exception {
    OperatorSubtaskState state;
    try (var task = start(waits((double) BELOW, true, true))) {
      for (int i = 0; i < 50; i++) {
        event(task, i, 100 + i);
        if (i % 3 == 0) {
          label(task, i, 101 + i, ABOVE);
        }
        if (i % 5 == 0) {
          label(task, 1000 + i, 101 + i, ABOVE);
        }
        if (i % 20 == 0) {
          task.checkpoint(i);
        }
      }
      assertThat(task.eventTimeTimers()).isEqualTo(1);
      state = task.checkpoint(100);
      assertThat(task.storedWaits()).isEqualTo(3);
    }
    try (var task =
        TestTask.restore(spec(waits((double) BELOW, true, true)), BOUNDED, 1, 0, state, 1)) {
      task.watermark(100 + 50 + 2 * WAIT.toMillis() + 100);
      task.flush();

      assertThat(task.storedWaits()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
      assertThat(task.timers()).isZero();
    }
  }

  @Test
  void theEndOfTheInputEndsNoWait() throws Exception {
    try (var task = start(waits((double) BELOW, false, false))) {
      event(task, 0, 100);
      task.watermark(Long.MAX_VALUE);
      task.endOfEvents();

      assertThat(task.steps()).isEmpty();
    }
  }

  @Test
  void aKeyThatIsForgottenWaitsForNothing() throws Exception {
    PipelineSpec forgetting =
        LearningOperatorTest.spec(
            Duration.ofMillis(100), TIME, Duration.ofMillis(320), Map.of(), label(DROP));
    try (var task = TestTask.start(forgetting, BOUNDED)) {
      event(task, 0, 100);
      event(task, 1, 110);
      label(task, 1, 111, ABOVE);
      task.flush();

      task.watermark(500);

      LabelResult forgotten = task.steps().get(0).labels().get(0);
      assertThat(forgotten.outcome()).isEqualTo(LabelOutcome.NEVER);
      assertThat(forgotten.givenUpOrNull()).isEqualTo(GivenUp.KEY_FORGOTTEN);
      assertThat(forgotten.event()).isZero();
      assertThat(task.storedWaits()).isZero();
      assertThat(task.stored()).isZero();
      assertThat(task.eventTimeTimers()).isZero();

      assertThat(label(task, 0, 520, ABOVE).labels()).isEmpty();
      task.watermark(520 + WAIT.toMillis() + 20);
      assertThat(task.steps().get(0).labels())
          .extracting(LabelResult::outcome, LabelResult::givenUpOrNull)
          .containsExactly(tuple(LabelOutcome.UNMATCHED, GivenUp.WAIT_OVER));
    }
  }

  @Test
  void whereThereIsNoRoomTheOldestIsGivenUpAndNotLearned() throws Exception {
    Waits tight = new Waits(WAIT, (double) BELOW, false, false, 2, 1000);
    try (var task = start(tight)) {
      event(task, 0, 100);
      event(task, 1, 101);

      LabelResult givenUp = only(event(task, 2, 102));

      assertThat(givenUp.outcome()).isEqualTo(LabelOutcome.NEVER);
      assertThat(givenUp.givenUpOrNull()).isEqualTo(GivenUp.NO_ROOM_OF_KEY);
      assertThat(givenUp.event()).isZero();
      assertThat(givenUp.scoredOrNull()).isNull();
      assertThat(givenUp.label()).isNaN();
      assertThat(givenUp.time()).isEqualTo(Observation.NO_TIME);
      assertThat(only(label(task, 1, 103, ABOVE)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(only(label(task, 2, 104, ABOVE)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(trained(task)).isEqualTo(2);
    }
  }

  @Test
  void whatHasItsLabelTakesNoRoom() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 2, 2))) {
      event(task, 0, 100);
      for (int i = 1; i < 20; i++) {
        assertThat(event(task, i, 100 + i).labels()).isEmpty();
        assertThat(only(label(task, i, 100 + i, ABOVE)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
        if (i % 5 == 0) {
          task.flush();
        }
      }
      event(task, 20, 121);

      assertThat(only(event(task, 21, 122)).event()).isZero();
      assertThat(only(event(task, 22, 123)).event()).isEqualTo(20);
      assertThat(event(task, 3, 124).repeated()).isTrue();
    }
  }

  @Test
  void thereIsABoundWithoutAWaitToo() throws Exception {
    try (var task = start(new Waits(null, null, false, false, 2, 1000))) {
      event(task, 0, 100);
      event(task, 1, 101);
      label(task, 0, 102, ABOVE);
      event(task, 2, 103);
      task.flush();

      LabelResult givenUp = only(event(task, 3, 104));

      assertThat(givenUp.event()).isEqualTo(1);
      assertThat(givenUp.givenUpOrNull()).isEqualTo(GivenUp.NO_ROOM_OF_KEY);
      label(task, 2, 105, ABOVE);
      label(task, 3, 106, ABOVE);
      task.flush();
      assertThat(task.storedWaits()).isZero();
    }
  }

  @Test
  void overallTheOldestOfAllKeysIsGivenUpAndTheKeyAtHandStays() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 1000, 3))) {
      eventOf(task, "b", 0, 100);
      eventOf(task, "a", 1, 101);
      eventOf(task, "c", 2, 101);
      labelOf(task, "b", 0, 102);
      eventOf(task, "b", 3, 103);

      Step first = eventOf(task, "d", 4, 104);
      Step second = eventOf(task, "b", 5, 105);
      Step third = eventOf(task, "e", 6, 106);

      assertThat(first.labels())
          .extracting(LabelResult::event, LabelResult::outcome, LabelResult::givenUpOrNull)
          .containsExactly(tuple(1L, LabelOutcome.NEVER, GivenUp.NO_ROOM));
      assertThat(only(second).event()).isEqualTo(2);
      assertThat(only(third).event()).isEqualTo(3);
      assertThat(only(labelOf(task, "d", 4, 107)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(only(labelOf(task, "b", 5, 108)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(only(labelOf(task, "e", 6, 109)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
      task.watermark(100 + 3 * WAIT.toMillis());
      task.flush();
      assertThat(task.storedWaits()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
    }
  }

  @Test
  void theOverallBoundHoldsAfterARestoreForKeysThatWereNotTouchedSince() throws Exception {
    PipelineSpec four = spec(new Waits(WAIT, null, false, false, 1000, 4));
    OperatorSubtaskState state;
    try (var task = TestTask.start(four, BOUNDED)) {
      for (int i = 0; i < 4; i++) {
        eventOf(task, "k" + i, i, 100 + i);
      }
      state = task.checkpoint(1);
    }
    try (var task = TestTask.restore(four, BOUNDED, 1, 0, state, 1)) {
      assertThat(only(eventOf(task, "new", 4, 110)).event()).isZero();
      assertThat(only(eventOf(task, "newer", 5, 111)).event()).isEqualTo(1);
    }
  }

  @Test
  void theOverallBoundIsSharedOutAmongALiveJobsTasksAndHoldsAfterARescaling() throws Exception {
    PipelineSpec eight = spec(new Waits(WAIT, null, false, false, 1000, 8));
    OperatorSubtaskState state;
    try (var task = TestTask.start(eight, LearningOptions.LIVE)) {
      for (int i = 0; i < 8; i++) {
        assertThat(eventOf(task, "k" + i, i, 100 + i).labels()).isEmpty();
      }
      state = task.checkpoint(1);
    }
    int open = 8;
    for (int i = 0; i < 4; i++) {
      try (var task = TestTask.restore(eight, LearningOptions.LIVE, 4, i, state, 1)) {
        String own = keyOf(i, 4);
        List<LabelResult> givenUp = new ArrayList<>();
        for (int e = 0; e < 3; e++) {
          givenUp.addAll(eventOf(task, own, 10 + 3 * i + e, 120 + e).labels());
        }
        assertThat(givenUp)
            .isNotEmpty()
            .allMatch(result -> result.givenUpOrNull() == GivenUp.NO_ROOM);
        open += 3 - givenUp.size();
      }
    }
    assertThat(open).isLessThanOrEqualTo(8);
  }

  @Test
  void labelsWithoutTheirEventsHaveRoomOfTheirOwn() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 2, 3))) {
      assertThat(label(task, 10, 100, ABOVE).labels()).isEmpty();
      assertThat(label(task, 11, 101, ABOVE).labels()).isEmpty();

      LabelResult ofKey = only(label(task, 12, 102, ABOVE));
      labelOf(task, "other", 13, 103);
      LabelResult overall = only(labelOf(task, "third", 14, 104));

      assertThat(ofKey.outcome()).isEqualTo(LabelOutcome.UNMATCHED);
      assertThat(ofKey.givenUpOrNull()).isEqualTo(GivenUp.NO_ROOM_OF_KEY);
      assertThat(overall.givenUpOrNull()).isEqualTo(GivenUp.NO_ROOM);
      assertThat(event(task, 0, 105).labels()).isEmpty();
      assertThat(event(task, 1, 106).labels()).isEmpty();
      assertThat(only(event(task, 10, 107)).outcome()).isEqualTo(LabelOutcome.EARLY);
      assertThat(label(task, 15, 108, ABOVE).labels()).isEmpty();
    }
  }

  @Test
  void aStandingWatermarkEndsNoWaitForEverInALiveJob() throws Exception {
    try (var task = TestTask.start(spec(DROP), LearningOptions.LIVE)) {
      task.setProcessingTime(1000);
      event(task, 0, 100);
      task.setProcessingTime(1000 + WAIT.toMillis() + 20);
      assertThat(task.steps()).isEmpty();

      task.setProcessingTime(1000 + 2 * WAIT.toMillis() + 20);

      assertThat(task.steps().get(0).labels())
          .extracting(LabelResult::outcome)
          .containsExactly(LabelOutcome.NEVER);
    }
  }

  @Test
  void aLabelThatCameAfterTheEndScoresAndIsNotLearned() throws Exception {
    try (var task = start(DROP)) {
      Answer served = event(task, 0, 100).answer();

      LabelResult result = only(task.learn(new LabelArrival(9, "e0", "k", 110, ABOVE, true)));

      assertThat(result.outcome()).isEqualTo(LabelOutcome.IN_TIME);
      assertThat(result.scoredOrNull().answer()).isEqualTo(served);
      assertThat(trained(task)).isZero();
    }
  }

  @Test
  void whatHasItsLabelOrItsEndIsNotEndedByNoLabel() throws Exception {
    try (var task = start(waits(null, true, true))) {
      event(task, 0, 100);
      label(task, 0, 110, ABOVE);
      label(task, 1, 111, ABOVE);
      event(task, 2, 112);
      label(task, 2, 113, Observation.NO_LABEL);

      for (int known = 0; known < 3; known++) {
        assertThat(label(task, known, 120, Observation.NO_LABEL).labels()).isEmpty();
      }
      assertThat(only(event(task, 1, 121)).outcome()).isEqualTo(LabelOutcome.EARLY);
      assertThat(only(label(task, 2, 122, ABOVE)).outcome()).isEqualTo(LabelOutcome.LATE);
      assertThat(trained(task)).isEqualTo(2);
    }
  }

  @Test
  void whatWaitsWithoutEndIsForgottenOnceItIsKnownToGetNoLabel() throws Exception {
    try (var task = start(new Waits(null, null, false, false, 1000, 1000))) {
      event(task, 0, 100);
      label(task, 0, 110, Observation.NO_LABEL);
      task.flush();

      assertThat(task.storedWaits()).isZero();
    }
  }

  @Test
  void aLabelInsideItsEventWaitsForNoneThatIsNotRemembered() throws Exception {
    PipelineSpec.Label inside =
        new PipelineSpec.Label(
            "l",
            null,
            null,
            new ClassTarget(List.of("below", "above")),
            List.of(),
            null,
            new PipelineSpec.KnownAt(null, Duration.ofMillis(50), null),
            DROP);
    PipelineSpec spec =
        LearningOperatorTest.spec(Duration.ofMillis(100), TIME, null, Map.of(), inside);
    try (var task = TestTask.start(spec, BOUNDED)) {
      LabelResult result = only(label(task, 0, 150, ABOVE));

      assertThat(result.outcome()).isEqualTo(LabelOutcome.UNMATCHED);
      assertThat(result.givenUpOrNull()).isEqualTo(GivenUp.WAIT_OVER);
      task.flush();
      assertThat(task.storedWaits()).isZero();
    }
  }

  @Test
  void whatWasAnsweredIsRememberedWithoutFeaturesUnlessCorrectionsAreLearned() throws Exception {
    for (boolean corrections : List.of(false, true)) {
      try (var task = start(waits(null, false, corrections))) {
        event(task, 0, 100);
        assertThat(task.waitingFeatures("k", "e0")).isNotNull();

        label(task, 0, 110, ABOVE);

        assertThat(task.waitingFeatures("k", "e0") != null).isEqualTo(corrections);
      }
    }
  }

  @Test
  void featuresOverLabelsKnowALabelOnceItHasMetItsEvent() throws Exception {
    int share = 6; // of the labels of the last 400 ms, see PastFeatures
    try (var task = TestTask.start(PastFeatures.of(spec(DROP)), BOUNDED)) {
      task.learn(PastFeatures.read(new LabelArrival(0, "e0", "k", 100, ABOVE, false)));
      task.learn(PastFeatures.open(point(0, 101)));
      task.learn(PastFeatures.open(point(1, 102)));
      assertThat(task.waitingFeatures("k", "e1")[share]).isEqualTo(1);

      task.learn(PastFeatures.read(new LabelArrival(3, "e1", "k", 103, BELOW, false)));
      task.learn(PastFeatures.open(point(2, 104)));
      assertThat(task.waitingFeatures("k", "e2")[share]).isEqualTo(0.5);
    }
  }

  @Test
  void aWaitIsOverAtItsEndAndNotBefore() throws Exception {
    for (int late : List.of(-1, 0)) {
      try (var task = start(DROP)) {
        event(task, 0, 101);
        task.watermark(101 + WAIT.toMillis() + late);

        LabelOutcome first = label(task, 0, 200, ABOVE).labels().get(0).outcome();

        assertThat(first).isEqualTo(late < 0 ? LabelOutcome.IN_TIME : LabelOutcome.NEVER);
      }
    }
  }

  @Test
  void aKeyThatNothingComesToAnyMoreEndsItsWaitsOneByOne() throws Exception {
    long wait = WAIT.toMillis();
    try (var task = start(DROP)) {
      event(task, 0, 100);
      event(task, 1, 300);

      task.watermark(100 + wait + 20);
      assertThat(task.steps().get(0).labels()).extracting(LabelResult::event).containsExactly(0L);
      task.watermark(300 + wait + 20);
      assertThat(task.steps().get(0).labels()).extracting(LabelResult::event).containsExactly(1L);
      task.watermark(100 + 2 * wait + 20);
      task.watermark(300 + 2 * wait + 20);
      task.flush();
      assertThat(task.storedWaits()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
    }
  }

  @Test
  void noWaitEndsBeforeThatOfAnEventThatCameEarlier() throws Exception {
    try (var task = start(waits((double) BELOW, false, false))) {
      event(task, 0, 200);
      event(task, 1, 100);
      task.watermark(200 + WAIT.toMillis() + 20);

      assertThat(task.steps().get(0).labels())
          .extracting(LabelResult::event, LabelResult::time)
          .containsExactly(tuple(0L, 200 + WAIT.toMillis()), tuple(1L, 200 + WAIT.toMillis()));
    }
  }

  @Test
  void aLabelWithoutATimeOrOfAFarFutureWaitsToo() throws Exception {
    for (long time : List.of(Observation.NO_TIME, Long.MAX_VALUE - 10)) {
      try (var task = start(DROP)) {
        task.watermark(1000);
        label(task, 0, time, ABOVE);

        assertThat(only(event(task, 0, 1001)).outcome()).isEqualTo(LabelOutcome.EARLY);
      }
    }
  }

  @Test
  void whereTheWatermarkWasIsKnownAfterARestoreBeforeItComesAgain() throws Exception {
    OperatorSubtaskState state;
    try (var task = start(DROP)) {
      event(task, 0, 101);
      task.watermark(745); // the timer rounds up to 750
      state = task.checkpoint(1);
    }
    try (var task = TestTask.restore(spec(DROP), BOUNDED, 1, 0, state, 1)) {
      assertThat(label(task, 0, 741, ABOVE).labels())
          .extracting(LabelResult::outcome)
          .containsExactly(LabelOutcome.NEVER, LabelOutcome.LATE);
    }
  }

  @Test
  void theClockEndsNoWaitOfABoundedRunAndAllOfALiveJobWhoseWatermarkStands() throws Exception {
    long wait = WAIT.toMillis();
    try (var task = start(DROP)) {
      event(task, 0, 100);
      task.setProcessingTime(100 * wait);
      assertThat(only(label(task, 0, 101, ABOVE)).outcome()).isEqualTo(LabelOutcome.IN_TIME);
    }
    try (var task = TestTask.start(spec(DROP), LearningOptions.LIVE)) {
      task.setProcessingTime(1000);
      event(task, 0, 100);
      task.setProcessingTime(1000 + wait);
      event(task, 1, 100);
      task.setProcessingTime(1000 + 2 * wait - 1);
      assertThat(task.steps()).isEmpty();
      task.setProcessingTime(1000 + 2 * wait);
      assertThat(task.steps().get(0).labels()).extracting(LabelResult::event).containsExactly(0L);
      task.setProcessingTime(1000 + 3 * wait + 20);
      assertThat(task.steps().get(0).labels()).extracting(LabelResult::event).containsExactly(1L);
    }
  }

  @Test
  void aLabelWithoutItsEventIsUnmatchedWhenItsKeyIsForgotten() throws Exception {
    PipelineSpec forgetting =
        LearningOperatorTest.spec(
            Duration.ofMillis(100), TIME, Duration.ofMillis(320), Map.of(), label(DROP));
    try (var task = TestTask.start(forgetting, LearningOptions.LIVE)) {
      event(task, 0, 100);
      label(task, 0, 101, ABOVE);
      label(task, 7, 110, ABOVE);
      task.watermark(500);

      LabelResult forgotten = task.steps().get(0).labels().get(0);
      assertThat(forgotten.outcome()).isEqualTo(LabelOutcome.UNMATCHED);
      assertThat(forgotten.givenUpOrNull()).isEqualTo(GivenUp.KEY_FORGOTTEN);
      assertThat(task.storedWaits()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
      assertThat(task.timers()).isZero();
    }
  }

  @Test
  void aBoundBelowTheNumberOfTasksLeavesEachRoomForOne() throws Exception {
    PipelineSpec two = spec(new Waits(WAIT, null, false, false, 1000, 2));
    try (var task = TestTask.restore(two, LearningOptions.LIVE, 4, 0, null, 1)) {
      String own = keyOf(0, 4);

      assertThat(eventOf(task, own, 0, 100).labels()).isEmpty();
      assertThat(only(eventOf(task, own, 1, 101)).event()).isZero();
    }
  }

  @Test
  void aKeyOfWhichNothingWaitsAnyMoreHasNoTimer() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 1000, 1))) {
      eventOf(task, "a", 0, 100);
      assertThat(only(eventOf(task, "b", 1, 101)).event()).isZero();

      assertThat(task.eventTimeTimers()).isEqualTo(1);
    }
  }

  @Test
  void overallTheOldestIsTheOneThatWaitsLongestWhateverWasAnsweredOrCameSince() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 1000, 3))) {
      eventOf(task, "c", 0, 90);
      eventOf(task, "a", 1, 100);
      eventOf(task, "a", 2, 200);
      assertThat(only(eventOf(task, "b", 3, 150)).event()).isZero();
      labelOf(task, "a", 1, 205); // so that its oldest is younger than b's
      eventOf(task, "d", 4, 210);

      List<Long> givenUp = new ArrayList<>();
      givenUp.add(only(eventOf(task, "d", 5, 220)).event());
      givenUp.add(only(eventOf(task, "z", 6, 230)).event());
      givenUp.add(only(eventOf(task, "y", 7, 230)).event());
      givenUp.add(only(eventOf(task, "f", 8, 240)).event());
      givenUp.add(only(eventOf(task, "f", 9, 250)).event());
      givenUp.add(only(eventOf(task, "f", 10, 260)).event());

      assertThat(givenUp).containsExactly(3L, 2L, 4L, 5L, 7L, 6L);
    }
  }

  @Test
  void whatWasGivenUpTwiceSinceTheLastCheckpointIsForgotten() throws Exception {
    try (var task = start(new Waits(WAIT, null, false, false, 1, 1000))) {
      event(task, 0, 100);
      task.checkpoint(1);
      assertThat(only(event(task, 1, 101)).event()).isZero();
      assertThat(only(event(task, 0, 102)).event()).isEqualTo(1);
      assertThat(only(event(task, 2, 103)).event()).isZero();

      assertThat(label(task, 0, 104, ABOVE).labels()).isEmpty();
    }
  }

  @Test
  void whatWaitedOfAForgottenKeyLeavesItsRoom() throws Exception {
    PipelineSpec forgetting =
        LearningOperatorTest.spec(
            Duration.ofMillis(100),
            TIME,
            Duration.ofMillis(320),
            Map.of(),
            label(new Waits(WAIT, null, false, false, 1000, 2)));
    try (var task = TestTask.start(forgetting, BOUNDED)) {
      event(task, 0, 100);
      event(task, 1, 101);
      label(task, 7, 102, ABOVE);
      label(task, 8, 103, ABOVE);
      task.watermark(500);
      task.steps();

      assertThat(eventOf(task, "other", 2, 510).labels()).isEmpty();
      assertThat(eventOf(task, "other", 3, 511).labels()).isEmpty();
      assertThat(labelOf(task, "other", 9, 512).labels()).isEmpty();
      assertThat(labelOf(task, "other", 10, 513).labels()).isEmpty();
    }
  }

  @Test
  void labelsWithoutTheirEventsTakeTheirRoomAfterARestoreToo() throws Exception {
    PipelineSpec two = spec(new Waits(WAIT, null, false, false, 1000, 2));
    OperatorSubtaskState state;
    try (var task = TestTask.start(two, BOUNDED)) {
      labelOf(task, "a", 0, 100);
      labelOf(task, "b", 1, 101);
      state = task.checkpoint(1);
    }
    try (var task = TestTask.restore(two, BOUNDED, 1, 0, state, 1)) {
      assertThat(only(labelOf(task, "c", 2, 102)).givenUpOrNull()).isEqualTo(GivenUp.NO_ROOM);
    }
  }

  @Test
  void anEarlyLabelIsLearnedWithItsEventsWeight() throws Exception {
    List<double[]> votes = new ArrayList<>();
    for (boolean early : List.of(true, false)) {
      try (var task = start(DROP)) {
        for (int i = 0; i < 40; i++) {
          event(task, i, 100 + i);
          label(task, i, 100 + i, i % 2);
        }
        Observation point = point(40, 200);
        if (early) {
          label(task, 40, 200, ABOVE);
        }
        task.learn(
            new Observation(
                40,
                "e40",
                "k",
                200,
                point.features(),
                Observation.NO_LABEL,
                50,
                point.slices(),
                FeatureInputs.NONE));
        if (!early) {
          label(task, 40, 200, ABOVE);
        }
        votes.add(event(task, 41, 201).answer().servedAnswer().votes());
      }
    }
    assertThat(votes.get(0)).isEqualTo(votes.get(1));
  }

  private static final LearningOptions BOUNDED = LearningOptions.BOUNDED;

  private static TestTask start(Waits waits) throws Exception {
    return TestTask.start(spec(waits), BOUNDED);
  }

  static Waits waits(Double otherwise, boolean latePositives, boolean corrections) {
    return new Waits(WAIT, otherwise, latePositives, corrections, 1000, 100_000);
  }

  static PipelineSpec spec(Waits waits) {
    return LearningOperatorTest.spec(Duration.ofMillis(100), TIME, null, Map.of(), label(waits));
  }

  private static PipelineSpec.Label label(Waits waits) {
    var schema =
        SchemaBuilder.record("Truth").fields().requiredString("id").requiredString("l").endRecord();
    return new PipelineSpec.Label(
        "l",
        null,
        null,
        new ClassTarget(List.of("below", "above")),
        List.of(),
        new PipelineSpec.LabelTopic("truths", schema, List.of(), "id", null, false),
        null,
        waits);
  }

  private Step event(TestTask task, int id, long time) throws Exception {
    return eventOf(task, "k", id, time);
  }

  private Step eventOf(TestTask task, String key, int id, long time) throws Exception {
    return task.learn(pointOf(key, id, time));
  }

  private Observation point(int id, long time) {
    return pointOf("k", id, time);
  }

  private Observation pointOf(String key, int id, long time) {
    double[] features = points.get(id).features();
    return new Observation(id, "e" + id, key, time, features, Observation.NO_LABEL, new String[0]);
  }

  /** A key that one of several tasks has. */
  private static String keyOf(int task, int tasks) {
    for (int k = 0; ; k++) {
      if (TestJob.taskOf("new" + k, tasks) == task) {
        return "new" + k;
      }
    }
  }

  private static Step label(TestTask task, int id, long time, double label) throws Exception {
    return task.learn(new LabelArrival(1000 + id, "e" + id, "k", time, label, false));
  }

  private static Step labelOf(TestTask task, String key, int id, long time) throws Exception {
    return task.learn(truth(id, time).withKey(key));
  }

  private static LabelArrival truth(int id, long time) {
    return new LabelArrival(1000 + id, "e" + id, "k", time, ABOVE, false);
  }

  private static LabelResult only(Step step) {
    assertThat(step.labels()).hasSize(1);
    return step.labels().get(0);
  }

  /** Instances that the champion has learned. */
  private long trained(TestTask task) throws Exception {
    probe--;
    return event(task, probe, 2000).answer().servedAnswer().trainedInstances();
  }
}
