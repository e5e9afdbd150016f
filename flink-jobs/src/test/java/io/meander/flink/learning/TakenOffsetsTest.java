/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.TopicOffset;
import io.meander.features.FeatureInputs;
import io.meander.flink.learning.LearningOptions.Publish;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class TakenOffsetsTest {

  /** So small that keys leave the heap whenever another comes. */
  private static final LearningOptions ONE_KEY = new LearningOptions(Publish.WHEN_DUE, 1);

  private final List<Observation> points = LearningOperatorTest.events(20, 1);

  @Test
  void theLastOffsetOfEachPartitionIsKeptWhateverTheOrder() {
    TakenOffsets taken = new TakenOffsets();
    for (Arrival arrival :
        List.of(
            event("k", 0, 3, 10),
            label("k", 0, 0, 7),
            event("k", 1, 1, 4),
            label("k", 1, 2, 9),
            event("k", 2, 3, 12))) {
      taken.take(arrival);
    }

    TakenOffsets read = TakenOffsets.of(taken.bytes());

    assertThat(taken.bytes()).hasSize(1 + 4 * 12);
    assertThat(read.records(LabelJoinTest.spec(LabelJoinTest.waits(null, false, false))))
        .containsExactly(
            new TopicOffset("points", 1, 4L),
            new TopicOffset("points", 3, 12L),
            new TopicOffset("truths", 0, 7L),
            new TopicOffset("truths", 2, 9L));
  }

  @Test
  void aFormatThatIsNotKnownAndBytesThatAreCutOffAreRefused() {
    TakenOffsets taken = new TakenOffsets();
    taken.take(event("k", 0, 3, 10));
    byte[] bytes = taken.bytes();
    byte[] other = bytes.clone();
    other[0] = 9;

    assertThatThrownBy(() -> TakenOffsets.of(other)).hasMessageContaining("format 9");
    assertThatThrownBy(() -> TakenOffsets.of(Arrays.copyOf(bytes, bytes.length - 1)))
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> TakenOffsets.of(new byte[0])).hasMessageContaining("cut off");
  }

  @Test
  void snapshotsSayWhatWasTakenInThroughEvictionAndRestore() throws Exception {
    var spec = LabelJoinTest.spec(LabelJoinTest.waits(null, false, false));
    OperatorSubtaskState state;
    try (var task = TestTask.start(spec, ONE_KEY)) {
      task.setProcessingTime(1_000);
      task.learn(event("a", 0, 0, 100));
      task.learn(event("b", 1, 1, 200));
      task.learn(label("a", 0, 0, 50));
      task.learn(event("a", 2, 0, 101));
      task.learn(label("b", 1, 1, 60));
      state = task.checkpoint(1);
    }
    try (var task = TestTask.restore(spec, ONE_KEY, 1, 0, state, 1)) {
      task.setProcessingTime(2_000);
      task.learn(event("b", 3, 1, 201));
      task.learn(label("a", 7, 0, 51)); // of an event that never came: it met nothing
      task.learn(label("b", 3, 1, 61));
      task.setProcessingTime(60_000);
      task.learn(event("a", 4, 0, 102));
      task.learn(label("a", 4, 0, 52));
      task.setProcessingTime(120_000);

      assertThat(task.snapshots().stream().filter(s -> s.getSlot().equals("hat")))
          .extracting(s -> s.getKey() + " " + s.getTrainedInstances() + " " + s.getOffsets())
          .containsExactly(
              "b 2 "
                  + List.of(new TopicOffset("points", 1, 201L), new TopicOffset("truths", 1, 61L)),
              "a 2 "
                  + List.of(new TopicOffset("points", 0, 102L), new TopicOffset("truths", 0, 52L)));
    }
  }

  private Observation event(String key, int id, int partition, long offset) {
    return new Observation(
        Observation.UNNUMBERED,
        "e" + id,
        key,
        id,
        points.get(id).features(),
        Observation.NO_LABEL,
        1,
        new String[0],
        FeatureInputs.NONE,
        partition,
        offset);
  }

  private static LabelArrival label(String key, int id, int partition, long offset) {
    return new LabelArrival(
        Observation.UNNUMBERED,
        "e" + id,
        key,
        id,
        id % 2,
        false,
        FeatureInputs.NONE,
        false,
        partition,
        offset);
  }
}
