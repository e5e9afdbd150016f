/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.DriftDeclaration;
import io.meander.avro.Freeze;
import io.meander.avro.Promote;
import io.meander.avro.Reset;
import io.meander.avro.Resume;
import io.meander.avro.Rollback;
import io.meander.avro.Seal;
import io.meander.avro.ServeDeclaration;
import io.meander.avro.SlotDeclaration;
import io.meander.avro.Status;
import io.meander.flink.TestPipelines;
import io.meander.flink.learning.ControlMessage;
import io.meander.models.DriftSpec;
import io.meander.models.Order;
import io.meander.models.ServePolicy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the gate makes of each kind of command. */
class ControlCommandsTest {

  private GateHarness gate;

  @BeforeEach
  void open() throws Exception {
    gate = new GateHarness(TestPipelines.flights());
    gate.send(c -> c.setDeploy(deploy("bayes", slot("bayes", "bayes.NaiveBayes"), tree(1))));
  }

  @AfterEach
  void close() {
    gate.close();
  }

  @Test
  void aCommandThatComesAgainIsAnsweredAgainAndNotCarriedOutTwice() throws Exception {
    ControlAck first = gate.send("x", reset("tree"));
    int messages = gate.messages().size();
    gate.restore();
    ControlAck second = gate.send("x", reset("tree"));

    assertThat(second).isEqualTo(first);
    assertThat(gate.messages()).hasSizeLessThan(messages).isEmpty();
    assertThat(gate.send("y", reset("tree")).getGeneration()).isEqualTo(first.getGeneration() + 1);
  }

  @Test
  void aRefusalIsRemembered() throws Exception {
    ControlAck refused = gate.send("x", reset("new"));
    gate.send(
        c ->
            c.setDeploy(
                deploy("bayes", slot("bayes", "bayes.NaiveBayes"), slot("new", "lazy.kNN"))));

    assertThat(refused.getAccepted()).isFalse();
    assertThat(gate.send("x", reset("new"))).isEqualTo(refused);
  }

  @Test
  void oneOfTwoSendersGetsTheGenerationThatBothExpected() throws Exception {
    assertThat(gate.send(c -> reset("tree").accept(c.setExpectedGeneration(2L))).getAccepted())
        .isTrue();
    ControlAck late = gate.send(c -> reset("tree").accept(c.setExpectedGeneration(2L)));

    assertThat(late.getAccepted()).isFalse();
    assertThat(late.getGeneration()).isEqualTo(3);
  }

  @Test
  void slotsThatStayKeepTheirGenerationAndOthersBeginAnew() throws Exception {
    gate.send(
        c -> c.setDeploy(deploy("bayes", slot("bayes", "bayes.NaiveBayes"), tree(2), other())));

    assertThat(gate.deployment().since("bayes")).isEqualTo(1);
    assertThat(gate.deployment().since("tree")).isEqualTo(3);
    assertThat(gate.deployment().since("other")).isEqualTo(3);
  }

  @Test
  void policiesAreReplacedOrStay() throws Exception {
    DriftDeclaration drift =
        new DriftDeclaration("DDM", null, "error", "none", "reset", 4.0, 500L, 1000L);
    Deploy deploy = deploy("bayes", slot("bayes", "bayes.NaiveBayes"), tree(1));
    deploy.setServe(new ServeDeclaration("best", 50L, 0.02, 0.0, 0L, 0L));
    deploy.getSlots().get(1).setDrift(drift);
    deploy.getSlots().get(1).setMaxBytes(5000L);
    gate.send(c -> c.setDeploy(deploy));
    gate.send(c -> c.setDeploy(deploy("bayes", slot("bayes", "bayes.NaiveBayes"), tree(1))));

    assertThat(gate.deployment().serve())
        .isEqualTo(new ServePolicy(ServePolicy.Kind.BEST, 50, 0.02));
    assertThat(gate.deployment().drift().of("tree").onDrift()).isEqualTo(DriftSpec.OnDrift.RESET);
    assertThat(gate.deployment().drift().of("bayes"))
        .isEqualTo(TestPipelines.flights().drift().every());
    assertThat(gate.deployment().limits().get("tree").bytes()).isEqualTo(5000);
  }

  @Test
  void aLaterOrderForMoreKeysMakesEarlierOnesVoid() throws Exception {
    gate.send(c -> freeze("tree").accept(c.setPrefix("AT")));
    gate.send(c -> freeze("bayes").accept(c.setPrefix("ATL")));
    gate.send(c -> c.setResume(new Resume("tree")).setPrefix("A"));
    assertThat(gate.deployment().orders())
        .containsExactly(
            new Order(4, Order.Kind.FREEZE, "bayes", "ATL", 0),
            new Order(5, Order.Kind.RESUME, "tree", "A", 0));
    gate.send(c -> c.setResume(new Resume(null)));

    assertThat(gate.deployment().orders())
        .containsExactly(new Order(6, Order.Kind.RESUME, Order.ALL_SLOTS, Order.ALL_KEYS, 0));
  }

