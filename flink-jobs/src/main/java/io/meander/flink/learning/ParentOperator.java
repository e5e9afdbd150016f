/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.events.UnfitRecordException;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Fact;
import io.meander.models.LearnerCodec;
import io.meander.models.Observation;
import io.meander.models.ParentModel;
import io.meander.models.Slot;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Learns parents' models: the same slots, from all arrivals of the children or a sample of them. It
 * stands before the operator of the children and hands every arrival on before it learns from it;
 * what it publishes goes the same way, a copy to each task. So a child sees exactly what its parent
 * had published from earlier arrivals, at any parallelism and after any failure, and never a model
 * that knows the label of the event it is asked about.
 */
public final class ParentOperator extends LearningOperator<Arrival> {

  private static final long serialVersionUID = 1L;

  private final PipelineSpec.Parent parent;
  private final int tasksOrZero;

  private transient LearnerCodec codec;

  /** A key text of each task of the children. */
  private transient String[] targets;

  /**
   * @param tasksOrZero of the children's operator; 0 if it has as many as this one
   */
  public ParentOperator(PipelineSpec spec, LearningOptions options, int tasksOrZero) {
    super(spec.withTwins(List.of()), options);
    this.parent = spec.parent().orElseThrow();
    this.tasksOrZero = tasksOrZero;
  }

  @Override
  public void open() throws Exception {
    super.open();
    codec = new LearnerCodec(context());
    var task = getRuntimeContext().getTaskInfo();
    int tasks = tasksOrZero > 0 ? tasksOrZero : task.getNumberOfParallelSubtasks();
    targets = targets(tasks, task.getMaxNumberOfParallelSubtasks());
  }

  /** The first of a row of texts that belongs to each task. */
  static String[] targets(int tasks, int maxParallelism) {
    String[] targets = new String[tasks];
    int found = 0;
    for (int i = 0; found < tasks; i++) {
      String text = Integer.toString(i);
      int task = KeyGroupRangeAssignment.assignKeyToParallelOperator(text, maxParallelism, tasks);
      if (targets[task] == null) {
        targets[task] = text;
        found++;
      }
    }
    return targets;
  }

  @Override
  public void processElement1(StreamRecord<Arrival> element) throws Exception {
    Arrival arrival = element.getValue();
    output.collect(element);
    if (parent.takes(arrival.eventId())) {
      super.processElement1(element);
    }
  }

  @Override
  void published(LiveModels.Entry entry, Fact.Published fact, long now) {
    Slot slot = entry.set.slot(fact.slot());
    ParentModel model =
        new ParentModel(
            "",
            0,
            entry.set.key(),
            slot.spec(),
            slot.incarnation(),
            slot.trainedInstances(),
            slot.version(),
            spec.label().classes(),
            codec.write(slot));
    for (String target : targets) {
      output.collect(new StreamRecord<>(model.to(target, targets.length)));
    }
  }

  /** Answers of parents are scored and learned from; nobody is told. */
  @Override
  void emit(Step step) {}

  /** What is published of parents goes to the children, who do not ask for its places. */
  @Override
  void taken(LiveModels.Entry entry, Arrival arrivalOrNull) {}

  /** Whether the child is answered is the child's own past's to say. */
  @Override
  void rejected(Observation event, UnfitRecordException why) {
    rejects().count(why);
  }

  /** Nobody is left to be born. */
  @Override
  public void endInput(int input) {}

  @Override
  List<String> keyFields() {
    return parent.key();
  }

  @Override
  Deployment own(Deployment deployment) {
    return deployment.withoutTwins();
  }

  @Override
  String accumulators() {
    return "parents' ";
  }

  @Override
  double heapShare() {
    return LearningOptions.PARENTS_HEAP_SHARE;
  }
}
