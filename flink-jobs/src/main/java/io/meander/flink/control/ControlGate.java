/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.MalformedEventException;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.RawRecord;
import io.meander.flink.control.OrderCommands.Accepted;
import io.meander.flink.events.RejectReason;
import io.meander.flink.events.Rejects;
import io.meander.flink.events.UnfitRecordException;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.ControlMessage.Question;
import io.meander.flink.learning.Declared;
import io.meander.flink.learning.DeploymentCodec;
import io.meander.flink.payloads.FlinkPayloads;
import io.meander.flink.payloads.PayloadFolder;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets control commands through, one after another, in one task. An accepted command that changes
 * anything makes the next generation, sent whole to every learning task, and what it orders of
 * listed keys goes to each of them as {@link #DIRECTIVES}. Commands are acknowledged on {@link
 * #ACKS}, but for those that only the learning tasks can answer; one that comes again is answered
 * again. A record that is no command becomes a reject. The current deployment, what the spec
 * declared and the last answers are the gate's state; after a restore the deployment is not sent
 * again, since those who were sent it keep it in theirs, and make of another spec what the gate
 * does, see {@link Declared}.
 */
public final class ControlGate extends ProcessFunction<RawRecord, ControlMessage>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  /** Acknowledgements, one per command. */
  public static final OutputTag<ControlAck> ACKS =
      new OutputTag<>("acks", AvroType.of(ControlAck.class));

  /** Orders, each for one key. */
  public static final OutputTag<Arrival> DIRECTIVES =
      new OutputTag<>("directives", WireTypes.ARRIVAL);

  private final PipelineSpec spec;

  private transient CommandRules rules;
  private transient Rejects rejects;
  private transient Declared declared;
  private transient Deployment current;
  private transient Answered answered;
  private transient Counter accepted;
  private transient Counter refused;
  private transient Counter repeated;
  private transient ListState<byte[]> state;
  private transient ListState<byte[]> declarations;
  private transient ListState<byte[]> answers;

  public ControlGate(PipelineSpec spec) {
    this.spec = spec;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    state = list("deployment", context);
    declarations = list("declared", context);
    answers = list("answered", context);
    declared = Declared.by(spec);
    current = declared.deployment();
    for (byte[] bytes : state.get()) {
      current = DeploymentCodec.read(bytes);
    }
    for (byte[] bytes : declarations.get()) {
      current = declared.onto(Declared.read(bytes), current);
    }
    answered = Answered.read(answers.get());
  }

  private static ListState<byte[]> list(String name, FunctionInitializationContext context)
      throws Exception {
    return context
        .getOperatorStateStore()
        .getListState(
            new ListStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  @Override
  public void open(OpenContext context) {
    PayloadFolder payloads =
        spec.snapshots()
            .payloads()
            .map(folder -> new PayloadFolder(new FlinkPayloads(), folder, spec.name()))
            .orElse(null);
    rules = new CommandRules(spec.name(), spec.modelContext(), payloads);
    rejects = new Rejects(spec.name(), getRuntimeContext());
    MetricGroup own =
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), spec.name()).addGroup("control");
    accepted = own.counter("acceptedCommands");
    refused = own.counter("refusedCommands");
    repeated = own.counter("repeatedCommands");
    own.gauge("generation", () -> current.generation());
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ControlMessage> out) {
    ControlCommand command;
    try {
      command = decode(record);
    } catch (UnfitRecordException e) {
      context.output(Rejects.TAG, rejects.of(record, e));
      return;
    }
    ControlAck before = answered.get(command.getCommandId());
    if (before != null) {
      repeated.inc();
      context.output(ACKS, before);
      return;
    }
    Instant now = Instant.ofEpochMilli(context.timerService().currentProcessingTime());
    ControlAck ack;
    try {
      rules.check(command, current);
      if (isQuestion(command)) {
        accepted.inc();
        out.collect(new ControlMessage(current, question(command, now)));
        return;
      }
      if (command.getSeal() != null) {
        out.collect(release(command, now));
      } else {
        Accepted next = rules.apply(command, current);
        current = next.deployment();
        out.collect(new ControlMessage(current));
        next.directives().forEach(directive -> context.output(DIRECTIVES, directive));
      }
      accepted.inc();
      ack = ack(command, null, now);
    } catch (RefusedCommandException e) {
      refused.inc();
      ack = ack(command, e.getMessage(), now);
    }
    answered.add(ack);
    context.output(ACKS, ack);
  }

  /** Whether only the learning tasks can answer it. */
  private static boolean isQuestion(ControlCommand command) {
    return command.getStatus() != null
        || (command.getSeal() != null && !command.getSeal().getRelease());
  }

  private Question question(ControlCommand command, Instant now) {
    ControlAck answer = ack(command, null, now);
    if (command.getSeal() != null) {
      return Question.of(Question.Kind.SEAL, answer);
    }
    if (command.getStatus().getDetail()) {
      answer.setDeployment(rules.text(current));
    }
    return Question.of(Question.Kind.STATUS, answer);
  }

  private ControlMessage release(ControlCommand command, Instant now) {
    return new ControlMessage(current, Question.of(Question.Kind.RELEASE, ack(command, null, now)));
  }

  private ControlAck ack(ControlCommand command, String refusalOrNull, Instant now) {
    return ControlAck.newBuilder()
        .setCommandId(command.getCommandId())
        .setPipeline(spec.name())
        .setAccepted(refusalOrNull == null)
        .setGeneration(current.generation())
        .setReason(refusalOrNull)
        .setAcknowledgedAt(now)
        .build();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    state.update(List.of(DeploymentCodec.write(current)));
    declarations.update(List.of(declared.write()));
    answers.update(answered.write());
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
