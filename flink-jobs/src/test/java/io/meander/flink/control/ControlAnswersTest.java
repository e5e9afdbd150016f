/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ControlAck;
import io.meander.flink.AvroType;
import io.meander.flink.learning.ControlMessage.Question;
import io.meander.flink.learning.TaskReport;
import java.time.Instant;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The answers of all tasks made one. */
class ControlAnswersTest {

  private OneInputStreamOperatorTestHarness<TaskReport, ControlAck> answers;

  @BeforeEach
  void open() throws Exception {
    answers = harness();
    answers.open();
  }

  @AfterEach
  void close() throws Exception {
    answers.close();
  }

  @Test
  void aStatusIsAnsweredOnceAllTasksHaveCounted() throws Exception {
    report(status("a"), 0, 3, 5, 1, 0);
    report(status("b"), 0, 3, 100, 0, 0);
    report(status("a"), 2, 3, 7, 2, 0);
    report(status("a"), 2, 3, 7, 2, 0);
    assertThat(answers.extractOutputValues()).isEmpty();
    answers.setProcessingTime(77);
    report(status("a"), 1, 3, 11, 3, 0);

    assertThat(answers.extractOutputValues()).hasSize(1);
    ControlAck ack = answers.extractOutputValues().get(0);
    assertThat(ack.getCommandId()).isEqualTo("a");
    assertThat(ack.getLiveKeys()).isEqualTo(23);
    assertThat(ack.getUnreconciledKeys()).isEqualTo(6);
    assertThat(ack.getSealedKeys()).isNull();
    assertThat(ack.getAcknowledgedAt()).isEqualTo(Instant.ofEpochMilli(77));
  }

  @Test
  void aSealsAnswerGoesOnAfterARestore() throws Exception {
    report(seal("s"), 1, 3, 0, 0, 20);
    report(seal("s"), 0, 3, 0, 0, 4);
    restore();
    report(seal("s"), 1, 3, 0, 0, 20); // told again after the restore
    assertThat(answers.extractOutputValues()).isEmpty();
    report(seal("s"), 2, 3, 0, 0, 300);

    assertThat(answers.extractOutputValues())
        .extracting(ControlAck::getSealedKeys)
        .containsExactly(324L);
    assertThat(answers.extractOutputValues().get(0).getLiveKeys()).isNull();
    report(seal("s"), 2, 3, 0, 0, 300);
    assertThat(answers.extractOutputValues()).as("it is done").hasSize(1);
  }

  @Test
  void aStatusIsCountedOnAfterARestoreToo() throws Exception {
    report(status("a"), 0, 2, 5, 3, 0);
    restore();
    report(status("a"), 1, 2, 7, 4, 0);

    ControlAck ack = answers.extractOutputValues().get(0);
    assertThat(ack.getLiveKeys()).isEqualTo(12);
    assertThat(ack.getUnreconciledKeys()).isEqualTo(7);
  }

  @Test
  void withAnotherNumberOfTasksAllAreAskedAnew() throws Exception {
    report(seal("s"), 0, 2, 0, 0, 1000);
    restore();
    for (int task = 0; task < 3; task++) {
      assertThat(answers.extractOutputValues()).isEmpty();
      report(seal("s"), task, 3, 0, 0, 1);
    }

    assertThat(answers.extractOutputValues())
        .extracting(ControlAck::getSealedKeys)
        .containsExactly(3L);
  }

  @Test
  void ofTooManyThatAreNotCompleteTheFirstIsGivenUp() throws Exception {
    for (int i = 0; i <= 100; i++) {
      report(status("q" + i), 0, 2, 1, 0, 0);
    }
    report(status("q0"), 1, 2, 1, 0, 0);
    assertThat(answers.extractOutputValues()).isEmpty();

    report(status("q100"), 1, 2, 1, 0, 0);
    report(status("q2"), 1, 2, 1, 0, 0);
    assertThat(answers.extractOutputValues())
        .extracting(ControlAck::getCommandId)
        .containsExactly("q100", "q2");
  }

  @Test
  void theGateRemembersTheLastThousandAnswers() throws Exception {
    Answered answered = new Answered();
    for (int i = 0; i <= Answered.MAX; i++) {
      answered.add(ack("c" + i));
    }
    answered = Answered.read(answered.write());

    assertThat(answered.get("c0")).isNull();
    assertThat(answered.get("c1").getCommandId()).isEqualTo("c1");
    assertThat(answered.get("c" + Answered.MAX)).isEqualTo(ack("c" + Answered.MAX));
    answered.add(ack("one more"));
    assertThat(answered.get("c1")).isNull();
    assertThat(answered.get("c2")).isNotNull();
  }

  private void report(Question question, int task, int tasks, long live, long behind, long sealed)
      throws Exception {
    answers.processElement(new TaskReport(question, task, tasks, live, behind, sealed), 0);
  }

  private void restore() throws Exception {
    OperatorSubtaskState state = answers.snapshot(1, 1);
    answers.close();
    answers = harness();
    answers.initializeState(state);
    answers.open();
  }

  private static OneInputStreamOperatorTestHarness<TaskReport, ControlAck> harness()
      throws Exception {
    OneInputStreamOperatorTestHarness<TaskReport, ControlAck> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ControlAnswers()));
    harness.setup(AvroType.of(ControlAck.class).createSerializer(new SerializerConfigImpl()));
    return harness;
  }

  private static Question status(String id) {
    return Question.of(Question.Kind.STATUS, ack(id));
  }

  private static Question seal(String id) {
    return Question.of(Question.Kind.SEAL, ack(id));
  }

  private static ControlAck ack(String id) {
    return new ControlAck(id, "flights", true, 1L, null, Instant.EPOCH, null, null, null, null);
  }
}
