/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.Answer;
import io.meander.models.ClassTarget;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.PipelineSpec.Waits;
import java.time.Duration;
import java.time.ZoneOffset;
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
  void aCorrectionOfAnEarlyLabelIsTheOneThatIsLearned() throws Exception {
    try (var task = start(waits(null, false, true))) {
      label(task, 0, 100, ABOVE);
      assertThat(only(label(task, 0, 101, BELOW)).outcome()).isEqualTo(LabelOutcome.CORRECTED);

      assertThat(only(event(task, 0, 120)).label()).isEqualTo(BELOW);
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

      assertThat(task.storedWaits()).isZero();
      assertThat(task.stored()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
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
      assertThat(givenUp.event()).isZero();
      assertThat(givenUp.scoredOrNull()).isNull();
      assertThat(trained(task)).isZero();
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
    Observation point = points.get(id);
    return task.learn(
        new Observation(
            id, "e" + id, "k", time, point.features(), Observation.NO_LABEL, new String[0]));
  }

  private static Step label(TestTask task, int id, long time, double label) throws Exception {
    return task.learn(new LabelArrival(1000 + id, "e" + id, "k", time, label, false));
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
