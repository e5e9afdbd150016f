/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.TaskReport;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The components in order. */
final class TaskReportFormat implements WireFormat<TaskReport> {

  private static final long serialVersionUID = 1L;

  @Override
  public Class<TaskReport> type() {
    return TaskReport.class;
  }

  @Override
  public void write(TaskReport value, DataOutput out) throws IOException {
    value.question().write(out);
    out.writeInt(value.task());
    out.writeInt(value.tasks());
    out.writeLong(value.live());
    out.writeLong(value.unreconciled());
    out.writeLong(value.sealed());
  }

  @Override
  public TaskReport read(DataInput in) throws IOException {
    return new TaskReport(
        ControlMessage.Question.read(in),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }
}
