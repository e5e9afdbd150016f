/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.avro.Reject;
import io.meander.features.FailedTransformException;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.RawRecord;
import io.meander.models.EventOrigin;
import io.meander.models.Observation;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/**
 * Makes rejects of records and counts them by reason, under {@code reason.<code>.rejects}, and
 * those of a feature that failed by its name too, under {@code feature.<name>.failures}. Owned by
 * one operator.
 */
public final class Rejects {

  /** Where operators put them. */
  public static final OutputTag<Reject> TAG = new OutputTag<>("rejects", AvroType.of(Reject.class));

  private final String pipeline;
  private final Map<RejectReason, Counter> counters = new EnumMap<>(RejectReason.class);
  private final Map<String, Counter> failures = new HashMap<>();
  private final RuntimeContext runtime;

  public Rejects(String pipeline, RuntimeContext runtime) {
    this.pipeline = pipeline;
    this.runtime = runtime;
  }

  /** The reject of a record, counted. */
  public Reject of(RawRecord record, UnfitRecordException why) {
    return of(record.origin(), record.sequence(), why);
  }

  /**
   * The reject of an event that is past its reader, counted.
   *
   * @param sequence its number in a bounded run
   */
  public Reject of(EventOrigin record, long sequence, UnfitRecordException why) {
    count(why);
    return Reject.newBuilder()
        .setPipeline(pipeline)
        .setReason(why.reason().code())
        .setDetail(why.getMessage())
        .setTopic(record.topic())
        .setPartition(record.partition())
        .setOffset(record.offset())
        .setTimestamp(
            record.timestamp() == Observation.NO_TIME
                ? null
                : Instant.ofEpochMilli(record.timestamp()))
        .setKey(record.key() == null ? null : ByteBuffer.wrap(record.key()))
        .setValue(record.value() == null ? null : ByteBuffer.wrap(record.value()))
        .setSequence(sequence == Observation.UNNUMBERED ? null : sequence)
        .build();
  }

  /** Counts a reject of which nobody is told. */
  public void count(UnfitRecordException why) {
    counters.computeIfAbsent(why.reason(), this::counter).inc();
    if (why.getCause() instanceof FailedTransformException failed) {
      failures
          .computeIfAbsent(
              failed.feature(),
              feature ->
                  PipelineMetrics.of(runtime.getMetricGroup(), pipeline)
                      .addGroup("feature", feature)
                      .counter("failures"))
          .inc();
    }
  }

  private Counter counter(RejectReason reason) {
    return PipelineMetrics.shown(
        PipelineMetrics.of(runtime.getMetricGroup(), pipeline).addGroup("reason", reason.code()),
        "rejects",
        runtime,
        "rejects");
  }
}
