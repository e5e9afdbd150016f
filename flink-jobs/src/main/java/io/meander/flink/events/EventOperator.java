/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.flink.PipelineMetrics;
import io.meander.flink.RawRecord;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Each raw record leaves as one arrival, or as one reject on {@link Rejects#TAG}: none is lost and
 * none is doubled. Without state.
 */
public final class EventOperator extends ProcessFunction<RawRecord, Arrival> {

  private static final long serialVersionUID = 1L;

  private final PipelineSpec spec;

  private transient ArrivalReader reader;
  private transient Rejects rejects;
  private transient Counter events;
  private transient Counter labels;

  public EventOperator(PipelineSpec spec) {
    this.spec = spec;
  }

  @Override
  public void open(OpenContext context) {
    reader = new ArrivalReader(spec);
    RuntimeContext runtime = getRuntimeContext();
    MetricGroup metrics = PipelineMetrics.of(runtime.getMetricGroup(), spec.name());
    rejects = new Rejects(spec.name(), runtime);
    events = PipelineMetrics.shown(metrics, "events", runtime, "events");
    labels = metrics.counter("labels");
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Arrival> out) {
    try {
      Arrival arrival = reader.read(record);
      out.collect(arrival);
      (arrival instanceof Observation ? events : labels).inc();
    } catch (UnfitRecordException e) {
      context.output(Rejects.TAG, rejects.of(record, e));
    }
  }
}
