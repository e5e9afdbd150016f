/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.flink.SpecVariants;
import io.meander.flink.TestPipelines;
import io.meander.models.ModelFormatException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import io.meander.spec.PipelineSpec.OnCorruptModel;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorruptModelsTest {

  /** An image whenever replay takes longer than writing one; and nearly never. */
  private static final Duration IMAGES = Duration.ofNanos(1);

  private static final Duration LOGS = Duration.ofHours(1);

  /** What is wrong with a key's stored bytes, and how the error says it. */
  enum Broken {
    LOG(
        LOGS,
        -1,
        "is a log chunk of format 1 that does not match its checksum: it was changed or cut off"),
    LOG_OF_OTHER_FORMAT(LOGS, 1, "is a log chunk of format 9, this release reads 1"),
    LOG_OF_OTHER_LEARNING(
        LOGS,
        3,
        "is a log chunk of learning version 9, this release replays version 1 only: go back to the"
            + " release that wrote it and send 'meander control seal', which writes images of all keys"),
    IMAGE(IMAGES, -1, "is of format 1 and does not match its checksum: it was changed or cut off"),
    IMAGE_OF_OTHER_FORMAT(IMAGES, 1, "is of format 9, this release reads format 1");

    private final Duration maxLoad;
    private final int at;
    private final String message;

    /** A key is not even measured before 64 labels; when its image is due depends on the clock. */
    private final int labels;

    Broken(Duration maxLoad, int at, String message) {
      this.maxLoad = maxLoad;
      this.at = at;
      this.message = message;
      this.labels = isOfImage() ? 2000 : 40;
    }

    boolean isOfImage() {
      return maxLoad.equals(IMAGES);
    }

    void apply(TestTask task, String key) throws Exception {
      if (isOfImage()) {
        task.breakImage(key, at);
      } else {
        task.breakLog(key, at);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsWithTheKeyTheReasonAndWhatToDo(Broken broken) throws Exception {
    PipelineSpec spec = spec(OnCorruptModel.FAIL, broken.maxLoad);
    try (TestTask task = restored(spec, broken, "k")) {
      assertThatThrownBy(() -> task.learn(event(spec, "k", 5000)))
          .isInstanceOf(ModelFormatException.class)
          .hasMessage(
              "the stored model set of key 'k' "
                  + broken.message
                  + ". recovery.on-corrupt-model: restart-model would begin the key anew");
    }
  }

  @ParameterizedTest
  @EnumSource
  void beginsTheKeyAnewIfToldTo(Broken broken) throws Exception {
    PipelineSpec spec = spec(OnCorruptModel.RESTART_MODEL, broken.maxLoad);
    try (TestTask task = restored(spec, broken, "k")) {
      assertThat(trained(task, event(spec, "k", 5000))).isZero();
      assertThat(trained(task, event(spec, "k", 5001))).isEqualTo(1);
      assertThat(trained(task, event(spec, "other", 5002))).isEqualTo(broken.labels);
    }
  }

  /** A thousand unreadable keys are not noticed: a restore and other keys' events read none. */
  @Test
  void aRestoreReadsNoKeyBeforeItIsTouched() throws Exception {
    PipelineSpec spec = spec(OnCorruptModel.FAIL, LOGS);
    String[] unreadable = new String[1000];
    for (int i = 0; i < unreadable.length; i++) {
      unreadable[i] = "k" + i;
    }
    try (TestTask task = restored(spec, Broken.LOG, unreadable)) {
      assertThat(trained(task, event(spec, "other", 5000))).isEqualTo(Broken.LOG.labels);
      assertThatThrownBy(() -> task.learn(event(spec, "k7", 5001)))
          .isInstanceOf(ModelFormatException.class);
    }
  }

  private static long trained(TestTask task, Observation event) throws Exception {
    return task.learn(event).answer().servedAnswer().trainedInstances();
  }

  /** After all keys have learned, the key {@code other} too. */
  private static TestTask restored(PipelineSpec spec, Broken broken, String... keys)
      throws Exception {
    OperatorSubtaskState state;
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (String key : keys) {
        for (int i = 0; i < (keys.length == 1 ? broken.labels : 1); i++) {
          task.learn(event(spec, key, i));
        }
        for (int i = broken.labels;
            broken.isOfImage() && task.storedKeys(StoredModels.IMAGE) == 0;
            i++) {
          assertThat(i).as("labels without an image").isLessThan(1_000_000);
          task.learn(event(spec, key, i));
        }
      }
      for (int i = 0; i < broken.labels; i++) {
        task.learn(event(spec, "other", i));
      }
      task.flush();
      for (String key : keys) {
        broken.apply(task, key);
      }
      state = task.checkpoint(2);
    }
    return TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, state, 1);
  }

  private static Observation event(PipelineSpec spec, String key, int number) {
    double[] features = new double[spec.modelContext().features().size()];
    return new Observation(number, "e" + number, key, number, features, number % 2, new String[0]);
  }

  private static PipelineSpec spec(OnCorruptModel policy, Duration maxLoad) {
    return SpecVariants.with(
        TestPipelines.bare(), "recovery", new PipelineSpec.Recovery(maxLoad, policy));
  }
}
