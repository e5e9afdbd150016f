/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.flink.TestPipelines;
import io.meander.models.ModelFormatException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import io.meander.spec.PipelineSpec.OnCorruptModel;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class CorruptModelsTest {

  @Test
  void failsWithTheKeyAndWhatToDo() throws Exception {
    PipelineSpec spec = spec(OnCorruptModel.FAIL);
    try (TestTask task = restoredWithABrokenLog(spec)) {
      assertThatThrownBy(() -> task.learn(event(spec, 9)))
          .isInstanceOf(ModelFormatException.class)
          .hasMessage(
              "the stored model set of key 'k' is a log chunk that does not match its checksum: it"
                  + " was changed or cut off. recovery.on-corrupt-model: restart-model would begin"
                  + " the key anew");
    }
  }

  @Test
  void beginsTheKeyAnewIfToldTo() throws Exception {
    PipelineSpec spec = spec(OnCorruptModel.RESTART_MODEL);
    try (TestTask task = restoredWithABrokenLog(spec)) {
      assertThat(task.learn(event(spec, 9)).answer().servedAnswer().trainedInstances()).isZero();
      assertThat(task.learn(event(spec, 10)).answer().servedAnswer().trainedInstances())
          .isEqualTo(1);
    }
  }

  private static TestTask restoredWithABrokenLog(PipelineSpec spec) throws Exception {
    OperatorSubtaskState state;
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (int i = 0; i < 5; i++) {
        task.learn(event(spec, i));
      }
      task.flush();
      task.breakLog("k");
      state = task.checkpoint(2);
    }
    return TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, state, 1);
  }

  private static Observation event(PipelineSpec spec, int number) {
    double[] features = new double[spec.modelContext().features().size()];
    return new Observation(number, "e" + number, "k", number, features, number % 2, new String[0]);
  }

  private static PipelineSpec spec(OnCorruptModel policy) {
    PipelineSpec bare = TestPipelines.bare();
    return new PipelineSpec(
        bare.yaml(),
        bare.name(),
        bare.events(),
        bare.label(),
        bare.features(),
        bare.slots(),
        bare.limits(),
        bare.champion(),
        bare.drift(),
        bare.frozen().orElse(null),
        bare.snapshots(),
        new PipelineSpec.Recovery(Duration.ofMillis(100), policy),
        null,
        bare.evaluation(),
        bare.topics(),
        bare.delivery());
  }
}
