/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.flink.PipelineMetrics;
import io.meander.flink.RawRecord;
import io.meander.flink.StoredLayout;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Each raw record leaves as one arrival, or as one reject on {@link Rejects#TAG}: none is lost and
 * none is doubled. Its only state are the feature schemas so far.
 */
public final class EventOperator extends ProcessFunction<RawRecord, Arrival>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private final PipelineSpec spec;
  private final boolean labelTopic;

  private transient StoredLayout layout;
  private transient ArrivalReader reader;
  private transient Rejects rejects;
  private transient Counter events;
  private transient Counter labels;

  /**
   * @param labelTopic whether all records are labels, of their own topic; else each says what it is
   */
  public EventOperator(PipelineSpec spec, boolean labelTopic) {
    this.spec = spec;
    this.labelTopic = labelTopic;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    layout = new StoredLayout(spec, context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    layout.store(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
  }

  @Override
  public void open(OpenContext context) {
    reader = new ArrivalReader(spec, layout.features());
    RuntimeContext runtime = getRuntimeContext();
    MetricGroup metrics = PipelineMetrics.of(runtime.getMetricGroup(), spec.name());
    rejects = new Rejects(spec.name(), runtime);
    events = PipelineMetrics.shown(metrics, "events", runtime, "events");
    labels = metrics.counter("labels");
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Arrival> out) {
    try {
      Arrival arrival = labelTopic ? reader.readLabel(record) : reader.read(record);
      out.collect(arrival);
      (arrival instanceof Observation ? events : labels).inc();
    } catch (UnfitRecordException e) {
      context.output(Rejects.TAG, rejects.of(record, e));
    }
  }
}
