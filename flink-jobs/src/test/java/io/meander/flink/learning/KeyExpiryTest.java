/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class KeyExpiryTest {

  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final PipelineSpec.EventTime TIME =
      new PipelineSpec.EventTime("t", null, ZoneOffset.UTC, Duration.ZERO, Duration.ofMinutes(1));
  private static final PipelineSpec BY_EVENT_TIME =
      LearningOperatorTest.spec(Duration.ofMillis(100), TIME, Duration.ofHours(16));
  private static final PipelineSpec BY_CLOCK =
      LearningOperatorTest.spec(Duration.ofMillis(100), null, Duration.ofHours(16));

  @Test
  void aKeyThatIsNotSeenAnyMoreGoesWhole() throws Exception {
    try (var task = TestTask.start(BY_EVENT_TIME, LearningOptions.BOUNDED)) {
      learn(task, "old", 0);
      learn(task, "young", 0);
      learn(task, "young", 10 * HOUR);
      task.flush();
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(2);

      task.watermark(16 * HOUR);
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(2);
      task.watermark(17 * HOUR + 1);

      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(1);
      assertThat(task.eventTimeTimers()).isEqualTo(1);
      Step reborn = learn(task, "old", 18 * HOUR);
      assertThat(reborn.answer().servedAnswer().trainedInstances()).isZero();
      assertThat(learn(task, "young", 18 * HOUR).answer().servedAnswer().trainedInstances())
          .isEqualTo(2);
      task.watermark(100 * HOUR);
      assertThat(task.stored()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
    }
  }

  @Test
  void eventsThatComeCloseTogetherLeaveTheTimerWhereItIs() throws Exception {
    try (var task = TestTask.start(BY_EVENT_TIME, LearningOptions.BOUNDED)) {
      for (int minute = 0; minute < 600; minute++) {
        learn(task, "k", minute * HOUR / 60);
        assertThat(task.eventTimeTimers()).isEqualTo(1);
      }
      // The last event was at 9:59.
      task.watermark(25 * HOUR + 50 * HOUR / 60);
      assertThat(task.eventTimeTimers()).isEqualTo(1);
      task.watermark(27 * HOUR);
      assertThat(task.eventTimeTimers()).isZero();
    }
  }

  @Test
  void theTimerOutlivesEvictionAndRestore() throws Exception {
    LearningOptions tight = new LearningOptions(LearningOptions.Publish.AT_END, 1);
    OperatorSubtaskState state;
    try (var task = TestTask.start(BY_EVENT_TIME, tight)) {
      learn(task, "a", 0);
      learn(task, "b", 2 * HOUR);
      learn(task, "a", 3 * HOUR);
      state = task.checkpoint(1);
    }
    try (var task = TestTask.restore(BY_EVENT_TIME, tight, 1, 0, state, 1)) {
      task.watermark(19 * HOUR + HOUR / 2);
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(1);
      task.watermark(20 * HOUR + 1);
      assertThat(task.stored()).isZero();
    }
  }

  @Test
  void withoutEventTimeTheClockDecidesAndPublicationsKeepTheirTimer() throws Exception {
    try (var task = TestTask.start(BY_CLOCK, LearningOptions.LIVE)) {
      task.setProcessingTime(0);
      learn(task, "k", Observation.NO_TIME);
      assertThat(task.timers()).isEqualTo(2);
      task.setProcessingTime(31_000);
      assertThat(task.snapshots()).hasSize(2);
      task.flush();

      task.setProcessingTime(17 * HOUR + 1);

      assertThat(task.timers()).isZero();
      assertThat(task.stored()).isZero();
      List<ModelSnapshot> gone = task.snapshots().subList(2, task.snapshots().size());
      assertThat(gone).allMatch(SnapshotWriter::isGone);
      assertThat(gone)
          .extracting(s -> s.getKey() + " " + s.getSlot())
          .containsExactly("k hat", "k bag", "k frozen");
    }
  }

  @Test
  void theEndOfTheInputForgetsNothing() throws Exception {
    try (var task = TestTask.start(BY_EVENT_TIME, LearningOptions.BOUNDED)) {
      learn(task, "k", 0);
      task.watermark(Long.MAX_VALUE);
      task.endOfEvents();

      assertThat(task.snapshots()).hasSize(2);
    }
  }

  private static Step learn(TestTask task, String key, long time) throws Exception {
    Observation any = LearningOperatorTest.events(1, 1).get(0);
    return task.learn(
        new Observation(0, "e", key, time, any.features(), any.label(), new String[0]));
  }
}
