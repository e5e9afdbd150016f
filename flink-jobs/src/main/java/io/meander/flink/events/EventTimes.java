/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** Timestamps and watermarks of events and labels. */
public final class EventTimes {

  private EventTimes() {}

  /**
   * Watermarks of a live job, every watermark interval, that allow for the declared
   * out-of-orderness and go idle as declared; none if the pipeline has no event time.
   */
  public static WatermarkStrategy<Arrival> of(PipelineSpec spec) {
    WatermarkStrategy<Arrival> strategy =
        spec.events().time().map(EventTimes::bounded).orElseGet(WatermarkStrategy::noWatermarks);
    return strategy.withTimestampAssigner((arrival, before) -> arrival.time());
  }

  private static WatermarkStrategy<Arrival> bounded(PipelineSpec.EventTime time) {
    long outOfOrderness = time.outOfOrderness().toMillis();
    WatermarkStrategy<Arrival> strategy =
        WatermarkStrategy.forGenerator(context -> new Bounded(outOfOrderness));
    return time.idleAfter() == null || time.idleAfter().isZero()
        ? strategy
        : strategy.withIdleness(time.idleAfter());
  }

  private static final class Bounded implements WatermarkGenerator<Arrival> {

    private final long outOfOrderness;
    private long max;

    Bounded(long outOfOrderness) {
      this.outOfOrderness = outOfOrderness;
      this.max = Long.MIN_VALUE + outOfOrderness + 1;
    }

    @Override
    public void onEvent(Arrival arrival, long timestamp, WatermarkOutput output) {
      max = Math.max(max, timestamp);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(new Watermark(max - outOfOrderness - 1));
    }
  }
}
