/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.MissingPolicy;
import io.meander.flink.SpecVariants;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What missing values are filled in from is kept as long as its key, no longer and no shorter. */
class FeatureStateTest {

  private static final long HOUR = 3_600_000;

  @Test
  void aPolicyThatRemembersNothingStoresNothing() throws Exception {
    for (MissingPolicy policy : new MissingPolicy[] {MissingPolicy.KEEP, MissingPolicy.ZERO}) {
      try (var task = TestTask.start(spec(policy), LearningOptions.BOUNDED)) {
        task.learn(event("a", 0, 1, 0));
        task.flush();
        assertThat(task.storedKeys(StoredModels.FEATURES)).isZero();
      }
    }
  }

  @Test
  void eventsWithoutLabelsAreRememberedToo() throws Exception {
    OperatorSubtaskState state;
    double[] expected;
    PipelineSpec spec = spec(MissingPolicy.MEAN);
    try (var task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      learnApart(task);
      task.checkpoint(1);
      task.learn(event("a", 0, 0.9, Observation.NO_LABEL));
      state = task.checkpoint(2);
      assertThat(task.storedKeys(StoredModels.FEATURES)).isEqualTo(1);
      expected = votes(task, event("a", 0, Double.NaN, Observation.NO_LABEL));
    }
    try (var task = TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      assertThat(votes(task, event("a", 0, Double.NaN, Observation.NO_LABEL))).isEqualTo(expected);
    }
  }

  @Test
  void aKeyThatGoesTakesItWithIt() throws Exception {
    try (var task = TestTask.start(spec(MissingPolicy.LAST), LearningOptions.BOUNDED)) {
      task.learn(event("a", 0, 0.5, 0));
      task.flush();
      task.watermark(100 * HOUR);
      assertThat(task.stored()).isZero();
    }
  }

  @Test
  void stateOfOtherColumnsIsRefused() throws Exception {
    OperatorSubtaskState state;
    try (var task = TestTask.start(spec(MissingPolicy.LAST), LearningOptions.BOUNDED)) {
      task.learn(event("a", 0, 0.5, 0));
      task.flush();
      task.breakFeatures("a");
      state = task.checkpoint(1);
    }
    try (var task =
        TestTask.restore(spec(MissingPolicy.LAST), LearningOptions.BOUNDED, 1, 0, state, 1)) {
      assertThatThrownBy(() -> task.learn(event("a", 0, 0.5, 0)))
          .hasMessageContaining("of key 'a' has a state of its features that is of other feature")
          .hasMessageContaining("recovery.on-corrupt-model");
    }
  }

  /** So that x tells the classes apart, and a filled x changes the votes. */
  private static void learnApart(TestTask task) throws Exception {
    for (int i = 0; i < 60; i++) {
      task.learn(event("a", i, i % 2 == 0 ? 0.1 + i / 1000.0 : 0.8 + i / 1000.0, i % 2));
    }
  }

  private static double[] votes(TestTask task, Observation event) throws Exception {
    return task.learn(event).answer().servedAnswer().votes();
  }

  private static Observation event(String key, long time, double x, double label) {
    return new Observation(0, "e", key, time, new double[] {x, 0.5}, label, new String[0]);
  }

  private static PipelineSpec spec(MissingPolicy missing) {
    PipelineSpec.EventTime time =
        new PipelineSpec.EventTime(
            "x", null, ZoneOffset.UTC, Duration.ofSeconds(5), Duration.ofMinutes(1));
    PipelineSpec spec =
        LearningOperatorTest.spec(Duration.ofMillis(100), time, Duration.ofHours(16), Map.of());
    return SpecVariants.with(spec, "missing", missing);
  }
}
