/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.Reject;
import io.meander.avro.SlotDeclaration;
import io.meander.flink.RawRecord;
import io.meander.flink.TestPipelines;
import io.meander.flink.events.Rejects;
import io.meander.flink.learning.ControlMessage;
import io.meander.models.Deployment;
import io.meander.models.SlotSpec;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlGateTest {

  private static final SlotDeclaration BAYES =
      new SlotDeclaration("bayes", "bayes.NaiveBayes", 1, null, null, "restart");
  private static final SlotDeclaration TREE =
      new SlotDeclaration("tree", "trees.HoeffdingTree -g 50", 7, null, null, "restart");

  private OneInputStreamOperatorTestHarness<RawRecord, ControlMessage> gate;

  @BeforeEach
  void open() throws Exception {
    gate = harness();
    gate.open();
    gate.setProcessingTime(1_234);
  }

  @AfterEach
  void close() throws Exception {
    gate.close();
  }

  @Test
  void anAcceptedCommandIsTheNextGenerationSentWhole() throws Exception {
    send(command("flights", null, deploy("tree", BAYES, TREE)));

    Deployment deployment = gate.extractOutputValues().get(0).deployment();
    assertThat(deployment.generation()).isEqualTo(2);
    assertThat(deployment.champion()).isEqualTo("tree");
    assertThat(deployment.slots())
        .containsExactly(
            new SlotSpec("bayes", "bayes.NaiveBayes", 1),
            new SlotSpec("tree", "trees.HoeffdingTree -g 50", 7));
    assertThat(deployment.drift()).isEqualTo(TestPipelines.flights().drift());
    ControlAck ack = acks().get(0);
    assertThat(ack.getAccepted()).isTrue();
    assertThat(ack.getGeneration()).isEqualTo(2);
    assertThat(ack.getReason()).isNull();
    assertThat(ack.getAcknowledgedAt()).isEqualTo(Instant.ofEpochMilli(1_234));
  }

  @Test
  void aCommandThatExpectedAnotherGenerationIsRefused() throws Exception {
    send(command("flights", 1L, deploy("bayes", BAYES)));
    send(command("flights", 1L, deploy("tree", TREE)));

    assertThat(gate.extractOutputValues()).hasSize(1);
    assertThat(acks().get(1).getAccepted()).isFalse();
    assertThat(acks().get(1).getGeneration()).isEqualTo(2);
    assertThat(acks().get(1).getReason())
        .isEqualTo(
            "expected_generation: 1 was expected and 2 is current; look at what changed and send"
                + " the command again");
  }

  @Test
  void aCommandForAnotherPipelineIsRefused() throws Exception {
    send(command("fights", null, deploy("bayes", BAYES)));

    assertThat(acks().get(0).getReason()).startsWith("pipeline: the command is for 'fights'");
  }

  @Test
  void aDeploymentWithoutSlotsIsRefused() throws Exception {
    send(command("flights", null, deploy("bayes")));

    assertThat(acks().get(0).getReason()).startsWith("slots: empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bayes | bayes.NaiveBayes | bayes | slots[1].id: 'bayes' is there already",
        "served | bayes.NaiveBayes | bayes | slots[1].id: 'served' is one of the ids that results",
        "a/b | bayes.NaiveBayes | bayes | slots[1].id: 'a/b' is not an id",
        "tree | trees.HoefdingTree | bayes | slots[1].learner: ",
        "tree | trees.HoeffdingTree | baies | champion: 'baies' is not one of the slots [bayes,"
            + " tree]; did you mean 'bayes'?"
      })
  void aDeploymentThatBreaksARuleIsRefusedWithItsPath(
      String id, String learner, String champion, String reason) throws Exception {
    send(
        command(
            "flights",
            null,
            deploy(champion, BAYES, new SlotDeclaration(id, learner, 1, null, null, "restart"))));

    assertThat(gate.extractOutputValues()).isEmpty();
    assertThat(acks().get(0).getAccepted()).isFalse();
    assertThat(acks().get(0).getGeneration()).isEqualTo(1);
    assertThat(acks().get(0).getReason()).startsWith(reason);
  }

  @Test
  void aRecordThatIsNoCommandIsRejectedAndTheGateGoesOn() throws Exception {
    send(new byte[] {1, 2, 3});
    send(null);
    send(command("flights", null, deploy("bayes", BAYES)));

    assertThat(gate.getSideOutput(Rejects.TAG))
        .extracting(StreamRecord::getValue)
        .extracting(Reject::getReason)
        .containsExactly("malformed-command", "tombstone");
    assertThat(gate.extractOutputValues()).hasSize(1);
  }

  @Test
  void countsOnFromTheRestoredGeneration() throws Exception {
    send(command("flights", null, deploy("tree", BAYES, TREE)));
    OperatorSubtaskState state = gate.snapshot(1, 1);
    gate.close();

    gate = harness();
    gate.initializeState(state);
    gate.open();
    assertThat(gate.extractOutputValues()).isEmpty();
    send(command("flights", 2L, deploy("bayes", BAYES)));

    assertThat(gate.extractOutputValues().get(0).deployment().generation()).isEqualTo(3);
  }

  private static OneInputStreamOperatorTestHarness<RawRecord, ControlMessage> harness()
      throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new ProcessOperator<>(new ControlGate(TestPipelines.flights())));
  }

  private void send(byte[] command) throws Exception {
    gate.processElement(new RawRecord("flights-control", 0, 0, 0, null, command, -1, null), 0);
  }

  private List<ControlAck> acks() {
    return gate.getSideOutput(ControlGate.ACKS).stream().map(StreamRecord::getValue).toList();
  }

  private static Deploy deploy(String champion, SlotDeclaration... slots) {
    return new Deploy(List.of(slots), champion, null, null, null, List.of());
  }

  private static byte[] command(String pipeline, Long expectedGeneration, Deploy deploy) {
    return AvroEncoding.encode(
        ControlCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setPipeline(pipeline)
            .setIssuedAt(Instant.EPOCH)
            .setExpectedGeneration(expectedGeneration)
            .setDeploy(deploy)
            .build());
  }
}