  @Test
  void anOrderLeavesThoseOfAnotherKindOfThingStanding() throws Exception {
    gate.send(c -> c.setRollback(new Rollback("tree", null, null, null, 0L)));
    gate.send(freeze("tree"));
    gate.send(c -> c.setPromote(new Promote("tree")));
    assertThat(gate.deployment().orders())
        .extracting(Order::kind)
        .containsExactly(Order.Kind.ROLLBACK, Order.Kind.FREEZE, Order.Kind.PROMOTE);
    gate.send(reset("tree"));
    gate.send(c -> c.setPromote(new Promote("bayes")));

    assertThat(gate.deployment().orders())
        .extracting(Order::kind)
        .containsExactly(Order.Kind.FREEZE, Order.Kind.RESET, Order.Kind.PROMOTE);
  }

  @Test
  void whatWasOrderedOfASlotGoesWithIt() throws Exception {
    gate.send(freeze("tree"));
    gate.send(reset("bayes"));
    gate.send(c -> c.setDeploy(deploy("bayes", slot("bayes", "bayes.NaiveBayes"))));

    assertThat(gate.deployment().orders())
        .containsExactly(new Order(4, Order.Kind.RESET, "bayes", Order.ALL_KEYS, 0));
  }

  @Test
  void prefixesAreBoundedInNumber() throws Exception {
    for (int i = 0; i < OrderCommands.MAX_PREFIXES; i++) {
      String prefix = "k" + i + "|";
      assertThat(gate.send(c -> freeze("tree").accept(c.setPrefix(prefix))).getAccepted()).isTrue();
    }
    ControlAck refused = gate.send(c -> freeze("tree").accept(c.setPrefix("x")));

    assertThat(refused.getReason()).startsWith("prefix: 64 orders for prefixes hold already");
    assertThat(gate.send(freeze("tree")).getAccepted()).isTrue();
    assertThat(gate.deployment().orders()).hasSize(1);
  }

  @Test
  void listedKeysGetTheOrderWithTheWholeDeployment() throws Exception {
    ControlAck ack =
        gate.send(c -> c.setPromote(new Promote("tree")).setKeys(List.of("ATL", "ORD", "ATL")));

    assertThat(gate.directives()).extracting(d -> d.key()).containsExactly("ATL", "ORD");
    assertThat(gate.directives())
        .allSatisfy(
            d -> {
              assertThat(d.deployment()).isEqualTo(gate.deployment());
              assertThat(d.order().generation()).isEqualTo(ack.getGeneration());
            });
    assertThat(gate.deployment().champion()).isEqualTo("bayes");
    assertThat(gate.deployment().orders()).isEmpty();
  }

  @Test
  void refusesWithThePathAndTheNearestName() throws Exception {
    assertRefused(reset("tre"), "slot: there is no slot 'tre'; did you mean 'tree'?");
    assertRefused(
        c -> c.setRollback(new Rollback("tree", 0L, null, null, 0L)), "rollback.version: found 0");
    assertRefused(
        c -> c.setRollback(new Rollback("tree", null, ByteBuffer.wrap(new byte[9]), null, 0L)),
        "rollback.payload: is for a command that lists its keys");
    assertRefused(
        c ->
            c.setRollback(new Rollback("tree", null, ByteBuffer.wrap(new byte[9]), null, 0L))
                .setKeys(List.of("ATL")),
        "rollback.payload: it ");
    assertRefused(
        c ->
            c.setRollback(new Rollback("tree", null, null, "file:///payloads/p/ab/abc", 0L))
                .setKeys(List.of("ATL")),
        "rollback.payload_uri: the job's spec has no snapshots.payloads");
    assertRefused(c -> freeze("tree").accept(c.setPrefix("")), "prefix: empty");
    assertRefused(
        c -> freeze("tree").accept(c.setPrefix("A").setKeys(List.of("B"))), "prefix: found beside");
    assertRefused(c -> c.setSeal(new Seal(false)).setPrefix("A"), "prefix: deploy, seal");
    assertRefused(c -> freeze("tree").accept(c.setReset(new Reset("tree"))), "command: 2 are set");
    assertRefused(c -> {}, "command: none is set");
    assertRefused(
        c -> {
          Deploy deploy = deploy("bayes", slot("bayes", "bayes.NaiveBayes"), tree(1));
          deploy.setServe(new ServeDeclaration("bst", 50L, 0.02, 0.0, 0L, 0L));
          c.setDeploy(deploy);
        },
        "serve.policy: found 'bst'; did you mean 'best'?");
    assertRefused(
        c -> {
          Deploy deploy = deploy("bayes", slot("bayes", "bayes.NaiveBayes"));
          deploy.setServe(new ServeDeclaration("best", 50L, 0.02, 0.0, 0L, 0L));
          c.setDeploy(deploy);
        },
        "serve.policy: found 'best' and one slot");
    assertRefused(
        c -> {
          Deploy deploy = deploy("bayes", slot("bayes", "bayes.NaiveBayes"));
          deploy.setFeatureFingerprint("0123");
          c.setDeploy(deploy);
        },
        "feature_fingerprint: the sender's features have 0123");
    assertRefused(
        c -> {
          Deploy deploy = deploy("bayes", slot("bayes", "bayes.NaiveBayes"));
          deploy.setClasses(List.of("yes", "no"));
          c.setDeploy(deploy);
        },
        "classes: the sender's are [yes, no]");
  }

