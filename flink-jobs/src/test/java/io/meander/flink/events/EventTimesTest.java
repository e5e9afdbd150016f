/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureInputs;
import io.meander.flink.TestPipelines;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimesTest {

  private static final long MINUTE = 60_000;

  private final Seen output = new Seen();
  private final ManualClock clock = new ManualClock();

  @Test
  void beforeANumberedRecordOfALaterTimeStandsTheWatermarkThatItBringsAbout() throws Exception {
    List<Long> out = new ArrayList<>();
    var harness =
        new OneInputStreamOperatorTestHarness<>(new NumberedTimes(TestPipelines.flights()));
    harness.open();
    for (long minute : new long[] {10, 9, 11, 11}) {
      harness.processElement(new StreamRecord<>(observation(0, minute * MINUTE)));
    }
    for (Object element : harness.getOutput()) {
      out.add(
          element instanceof StreamRecord<?> record
              ? record.getTimestamp()
              : -((org.apache.flink.streaming.api.watermark.Watermark) element).getTimestamp());
    }
    harness.close();

    // Watermarks, here below zero, allow for five minutes.
    assertThat(out)
        .containsExactly(
            -(5 * MINUTE - 1),
            10 * MINUTE,
            9 * MINUTE,
            -(6 * MINUTE - 1),
            11 * MINUTE,
            11 * MINUTE);
  }

  @Test
  void aLiveRecordMovesItWithTheInterval() {
    WatermarkGenerator<Arrival> generator = generator(EventTimes.of(TestPipelines.flights()));

    generator.onPeriodicEmit(output);
    clock.advanceTime(Duration.ofMinutes(1));
    generator.onEvent(observation(Observation.UNNUMBERED, 10 * MINUTE), 10 * MINUTE, output);
    assertThat(output.watermarks).isEmpty();

    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(5 * MINUTE - 1);
  }

  @Test
  void thePartitionThatIsBehindHoldsItBackUntilItIsSilent() {
    WatermarkGenerator<Arrival> generator = generator(EventTimes.of(TestPipelines.flights()));

    generator.onEvent(of(3, 200 * MINUTE), 200 * MINUTE, output);
    generator.onPeriodicEmit(output);
    clock.advanceTime(Duration.ofSeconds(59));
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).isEmpty(); // partitions that it reads may not have been seen

    clock.advanceTime(Duration.ofSeconds(1));
    generator.onEvent(of(3, 200 * MINUTE), 200 * MINUTE, output);
    generator.onEvent(of(1, 20 * MINUTE), 20 * MINUTE, output);
    generator.onEvent(of(1, 10 * MINUTE), 10 * MINUTE, output);
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(15 * MINUTE - 1);

    clock.advanceTime(Duration.ofSeconds(59));
    generator.onEvent(of(3, 300 * MINUTE), 300 * MINUTE, output);
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).endsWith(15 * MINUTE - 1);

    clock.advanceTime(Duration.ofSeconds(1));
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).endsWith(295 * MINUTE - 1);

    generator.onEvent(of(1, 30 * MINUTE), 30 * MINUTE, output);
    generator.onPeriodicEmit(output);
    assertThat(output.watermarks).endsWith(25 * MINUTE - 1); // Flink passes over what goes back
  }

  @Test
  void withoutEventTimeThereAreNoWatermarks() {
    WatermarkGenerator<Arrival> generator = generator(EventTimes.of(TestPipelines.bare()));

    generator.onEvent(observation(0, 1), 1, output);
    generator.onPeriodicEmit(output);

    assertThat(output.watermarks).isEmpty();
  }

  @Test
  void theTimestampIsTheEventsOwn() {
    TimestampAssignerSupplier.Context context = UnregisteredMetricsGroup::new;

    assertThat(
            EventTimes.of(TestPipelines.flights())
                .createTimestampAssigner(context)
                .extractTimestamp(observation(0, 77), 5))
        .isEqualTo(77);
  }

  private static Observation observation(long sequence, long time) {
    return new Observation(
        sequence, "e", "k", time, new double[0], Observation.NO_LABEL, new String[0]);
  }

  private static LabelArrival of(int partition, long time) {
    return new LabelArrival(
        Observation.UNNUMBERED, "e", "k", time, 0, false, FeatureInputs.NONE, false, partition, 1);
  }

  private WatermarkGenerator<Arrival> generator(WatermarkStrategy<Arrival> strategy) {
    return strategy.createWatermarkGenerator(
        new WatermarkGeneratorSupplier.Context() {
          @Override
          public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
          }

          @Override
          public RelativeClock getInputActivityClock() {
            return clock;
          }
        });
  }

  private static final class Seen implements WatermarkOutput {
    private final List<Long> watermarks = new ArrayList<>();

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      throw new AssertionError();
    }

    @Override
    public void markActive() {
      throw new AssertionError();
    }
  }
}
