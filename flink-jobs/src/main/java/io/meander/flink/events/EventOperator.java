/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.flink.RawRecord;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Each raw record leaves as one observation, or as one reject on {@link Rejects#TAG}: none is lost
 * and none is doubled. Without state.
 */
public final class EventOperator extends ProcessFunction<RawRecord, Observation> {

  private static final long serialVersionUID = 1L;

  private final PipelineSpec spec;

  private transient EventReader reader;
  private transient Rejects rejects;
  private transient Counter events;

  public EventOperator(PipelineSpec spec) {
    this.spec = spec;
  }

  @Override
  public void open(OpenContext context) {
    reader = new EventReader(spec);
    rejects = new Rejects(spec.name(), getRuntimeContext().getMetricGroup());
    events = getRuntimeContext().getMetricGroup().counter("events");
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Observation> out) {
    try {
      out.collect(reader.read(record));
      events.inc();
    } catch (UnfitRecordException e) {
      context.output(Rejects.TAG, rejects.of(record, e));
    }
  }
}
