/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.flink.PipelineMetrics;
import io.meander.models.Figure;
import io.meander.models.Score;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.ArrayList;
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
  private final int windowSize;

  private transient ScheduledFuture<?> ticks;
  private transient Predictors totals;
  private transient Map<String, ScoreWindow> windows;
  private transient Set<String> changed;
  private transient ListState<byte[]> state;

  OverallScores(PipelineSpec spec) {
    this.pipeline = spec.name();
    this.target = spec.target();
    this.windowSize = spec.evaluation().window();
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
    totals = new Predictors(target);
    for (byte[] bytes : state.get()) {
      TotalsCodec.read(bytes).forEach(totals::merge);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    changed = new HashSet<>();
    windows = new HashMap<>();
    totals.scores().keySet().forEach(this::measure);
    long every = PartialScores.EVERY.toMillis();
    ticks = getProcessingTimeService().scheduleWithFixedDelay(time -> emitChanged(), every, every);
  }

  @Override
  public void processElement(StreamRecord<ScoreDelta> element) {
    ScoreDelta delta = element.getValue();
    String slot = delta.slot();
    totals.merge(delta);
    changed.add(slot);
    measure(slot);
    if (windows.get(slot).add(delta.score())) {
      emit(slot, EvaluationScope.OVERALL_WINDOW, windows.get(slot).last());
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(List.of(TotalsCodec.write(totals.scores())));
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

  private void emitChanged() {
    List<String> slots = new ArrayList<>(totals.scores().keySet());
    slots.retainAll(changed);
    for (String slot : slots) {
      emit(slot, EvaluationScope.OVERALL_TOTAL, totals.scores().get(slot));
    }
    changed.clear();
  }

  private void emit(String slot, EvaluationScope scope, Score score) {
    Instant now = Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
    output.collect(new StreamRecord<>(evaluation(slot, scope, score, now)));
  }

  private Evaluation evaluation(String slot, EvaluationScope scope, Score score, Instant now) {
    long to = totals.scores().get(slot).instances();
    return Evaluation.newBuilder()
        .setPipeline(pipeline)
        .setScope(scope)
        .setKey(null)
        .setSlot(slot)
        .setFromInstance(to - score.instances() + 1)
        .setToInstance(to)
        .setInstances(score.instances())
        .setAccuracy(defined(score.figure(Figure.ACCURACY)))
        .setKappa(defined(score.figure(Figure.KAPPA)))
        .setKappaTemporal(defined(score.figure(Figure.KAPPA_TEMPORAL)))
        .setKappaM(defined(score.figure(Figure.KAPPA_M)))
        .setLogLoss(totals.hasVotes(slot) ? defined(score.figure(Figure.LOG_LOSS)) : null)
        .setMae(defined(score.figure(Figure.MAE)))
        .setRmse(defined(score.figure(Figure.RMSE)))
        .setR2(defined(score.figure(Figure.R2)))
        .setTime(now)
        .build();
  }

  /** Shows a slot's figures as gauges, once. */
  private void measure(String slot) {
    if (!windows.containsKey(slot)) {
      ScoreWindow window = new ScoreWindow(target, windowSize);
      windows.put(slot, window);
      Score score = totals.scores().get(slot);
      MetricGroup group = PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("slot", slot);
      group.gauge("instances", score::instances);
      MetricGroup recent = group.addGroup("window");
      for (Figure figure : target.task().measured()) {
        String name = PipelineMetrics.camelCase(figure.key());
        group.gauge(name, () -> score.figure(figure));
        recent.gauge(name, () -> window.last().figure(figure));
      }
    }
  }

  private static Double defined(double figure) {
    return Double.isNaN(figure) ? null : figure;
  }
}
