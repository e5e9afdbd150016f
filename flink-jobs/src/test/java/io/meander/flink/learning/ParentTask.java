/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The one task of the parents' operator in a bounded run, without a cluster. */
final class ParentTask implements AutoCloseable {

  private final KeyedTwoInputStreamOperatorTestHarness<String, Arrival, ControlMessage, Arrival>
      harness;

  private ParentTask(PipelineSpec spec, LearningOptions options, int children) throws Exception {
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new ParentOperator(spec, options, children),
            arrival -> spec.parent().orElseThrow().of(arrival.key()),
            null,
            Types.STRING,
            TestTask.MAX_PARALLELISM,
            1,
            0);
    harness.setup(
        WireTypes.ARRIVAL.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
  }

  /**
   * @param children number of their tasks
   * @param stateOrNull of the last run
   */
  static ParentTask start(
      PipelineSpec spec, LearningOptions options, int children, OperatorSubtaskState stateOrNull)
      throws Exception {
    ParentTask task = new ParentTask(spec, options, children);
    if (stateOrNull != null) {
      task.harness.initializeState(stateOrNull);
    }
    task.harness.open();
    return task;
  }

  /** The arrival, then what was published after it. */
  List<Arrival> pass(Arrival arrival) throws Exception {
    harness.processElement1(new StreamRecord<>(arrival));
    List<Arrival> passed = new ArrayList<>();
    for (Object r = harness.getOutput().poll(); r != null; r = harness.getOutput().poll()) {
      passed.add((Arrival) ((StreamRecord<?>) r).getValue());
    }
    return passed;
  }

  OperatorSubtaskState checkpoint(long id) throws Exception {
    harness.prepareSnapshotPreBarrier(id);
    return harness.snapshot(id, id);
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
