/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.flink.PipelineMetrics;
import io.meander.models.Board;
import io.meander.models.Figure;
import io.meander.models.Figures;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up the scores of all tasks since the job's first start. One task; its totals are in operator
 * state. Every second in which something came, and at the end, it says what they are now: one
 * evaluation per slot, for what was served and for the baselines. It says so too of each window of
 * scored labels when it is full; windows begin anew when the job does.
 */
final class OverallScores extends AbstractStreamOperator<Evaluation>
    implements OneInputStreamOperator<ScoreDelta, Evaluation>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final Target target;
  private final double fading;
  private final int windowSize;
  private final EvaluationRecords records;

  private transient ScheduledFuture<?> ticks;
  private transient Board totals;
  private transient Map<String, ScoreWindow> windows;
  private transient Set<String> changed;
  private transient ListState<byte[]> state;

  OverallScores(PipelineSpec spec) {
    this.pipeline = spec.name();
    this.target = spec.target();
    this.fading = spec.evaluation().fading();
    this.windowSize = spec.evaluation().window();
    this.records = new EvaluationRecords(pipeline, target);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    "totals", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    totals = new Board(target, Stretch.ALL.precision(), fading);
    for (byte[] bytes : state.get()) {
      totals.merge(Board.of(bytes, target, fading));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    changed = new HashSet<>();
    windows = new HashMap<>();
    totals.all().keySet().forEach(this::measure);
    long every = PartialScores.EVERY.toMillis();
    ticks = getProcessingTimeService().scheduleWithFixedDelay(time -> emitChanged(), every, every);
  }

  @Override
  public void processElement(StreamRecord<ScoreDelta> element) throws IOException {
    Board part = Board.of(element.getValue().board(), target, fading);
    totals.merge(part);
    part.all().forEach(this::count);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(List.of(totals.bytes()));
  }

  @Override
  public void close() throws Exception {
    if (ticks != null) {
      ticks.cancel(false);
    }
    super.close();
  }

  @Override
  public void endInput() {
    emitChanged();
  }

  private void count(String slot, Figures part) {
    changed.add(slot);
    measure(slot);
    ScoreWindow window = windows.get(slot);
    if (window.add(part)) {
      long to = totals.of(slot).instances();
      emit(records.window(slot, window.last(), to, now()));
    }
  }

  private void emitChanged() {
    totals
        .all()
        .forEach(
            (slot, figures) -> {
              if (changed.contains(slot) && figures.instances() > 0) {
                emit(records.total(Stretch.ALL, slot, figures, now()));
              }
            });
    changed.clear();
  }

  private void emit(Evaluation evaluation) {
    output.collect(new StreamRecord<>(evaluation));
  }

  /** Shows a slot's figures as gauges, once. */
  private void measure(String slot) {
    if (!windows.containsKey(slot)) {
      ScoreWindow window = new ScoreWindow(windowSize, () -> totals.empty().of(slot));
      windows.put(slot, window);
      Figures figures = totals.of(slot);
      MetricGroup group = PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("slot", slot);
      group.gauge("instances", figures::instances);
      MetricGroup recent = group.addGroup("window");
      for (Figure figure : target.task().measured()) {
        String name = PipelineMetrics.camelCase(figure.key());
        group.gauge(name, () -> figures.figure(figure));
        recent.gauge(name, () -> window.last().figure(figure));
      }
    }
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }
}
