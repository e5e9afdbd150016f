/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.AnomalyTarget;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels that score and are not learned leave facts too: a log of nothing else ends as well. */
class NotedLabelsTest {

  /** Each takes longer to replay than a clock takes to tell: together longer than max-load. */
  private static final int ENOUGH = 200_000;

  private static final int BATCH = 100;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theirReplayIsBoundedByImages(boolean late) throws Exception {
    try (var task = TestTask.start(spec("normal", late), LearningOptions.BOUNDED)) {
      for (int i = 0; task.image("k") == null; i++) {
        assertThat(i).as("batches of labels without an image").isLessThan(ENOUGH / BATCH);
        for (int each = 0; each < BATCH; each++) {
          anomaly(task, i * BATCH + each, late);
        }
      }
    }
  }

  @Test
  void whatIsLearnedAtOnceWaitsForItsLabelWithoutItsFeatures() throws Exception {
    for (String learn : List.of("normal", "all")) {
      try (var task = TestTask.start(spec(learn, true), LearningOptions.BOUNDED)) {
        Observation event =
            new Observation(
                0, "e0", "k", 0, new double[] {0.5}, Observation.NO_LABEL, new String[0]);
        task.send(event);

        assertThat(task.waitingFeatures("k", "e0") == null).isEqualTo(learn.equals("all"));
      }
    }
  }

  /** An event whose label says that it is none to learn. */
  private static void anomaly(TestTask task, int number, boolean late) throws Exception {
    double label = late ? Observation.NO_LABEL : AnomalyTarget.ANOMALY;
    double[] features = {number % 100 / 100.0};
    task.send(new Observation(number, "e" + number, "k", number, features, label, new String[0]));
    if (late) {
      task.send(new LabelArrival(number, "e" + number, "k", number, AnomalyTarget.ANOMALY, false));
    }
    task.steps();
  }

  private static PipelineSpec spec(String learn, boolean late) throws SpecException {
    String label =
        late ? "{topic: verdicts, schema: verdict.avsc, field: odd, wait: 1s}" : "{field: odd}";
    return SpecLoader.parse(
        """
        name: points
        task: anomaly
        learn: %s
        events: {schema: point.avsc, key: [k], id: id, time: {field: at}}
        label: %s
        features: [x]
        slots: [{id: one, learner: "oneclass.HSTrees -t 1 -h 2"}]
        recovery: {max-load: 1ms}
        """
            .formatted(learn, label),
        path ->
            """
            {"type": "record", "name": "Point", "fields": [
              {"name": "id", "type": "string"}, {"name": "k", "type": "string"},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "odd", "type": ["null", "boolean"]}, {"name": "x", "type": "double"}]}
            """);
  }
}
