/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/** Timestamps and watermarks of events and labels. */
public final class EventTimes {

  private EventTimes() {}

  /**
   * Watermarks of a live job, every watermark interval, that allow for the declared
   * out-of-orderness and go idle as declared; none if the pipeline has no event time. One task may
   * read several partitions: the one that is furthest behind holds them back until it has been
   * silent for as long as declared. Which ones it reads shows only by their records, so there are
   * none at first for as long.
   */
  public static WatermarkStrategy<Arrival> of(PipelineSpec spec) {
    WatermarkStrategy<Arrival> strategy =
        spec.events().time().map(EventTimes::bounded).orElseGet(WatermarkStrategy::noWatermarks);
    return strategy.withTimestampAssigner((arrival, before) -> arrival.time());
  }

  private static WatermarkStrategy<Arrival> bounded(PipelineSpec.EventTime time) {
    boolean endless = time.idleAfter() == null || time.idleAfter().isZero();
    long idleAfter = endless ? Long.MAX_VALUE : time.idleAfter().toNanos();
    WatermarkStrategy<Arrival> strategy =
        WatermarkStrategy.forGenerator(
            context ->
                new Bounded(
                    time.outOfOrderness().toMillis(), idleAfter, context.getInputActivityClock()));
    return endless ? strategy : strategy.withIdleness(time.idleAfter());
  }

  private static final class Bounded implements WatermarkGenerator<Arrival> {

    private final long outOfOrderness;
    private final long idleAfterNanos;
    private final RelativeClock clock;

    private final long startedAt;

    /** By number; null where no record was seen. */
    private Partition[] partitions = new Partition[1];

    Bounded(long outOfOrderness, long idleAfterNanos, RelativeClock clock) {
      this.outOfOrderness = outOfOrderness;
      this.idleAfterNanos = idleAfterNanos;
      this.clock = clock;
      this.startedAt = clock.relativeTimeNanos();
    }

    /** What was seen of a partition. */
    private static final class Partition {
      long max = Long.MIN_VALUE;

      /** Since the watermark was told last. */
      boolean active;

      long activeAt;
    }

    @Override
    public void onEvent(Arrival arrival, long timestamp, WatermarkOutput output) {
      int number = arrival.partition();
      if (number >= partitions.length) {
        partitions = Arrays.copyOf(partitions, number + 1);
      }
      Partition partition = partitions[number];
      if (partition == null) {
        partition = new Partition();
        partitions[number] = partition;
      }
      partition.max = Math.max(partition.max, timestamp);
      partition.active = true;
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      long now = clock.relativeTimeNanos();
      boolean mayHaveMore = idleAfterNanos < Long.MAX_VALUE && now - startedAt < idleAfterNanos;
      long earliest = Long.MAX_VALUE;
      for (Partition partition : partitions) {
        if (partition != null && isActive(partition, now)) {
          earliest = Math.min(earliest, partition.max);
        }
      }
      if (earliest < Long.MAX_VALUE && !mayHaveMore) {
        output.emitWatermark(new Watermark(earliest - outOfOrderness - 1));
      }
    }

    private boolean isActive(Partition partition, long now) {
      if (partition.active) {
        partition.active = false;
        partition.activeAt = now;
      }
      return now - partition.activeAt < idleAfterNanos;
    }
  }
}
