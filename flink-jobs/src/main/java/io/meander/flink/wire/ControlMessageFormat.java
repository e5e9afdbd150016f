/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.DeploymentCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The deployment as it is stored, whether there is a question, and the question. */
final class ControlMessageFormat implements WireFormat<ControlMessage> {

  private static final long serialVersionUID = 1L;

  @Override
  public Class<ControlMessage> type() {
    return ControlMessage.class;
  }

  @Override
  public void write(ControlMessage value, DataOutput out) throws IOException {
    DeploymentCodec.write(value.deployment(), out);
    out.writeBoolean(value.questionOrNull() != null);
    if (value.questionOrNull() != null) {
      value.questionOrNull().write(out);
    }
  }

  @Override
  public ControlMessage read(DataInput in) throws IOException {
    return new ControlMessage(
        DeploymentCodec.read(in), in.readBoolean() ? ControlMessage.Question.read(in) : null);
  }
}
