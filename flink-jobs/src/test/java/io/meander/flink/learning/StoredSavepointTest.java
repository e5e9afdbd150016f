/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

/**
 * A savepoint of every released format is stored and restored by the present code. To write that of
 * the present format anew, before its release only: {@code mvn -pl flink-jobs -am test
 * -Dtest=StoredSavepointTest -Dsurefire.failIfNoSpecifiedTests=false -Dmeander.regenerate=true}.
 */
class StoredSavepointTest {

  private static final Path FORMAT_1 = Path.of("src/test/resources/savepoints/1.savepoint");
  private static final int LEARNED = 240;

  /** Some keys have an image and a log, the others a log alone. */
  private static final PipelineSpec SPEC =
      LearningOperatorTest.spec(Duration.ofNanos(1), null, null);

  private static final List<Observation> EVENTS = LearningOperatorTest.events(400, 3);

  @Test
  void theSavepointOfFormat1GoesOnAsIfItHadNeverStopped() throws Exception {
    if (Boolean.getBoolean("meander.regenerate")) {
      write();
    }
    OperatorSubtaskState state = OperatorSnapshotUtil.readStateHandle(FORMAT_1.toString());
    List<ModelSnapshot> actual = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (var task = TestTask.restore(SPEC, LearningOptions.BOUNDED, 2, i, state, 1)) {
        for (Observation event : EVENTS.subList(LEARNED, EVENTS.size())) {
          if (KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  event.key(), TestTask.MAX_PARALLELISM, 2)
              == i) {
            task.learn(event);
          }
        }
        task.endOfEvents();
        actual.addAll(task.snapshots());
      }
    }
    actual.sort(Comparator.comparing(ModelSnapshot::getKey));

    List<ModelSnapshot> expected;
    try (var task = TestTask.start(SPEC, LearningOptions.BOUNDED)) {
      for (Observation event : EVENTS) {
        task.learn(event);
      }
      task.endOfEvents();
      expected = task.snapshots();
    }
    assertThat(actual).isEqualTo(expected).hasSize(9);
  }

  private static void write() throws Exception {
    Files.createDirectories(FORMAT_1.getParent());
    try (var task = TestTask.start(SPEC, LearningOptions.BOUNDED)) {
      for (Observation event : EVENTS.subList(0, LEARNED)) {
        task.learn(event);
      }
      assertThat(task.storedKeys(StoredModels.IMAGE)).isPositive();
      OperatorSnapshotUtil.writeStateHandle(task.savepoint(1), FORMAT_1.toString());
    }
  }
}
