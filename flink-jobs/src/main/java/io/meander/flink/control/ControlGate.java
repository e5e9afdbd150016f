/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.MalformedEventException;
import io.meander.flink.AvroType;
import io.meander.flink.RawRecord;
import io.meander.flink.events.RejectReason;
import io.meander.flink.events.Rejects;
import io.meander.flink.events.UnfitRecordException;
import io.meander.flink.learning.DeploymentCodec;
import io.meander.models.Deployment;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets control commands through, one after another, in one task. An accepted command makes the next
 * generation, sent whole; each command is acknowledged on {@link #ACKS}, a record that is none
 * becomes a reject. The current deployment is the gate's state; after a restore it is not sent
 * again, since those who were sent it keep it in theirs.
 */
public final class ControlGate extends ProcessFunction<RawRecord, Deployment>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  /** Acknowledgements, one per command. */
  public static final OutputTag<ControlAck> ACKS =
      new OutputTag<>("acks", AvroType.of(ControlAck.class));

  private final PipelineSpec spec;

  private transient DeployRules rules;
  private transient Rejects rejects;
  private transient Deployment current;
  private transient ListState<byte[]> state;

  public ControlGate(PipelineSpec spec) {
    this.spec = spec;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    "deployment", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    current = spec.deployment();
    for (byte[] bytes : state.get()) {
      current = DeploymentCodec.read(bytes);
    }
  }

  @Override
  public void open(OpenContext context) {
    rules = new DeployRules(spec.name(), spec.target());
    rejects = new Rejects(spec.name(), getRuntimeContext().getMetricGroup());
    getRuntimeContext().getMetricGroup().gauge("generation", () -> current.generation());
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Deployment> out) {
    ControlCommand command;
    try {
      command = decode(record);
    } catch (UnfitRecordException e) {
      context.output(Rejects.TAG, rejects.of(record, e));
      return;
    }
    String refusal = null;
    try {
      current = rules.apply(command, current);
      out.collect(current);
    } catch (RefusedCommandException e) {
      refusal = e.getMessage();
    }
    context.output(
        ACKS,
        ControlAck.newBuilder()
            .setCommandId(command.getCommandId())
            .setPipeline(spec.name())
            .setAccepted(refusal == null)
            .setGeneration(current.generation())
            .setReason(refusal)
            .setAcknowledgedAt(Instant.ofEpochMilli(context.timerService().currentProcessingTime()))
            .build());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    state.update(List.of(DeploymentCodec.write(current)));
  }

  private static ControlCommand decode(RawRecord record) throws UnfitRecordException {
    if (record.value() == null) {
      throw new UnfitRecordException(
          RejectReason.TOMBSTONE, "a record without a value is not a control command");
    }
    try {
      return AvroEncoding.decode(record.value(), ControlCommand.class);
    } catch (MalformedEventException e) {
      throw new UnfitRecordException(RejectReason.MALFORMED_COMMAND, e.getMessage(), e);
    }
  }
}