  /** As of a script whose variable is not set. Only freeze and resume may leave the slot out. */
  @Test
  void anEmptyTextIsNoSlotAndNoId() throws Exception {
    List<Consumer<ControlCommand.Builder>> kinds =
        List.of(
            c -> c.setPromote(new Promote("")),
            reset(""),
            freeze(""),
            c -> c.setResume(new Resume("")),
            c -> c.setRollback(new Rollback("", null, null, null, 0L)),
            c ->
                c.setRollback(new Rollback("", 1L, ByteBuffer.wrap(new byte[9]), null, 0L))
                    .setKeys(List.of("ATL")));
    for (Consumer<ControlCommand.Builder> kind : kinds) {
      assertRefused(kind, "slot: there is no slot '' (slots: bayes, tree)");
    }
    assertRefused(c -> c.setPromote(new Promote("")).setPrefix("A"), "slot: there is no slot ''");
    assertRefused(
        c -> c.setPromote(new Promote("")).setKeys(List.of("ATL")), "slot: there is no slot ''");

    assertThat(gate.send("", reset("tree")).getReason()).startsWith("command_id: empty");
  }

  @Test
  void aQuestionIsLeftToTheTasksAndChangesNoGeneration() throws Exception {
    int acks = gate.acks().size();
    gate.send(c -> c.setStatus(new Status(true)));

    assertThat(gate.acks()).hasSize(acks);
    ControlMessage message = gate.messages().get(gate.messages().size() - 1);
    assertThat(message.deployment().generation()).isEqualTo(2);
    ControlAck answer = message.questionOrNull().decoded();
    Deploy told = AvroEncoding.ofJson(answer.getDeployment(), Deploy.class);
    assertThat(told.getSlots()).extracting(SlotDeclaration::getId).containsExactly("bayes", "tree");
  }

  @Test
  void aSealsReleaseIsAnsweredByTheGateAndASealByTheTasks() throws Exception {
    ControlAck released = gate.send(c -> c.setSeal(new Seal(true)));
    assertThat(released.getAccepted()).isTrue();
    assertThat(released.getGeneration()).isEqualTo(2);
    assertThat(question().kind()).isEqualTo(ControlMessage.Question.Kind.RELEASE);
    int acks = gate.acks().size();

    gate.send(c -> c.setSeal(new Seal(false)));

    assertThat(gate.acks()).hasSize(acks);
    assertThat(question().kind()).isEqualTo(ControlMessage.Question.Kind.SEAL);
  }

  private ControlMessage.Question question() {
    return gate.messages().get(gate.messages().size() - 1).questionOrNull();
  }

  private void assertRefused(Consumer<ControlCommand.Builder> command, String reason)
      throws Exception {
    int messages = gate.messages().size();
    ControlAck ack = gate.send(command);
    assertThat(ack.getAccepted()).isFalse();
    assertThat(ack.getReason()).startsWith(reason);
    assertThat(gate.messages()).hasSize(messages);
  }

  private static Consumer<ControlCommand.Builder> reset(String slot) {
    return c -> c.setReset(new Reset(slot));
  }

  private static Consumer<ControlCommand.Builder> freeze(String slot) {
    return c -> c.setFreeze(new Freeze(slot));
  }

  private static Deploy deploy(String champion, SlotDeclaration... slots) {
    return new Deploy(List.of(slots), champion, null, null, null, List.of());
  }

  private static SlotDeclaration tree(int seed) {
    return new SlotDeclaration("tree", "trees.HoeffdingTree", seed, null, null, "restart");
  }

  private static SlotDeclaration other() {
    return slot("other", "functions.MajorityClass");
  }

  private static SlotDeclaration slot(String id, String learner) {
    return new SlotDeclaration(id, learner, 1, null, null, "restart");
  }
}
