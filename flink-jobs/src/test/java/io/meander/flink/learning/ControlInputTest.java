/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ControlAck;
import io.meander.avro.ModelSnapshot;
import io.meander.flink.learning.ControlMessage.Question;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.KeptVersions;
import io.meander.models.Observation;
import io.meander.models.Order;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What a learning task does with what the gate tells it. */
class ControlInputTest {

  private static final PipelineSpec SPEC = LearningOperatorTest.spec(Duration.ofMillis(100));

  @Test
  void aSealLeavesNoKeyWithALogAndIsReportedWhenItIsDone() throws Exception {
    List<Observation> events = LearningOperatorTest.events(400, 20);
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      for (Observation event : events.subList(0, 200)) {
        task.learn(event);
      }
      task.flush();
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(20);
      task.tell(new ControlMessage(SPEC.deployment(), question(Question.Kind.SEAL)));
      assertThat(task.reports()).isEmpty();
      pass(task);

      assertThat(task.reports()).hasSize(1);
      assertThat(task.reports().get(0).sealed()).isEqualTo(20);
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();
      assertThat(task.storedKeys(StoredModels.IMAGE)).isEqualTo(20);

      for (Observation event : events.subList(200, 400)) {
        task.learn(event);
      }
      task.flush();
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();

      release(task, SPEC);
      task.learn(events.get(0));
      task.flush();
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(1);
    }
  }

  @Test
  void aSealThatWasNotDoneIsDoneAfterTheRestore() throws Exception {
    List<Observation> events = LearningOperatorTest.events(100, 10);
    OperatorSubtaskState state;
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      for (Observation event : events) {
        task.learn(event);
      }
      task.flush();
      task.tell(new ControlMessage(SPEC.deployment(), question(Question.Kind.SEAL)));
      state = task.checkpoint(1);
    }
    try (TestTask task = TestTask.restore(SPEC, LearningOptions.LIVE, 1, 0, state, 1)) {
      pass(task);

      assertThat(task.reports()).hasSize(1);
      assertThat(task.reports().get(0).question().decoded().getCommandId()).isEqualTo("q");
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();
    }
  }

  @Test
  void countsLiveKeysThatHaveNotCaughtUp() throws Exception {
    List<Observation> events = LearningOperatorTest.events(100, 5);
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      for (Observation event : events) {
        task.learn(event);
      }
      task.deploy(ordered(2, new Order(2, Order.Kind.RESET, "hat", "", 0)));
      task.learn(events.get(0));
      task.tell(new ControlMessage(SPEC.deployment(), question(Question.Kind.STATUS)));

      assertThat(task.reports().get(0).live()).isEqualTo(5);
      assertThat(task.reports().get(0).unreconciled()).isEqualTo(4);
    }
  }

  /** So many learners would be made at once that events came late. */
  @Test
  void whereVeryManyKeysAreBehindTheyFollowByAndBy() throws Exception {
    int keys = FollowPace.FEW + 300;
    List<Observation> round = oneOfEach(keys);
    Deployment reset = ordered(2, new Order(2, Order.Kind.RESET, "hat", "", 0));
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      learn(task, round);
      task.deploy(reset);

      assertThat(lives(task, round)).contains(1L);
      assertThat(unreconciled(task)).isGreaterThan(FollowPace.FEW);

      int rounds = 0;
      while (unreconciled(task) > FollowPace.FEW) {
        learn(task, round);
        assertThat(++rounds).isLessThan(1000);
      }
      assertThat(lives(task, round)).containsOnly(2L);
      assertThat(unreconciled(task)).isZero();
    }
    try (TestTask task = TestTask.start(SPEC, LearningOptions.BOUNDED)) {
      learn(task, round);
      task.deploy(reset);

      assertThat(lives(task, round)).containsOnly(2L);
    }
  }

  private static List<Observation> oneOfEach(int keys) {
    List<Observation> events = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      events.add(
          new Observation(
              i, "e" + i, "k" + i, i, new double[] {i % 7, i % 5}, i % 2, new String[0]));
    }
    return events;
  }

  private static void learn(TestTask task, List<Observation> events) throws Exception {
    for (Observation event : events) {
      task.learn(event);
    }
  }

  /** The incarnations of slot {@code hat} that answer. */
  private static Set<Long> lives(TestTask task, List<Observation> events) throws Exception {
    Set<Long> lives = new TreeSet<>();
    for (Observation event : events) {
      lives.add(slot(task.learn(event).answer(), "hat").incarnation());
    }
    return lives;
  }

  private static long unreconciled(TestTask task) throws Exception {
    task.tell(new ControlMessage(SPEC.deployment(), question(Question.Kind.STATUS)));
    List<TaskReport> reports = task.reports();
    return reports.get(reports.size() - 1).unreconciled();
  }

  @Test
  void aRollbackGoesOnFromTheKeptVersionInANewLifeAndIsStoredWhole() throws Exception {
    List<Observation> events = LearningOperatorTest.events(260, 1);
    OperatorSubtaskState state;
    Answer after;
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      for (Observation event : events.subList(0, 250)) {
        task.learn(event);
      }
      ModelSnapshot first = newest(task, "hat");
      task.deploy(ordered(2, new Order(2, Order.Kind.ROLLBACK, "hat", "k", first.getVersion())));
      Answer before = task.learn(events.get(250)).answer();
      assertThat(slot(before, "hat").trainedInstances()).isEqualTo(first.getTrainedInstances());
      assertThat(slot(before, "hat").incarnation()).isEqualTo(first.getIncarnation() + 1);
      assertThat(slot(before, "bag").trainedInstances()).isEqualTo(250);
      assertThat(task.storedKeys(StoredModels.IMAGE)).isEqualTo(1);
      state = task.checkpoint(1);
      after = task.learn(events.get(251)).answer();
    }
    try (TestTask task = TestTask.restore(SPEC, LearningOptions.LIVE, 1, 0, state, 1)) {
      Answer restored = task.learn(events.get(251)).answer();
      assertThat(restored).usingRecursiveComparison().isEqualTo(after);
    }
  }

  @Test
  void aKeyGoesOnFromThePayloadThatItsOrderBrings() throws Exception {
    List<Observation> events = LearningOperatorTest.events(260, 1);
    try (TestTask task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      for (Observation event : events.subList(0, 250)) {
        task.learn(event);
      }
      ModelSnapshot snapshot = newest(task, "hat");
      byte[] payload = new byte[snapshot.getPayload().remaining()];
      snapshot.getPayload().duplicate().get(payload);
      Order order = new Order(2, Order.Kind.ROLLBACK, "hat", "", 0);
      KeptVersions.Kept kept = new KeptVersions.Kept(SPEC.slots().get(0), 1, 77, payload);
      task.direct(new Directive("nobody", ordered(2), order, kept));
      task.direct(new Directive(events.get(0).key(), ordered(2), order, kept));

      Answer answer = task.learn(events.get(250)).answer();
      assertThat(answer.generation()).isEqualTo(2);
      assertThat(slot(answer, "hat").trainedInstances()).isEqualTo(77);
      assertThat(task.storedKeys(StoredModels.IMAGE)).isEqualTo(1);
    }
  }

  /** Leaves no key with a log. */
  static void seal(TestTask task, PipelineSpec spec) throws Exception {
    task.tell(new ControlMessage(spec.deployment(), question(Question.Kind.SEAL)));
    pass(task);
  }

  /** Keys have logs again from now on. */
  static void release(TestTask task, PipelineSpec spec) throws Exception {
    task.tell(new ControlMessage(spec.deployment(), question(Question.Kind.RELEASE)));
  }

  private static void pass(TestTask task) throws Exception {
    for (int i = 0; i < 100 && task.reports().isEmpty(); i++) {
      task.setProcessingTime(task.processingTime() + SealPass.PERIOD.toMillis());
    }
  }

  private static ModelSnapshot newest(TestTask task, String slot) {
    return task.snapshots().stream()
        .filter(s -> s.getSlot().equals(slot))
        .reduce((one, other) -> other)
        .orElseThrow();
  }

  private static Answer.SlotAnswer slot(Answer answer, String id) {
    return List.of(answer.slots()).stream()
        .filter(s -> s.slot().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Deployment ordered(long generation, Order... orders) {
    Deployment spec = SPEC.deployment();
    return new Deployment(
        generation,
        spec.slots(),
        spec.champion(),
        spec.drift(),
        spec.twins(),
        spec.limits(),
        spec.serve(),
        Map.of(),
        List.of(orders));
  }

  private static Question question(Question.Kind kind) {
    return Question.of(
        kind, new ControlAck("q", "points", true, 1L, null, Instant.EPOCH, null, null, null, null));
  }
}
