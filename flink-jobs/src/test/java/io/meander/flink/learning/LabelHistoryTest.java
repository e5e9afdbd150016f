/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which labels features over labels remember, and from when on. */
class LabelHistoryTest {

  private static final long WAIT = LabelJoinTest.WAIT.toMillis();
  private static final PipelineSpec SPEC =
      PastFeatures.of(
          LabelJoinTest.spec(
              new PipelineSpec.Waits(LabelJoinTest.WAIT, 0.0, true, true, 1000, 100_000)));

  @Test
  void anAnsweredEventsFirstLabelIsRemembered() throws Exception {
    assertThat(after(event("a", 0), label("a", 100, 1)))
        .isNotEqualTo(after(event("a", 0)))
        .isNotEqualTo(after(event("a", 0), label("a", 100, 0)))
        .isNotEqualTo(after(event("a", 0), label("a", 200, 1)));
  }

  @Test
  void anEarlyLabelIsRememberedOnceItsEventWasAnswered() throws Exception {
    assertThat(after(label("a", 100, 1))).isNull();
    assertThat(after(label("a", 100, 1), event("a", 120)))
        .isEqualTo(after(event("a", 120), label("a", 100, 1)));
  }

  @Test
  void duplicatesAndCorrectionsAreNot() throws Exception {
    byte[] once = after(event("a", 0), label("a", 100, 1));
    assertThat(after(event("a", 0), label("a", 100, 1), label("a", 110, 1))).isEqualTo(once);
    assertThat(after(event("a", 0), label("a", 100, 1), label("a", 110, 0))).isEqualTo(once);
  }

  @Test
  void lateAndUnmatchedOnesAreNotAndNeitherIsWhatANeverCountsAs() throws Exception {
    byte[] never = after(event("a", 0), event("b", 2 * WAIT));
    assertThat(after(event("a", 0), event("b", 2 * WAIT), label("a", 2 * WAIT, 1)))
        .isEqualTo(never);
    assertThat(after(event("a", 0), event("b", 2 * WAIT), label("z", 2 * WAIT, 1)))
        .isEqualTo(never);
  }

  @Test
  void aRepeatedEventIsRememberedOnce() throws Exception {
    assertThat(after(event("a", 0), event("a", 0))).isEqualTo(after(event("a", 0)));
  }

  /** What is stored of the key's features when all that has come. */
  private static byte[] after(Arrival... arrivals) throws Exception {
    try (var task = TestTask.start(SPEC, LearningOptions.BOUNDED)) {
      long watermark = 0;
      for (Arrival arrival : Arrays.asList(arrivals)) {
        task.learn(arrival);
        watermark = Math.max(watermark, arrival.time() - 1);
        task.watermark(watermark);
        task.steps();
      }
      task.flush();
      return task.features("k");
    }
  }

  private static Observation event(String id, long time) {
    double x = (id.hashCode() % 10) / 10.0;
    return PastFeatures.open(
        new Observation(
            0, id, "k", time, new double[] {x, 0.5}, Observation.NO_LABEL, new String[0]));
  }

  private static LabelArrival label(String id, long time, int label) {
    return PastFeatures.read(new LabelArrival(0, id, "k", time, label, false));
  }
}
