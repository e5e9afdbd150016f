/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.models.Figure;
import io.meander.models.Score;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up the scores of all tasks since the job's first start. One task; its totals are in operator
 * state. Every second in which something came, and at the end, it says what they are now: one
 * evaluation per slot, for what was served and for the baselines.
 */
final class OverallScores extends AbstractStreamOperator<Evaluation>
    implements OneInputStreamOperator<ScoreDelta, Evaluation>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final Target target;

  private transient ScheduledFuture<?> ticks;
  private transient Predictors totals;
  private transient Set<String> changed;
  private transient Set<String> measured;
  private transient ListState<byte[]> state;

  OverallScores(PipelineSpec spec) {
    this.pipeline = spec.name();
    this.target = spec.target();
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
    measured = new HashSet<>();
    totals.scores().keySet().forEach(this::measure);
    long every = PartialScores.EVERY.toMillis();
    ticks = getProcessingTimeService().scheduleWithFixedDelay(time -> emitChanged(), every, every);
  }

  @Override
  public void processElement(StreamRecord<ScoreDelta> element) {
    ScoreDelta delta = element.getValue();
    totals.merge(delta);
    changed.add(delta.slot());
    measure(delta.slot());
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
    Instant now = Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
    List<String> slots = new ArrayList<>(totals.scores().keySet());
    slots.retainAll(changed);
    for (String slot : slots) {
      output.collect(new StreamRecord<>(evaluation(slot, totals.scores().get(slot), now)));
    }
    changed.clear();
  }

  private Evaluation evaluation(String slot, Score score, Instant now) {
    long instances = score.instances();
    return Evaluation.newBuilder()
        .setPipeline(pipeline)
        .setScope(EvaluationScope.OVERALL_TOTAL)
        .setKey(null)
        .setSlot(slot)
        .setFromInstance(1)
        .setToInstance(instances)
        .setInstances(instances)
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
    if (measured.add(slot)) {
      Score score = totals.scores().get(slot);
      var group = getMetricGroup().addGroup("slot", slot);
      group.gauge("instances", score::instances);
      for (Figure figure : target.task().measured()) {
        group.gauge(camelCase(figure.key()), () -> score.figure(figure));
      }
    }
  }

  private static String camelCase(String key) {
    int underscore = key.indexOf('_');
    return underscore < 0
        ? key
        : key.substring(0, underscore)
            + Character.toUpperCase(key.charAt(underscore + 1))
            + key.substring(underscore + 2);
  }

  private static Double defined(double figure) {
    return Double.isNaN(figure) ? null : figure;
  }
}
