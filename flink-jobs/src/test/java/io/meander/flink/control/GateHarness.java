/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.flink.RawRecord;
import io.meander.flink.learning.ControlMessage;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The gate's task without a cluster. */
public final class GateHarness implements AutoCloseable {

  private PipelineSpec spec;
  private OneInputStreamOperatorTestHarness<RawRecord, ControlMessage> gate;
  private int sent;

  public GateHarness(PipelineSpec spec) throws Exception {
    this.spec = spec;
    this.gate = harness();
    gate.open();
  }

  /** Stops it and starts another from its state. */
  public void restore() throws Exception {
    OperatorSubtaskState state = gate.snapshot(1, 1);
    gate.close();
    gate = harness();
    gate.initializeState(state);
    gate.open();
  }

  /** Stops it and starts another from its state, with another spec. */
  public void restore(PipelineSpec other) throws Exception {
    spec = other;
    restore();
  }

  /** Sends a command under an id of its own; gives its acknowledgement. */
  public ControlAck send(Consumer<ControlCommand.Builder> kind) throws Exception {
    return send("c" + sent++, kind);
  }

  public ControlAck send(String id, Consumer<ControlCommand.Builder> kind) throws Exception {
    ControlCommand.Builder command =
        ControlCommand.newBuilder()
            .setCommandId(id)
            .setPipeline(spec.name())
            .setIssuedAt(Instant.EPOCH);
    kind.accept(command);
    byte[] bytes = AvroEncoding.encode(command.build());
    gate.processElement(new RawRecord("control", 0, 0, 0, null, bytes, -1, null), 0);
    List<ControlAck> acks = acks();
    return acks.isEmpty() ? null : acks.get(acks.size() - 1);
  }

  public List<ControlMessage> messages() {
    return gate.extractOutputValues();
  }

  /** The newest. */
  public Deployment deployment() {
    List<ControlMessage> messages = messages();
    return messages.get(messages.size() - 1).deployment();
  }

  public List<Directive> directives() {
    var sent = gate.getSideOutput(ControlGate.DIRECTIVES);
    return sent == null
        ? List.of()
        : sent.stream().map(StreamRecord::getValue).map(GateHarness::directive).toList();
  }

  private static Directive directive(Arrival arrival) {
    return (Directive) arrival;
  }

  public List<ControlAck> acks() {
    var acks = gate.getSideOutput(ControlGate.ACKS);
    return acks == null ? List.of() : acks.stream().map(StreamRecord::getValue).toList();
  }

  private OneInputStreamOperatorTestHarness<RawRecord, ControlMessage> harness() throws Exception {
    return new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ControlGate(spec)));
  }

  @Override
  public void close() {
    try {
      gate.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the gate", e);
    }
  }
}
