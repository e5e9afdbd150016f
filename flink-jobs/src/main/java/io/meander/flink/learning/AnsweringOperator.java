/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSchema;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.events.Rejects;
import io.meander.flink.events.UnfitRecordException;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.Fact;
import io.meander.models.Observation;
import io.meander.models.ParentModel;
import io.meander.models.Slot;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The learning operator whose answers are served and whose models are published. Where the pipeline
 * has parents, they answer for keys that have learned nothing, see {@link ColdStart}.
 */
public final class AnsweringOperator extends LearningOperator<Step> {

  private static final long serialVersionUID = 1L;

  /** Part of the heap for live models where parents take some too. */
  private static final double HEAP_SHARE_BESIDE_PARENTS =
      LearningOptions.DEFAULT_HEAP_SHARE - LearningOptions.PARENTS_HEAP_SHARE;

  private transient ListState<byte[]> storedParents;
  private transient ColdStart coldStartOrNull;
  private transient StreamRecord<Step> step;

  public AnsweringOperator(PipelineSpec spec, LearningOptions options) {
    super(spec, options);
  }

  @Override
  public void initializeState(StateInitializationContext state) throws Exception {
    super.initializeState(state);
    if (spec.parent().isPresent()) {
      storedParents = ColdStart.state(state);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    step = new StreamRecord<>(null);
    if (spec.parent().isPresent()) {
      var task = getRuntimeContext().getTaskInfo();
      coldStartOrNull =
          new ColdStart(
              spec.parent().get(),
              context(),
              task.getIndexOfThisSubtask(),
              task.getNumberOfParallelSubtasks(),
              storedParents,
              PipelineMetrics.of(getMetricGroup(), spec.name()).addGroup("parents"));
    }
  }

  @Override
  public void processElement1(StreamRecord<Arrival> element) throws Exception {
    if (element.getValue() instanceof ParentModel model) {
      coldStartOrNull.take(model);
    } else {
      super.processElement1(element);
    }
  }

  @Override
  Answer answer(LiveModels.Entry entry, Observation event) {
    Answer parents =
        coldStartOrNull == null ? null : coldStartOrNull.answerOrNull(entry.set, event);
    return parents == null ? super.answer(entry, event) : parents;
  }

  @Override
  FeatureSchema servedSchema(LiveModels.Entry entry, Answer answer) {
    String slot = answer.servedAnswer().slot();
    return answer.parentOrNull() == null || slot.equals(SlotSpec.SERVED)
        ? super.servedSchema(entry, answer)
        : coldStartOrNull.features(answer.parentOrNull(), slot);
  }

  @Override
  void beforeFirstLabel(LiveModels.Entry entry) {
    if (coldStartOrNull != null) {
      coldStartOrNull.born(models(), entry);
    }
  }

  @Override
  void published(LiveModels.Entry entry, Fact.Published fact, long now) throws IOException {
    if (isTimed()) {
      Slot slot = entry.set.slot(fact.slot());
      ModelSnapshot snapshot = snapshots().write(entry, slot, fact.cause(), now);
      history().keep(slot, snapshot.getPayload());
      emit(snapshot);
    }
  }

  @Override
  void gone(String key, String slot) {
    if (isTimed()) {
      output.collect(SNAPSHOTS, new StreamRecord<>(snapshots().gone(key, slot)));
    }
  }

  @Override
  void rejected(Observation event, UnfitRecordException why) {
    // Its record is there where a feature may fail here: those of users may, ours cannot.
    output.collect(
        Rejects.TAG, new StreamRecord<>(rejects().of(event.originOrNull(), event.sequence(), why)));
  }

  @Override
  void emit(Step result) {
    step.replace(result);
    output.collect(step);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (coldStartOrNull != null) {
      coldStartOrNull.store();
    }
  }

  @Override
  String accumulators() {
    return "";
  }

  @Override
  Optional<PipelineSpec.Updates> updates() {
    return isTimed() ? spec.snapshots().updates() : Optional.empty();
  }

  @Override
  double heapShare() {
    return spec.parent().isPresent()
        ? HEAP_SHARE_BESIDE_PARENTS
        : LearningOptions.DEFAULT_HEAP_SHARE;
  }
}
