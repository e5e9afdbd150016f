/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.ControlAck;
import io.meander.flink.learning.TaskReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Puts the learning tasks' reports together, in one task: once each of them has reported, the
 * command is acknowledged. A report that comes twice counts once; reports of another number of
 * tasks, before a rescaling, do not count. What is not complete yet is state.
 */
public final class ControlAnswers extends ProcessFunction<TaskReport, ControlAck>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  /** Commands that are not complete; of more the first is given up. */
  private static final int MAX_OPEN = 100;

  private transient Map<String, Tally> open;
  private transient ListState<byte[]> state;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    "answers", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    open = new LinkedHashMap<>();
    for (byte[] stored : state.get()) {
      Tally tally = Tally.read(stored);
      open.put(tally.commandId(), tally);
    }
  }

  @Override
  public void processElement(TaskReport report, Context context, Collector<ControlAck> out) {
    String id = report.question().decoded().getCommandId();
    Tally tally = open.get(id);
    if (tally == null || tally.tasks() != report.tasks()) {
      tally = new Tally(report);
      open.remove(id);
      open.put(id, tally);
    }
    tally.add(report);
    if (tally.isComplete()) {
      open.remove(id);
      Instant now = Instant.ofEpochMilli(context.timerService().currentProcessingTime());
      out.collect(tally.answer(now));
    } else if (open.size() > MAX_OPEN) {
      open.remove(open.keySet().iterator().next());
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    List<byte[]> stored = new ArrayList<>();
    for (Tally tally : open.values()) {
      stored.add(tally.write());
    }
    state.update(stored);
  }
}
