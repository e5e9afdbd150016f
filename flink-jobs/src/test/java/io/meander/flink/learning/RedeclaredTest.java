/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.ModelSnapshot;
import io.meander.flink.control.GateHarness;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.Observation;
import io.meander.models.ServePolicy;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** A job that starts from a savepoint with another spec: what is unchanged learns on untouched. */
class RedeclaredTest {

  private static final int HALF = 300;
  private static final List<Observation> EVENTS = TakeOverTest.events(2 * HALF, 5);
  private static final String BAYES = "- {id: bayes, learner: bayes.NaiveBayes}";

  private static final PipelineSpec OTHER_OPTIONS =
      UpgradeSpecs.with("bayes.NaiveBayes", "trees.HoeffdingTree -g 50");
  private static final PipelineSpec OTHER_SLOT =
      UpgradeSpecs.with(BAYES, "- {id: bag, learner: meta.OzaBag -s 3}");
  private static final PipelineSpec OTHER_DRIFT =
      UpgradeSpecs.with("serve:", "drift: {detector: DDM, on-drift: alert}\nserve:");

  @Test
  void aLearnerWithOtherOptionsBeginsAnewAndTheOtherGoesOn() throws Exception {
    Map<String, ModelSnapshot> upgraded = upgraded(OTHER_OPTIONS, 1);

    assertUntouched(upgraded, "ht");
    assertThat(upgraded.get("p0/bayes").getIncarnation()).isEqualTo(2);
    assertThat(upgraded.get("p0/bayes").getTrainedInstances()).isEqualTo(HALF / 5);
    assertThat(upgraded.get("p0/bayes").getLearner()).isEqualTo("trees.HoeffdingTree -g 50");
    assertThat(upgraded.get("p0/bayes").getMetrics().getInstances()).isEqualTo(2 * HALF / 5);
  }

  @Test
  void aSlotComesAndAnotherGoesAndTheThirdGoesOn() throws Exception {
    Map<String, ModelSnapshot> upgraded = upgraded(OTHER_SLOT, 2);

    assertUntouched(upgraded, "ht");
    assertThat(upgraded.keySet()).noneMatch(id -> id.endsWith("/bayes"));
    assertThat(upgraded.get("p0/bag").getTrainedInstances()).isEqualTo(HALF / 5);
  }

  @Test
  void anotherDriftPolicyTouchesNoLearner() throws Exception {
    Map<String, ModelSnapshot> upgraded = upgraded(OTHER_DRIFT, 3);

    assertUntouched(upgraded, "ht");
    assertUntouched(upgraded, "bayes");
    assertThat(upgraded.get("p0/ht").getGeneration()).isEqualTo(2);
  }

  @Test
  void theSameSpecIsNoNewGeneration() throws Exception {
    Map<String, ModelSnapshot> same = upgraded(UpgradeSpecs.spec(), 2);

    assertUntouched(same, "ht");
    assertUntouched(same, "bayes");
    assertThat(same.get("p0/ht").getGeneration()).isEqualTo(1);
  }

  @Test
  void aPolicyThatIsStoredInPartIsTheSameAfterwards() throws Exception {
    Deployment declared = UpgradeSpecs.spec().deployment();
    ServePolicy vote =
        new ServePolicy(ServePolicy.Kind.VOTE, 10, 0.5).guarded(new ServePolicy.Guard(0.9, 7, 8));
    Declared written =
        new Declared(
            new Deployment(
                1,
                declared.slots(),
                "ht",
                declared.drift(),
                declared.twins(),
                declared.limits(),
                vote),
            "0123456789abcdef",
            2);

    assertThat(Declared.read(written.write())).isEqualTo(written);
  }

  @Test
  void whatACommandDeployedIsLeftWhereTheSpecsAgree() throws Exception {
    OperatorSubtaskState state;
    Deployment deployed;
    try (var task = TestTask.start(UpgradeSpecs.spec(), LearningOptions.LIVE)) {
      task.learn(EVENTS.get(0));
      Deployment declared = UpgradeSpecs.spec().deployment();
      deployed =
          declared.next(
              List.of(
                  declared.slot("ht"),
                  declared.slot("bayes"),
                  new SlotSpec("bag", "meta.OzaBag -s 3", 1)),
              "bag",
              true,
              declared.drift(),
              declared.twins(),
              declared.limits(),
              declared.serve());
      task.deploy(deployed);
      task.learn(EVENTS.get(5));
      state = task.savepoint(1);
    }
    try (var task = TestTask.restore(OTHER_DRIFT, LearningOptions.LIVE, 1, 0, state, 1)) {
      Answer answer = task.learn(EVENTS.get(10)).answer();
      assertThat(answer.generation()).isEqualTo(3);
      assertThat(Arrays.stream(answer.slots()).map(Answer.SlotAnswer::slot))
          .containsExactly("ht", "bayes", "bag");
      assertThat(answer.servedAnswer().slot()).isEqualTo("bag");
    }
  }

  @Test
  void theGateMakesTheSameGenerationAsTheTasksAndGoesOnFromIt() throws Exception {
    try (GateHarness gate = new GateHarness(UpgradeSpecs.spec())) {
      gate.restore(OTHER_SLOT);
      var ack =
          gate.send(c -> c.setPromote(io.meander.avro.Promote.newBuilder().setSlot("bag").build()));
      assertThat(ack.getAccepted()).as(ack.getReason()).isTrue();
      assertThat(ack.getGeneration()).isEqualTo(3);
      assertThat(gate.deployment().slots()).isEqualTo(OTHER_SLOT.slots());
      assertThat(gate.deployment().since("bag")).isEqualTo(2);
    }
  }

  @Test
  void aRunOverFilesIsGoneOnFromWithItsOwnSlotsAlone() throws Exception {
    OperatorSubtaskState state = TakeOverTest.stored(UpgradeSpecs.spec());
    try (var same = TestTask.restore(UpgradeSpecs.spec(), LearningOptions.LIVE, 1, 0, state, 1)) {
      assertThat(same.learn(EVENTS.get(200)).answer().generation()).isEqualTo(1);
    }
    assertThatThrownBy(() -> TestTask.restore(OTHER_SLOT, LearningOptions.LIVE, 1, 0, state, 1))
        .cause()
        .hasMessageContaining("a run over files left");
  }

  private static void assertUntouched(Map<String, ModelSnapshot> upgraded, String slot)
      throws Exception {
    Map<String, ModelSnapshot> undisturbed;
    try (var task = TestTask.start(UpgradeSpecs.spec(), LearningOptions.BOUNDED)) {
      for (Observation event : EVENTS) {
        task.learn(event);
      }
      task.endOfEvents();
      undisturbed = byId(task.snapshots());
    }
    for (int i = 0; i < 5; i++) {
      ModelSnapshot expected = undisturbed.get("p" + i + "/" + slot);
      ModelSnapshot actual = upgraded.get("p" + i + "/" + slot);
      assertThat(actual.getPayload()).isEqualTo(expected.getPayload());
      assertThat(actual.getIncarnation()).isEqualTo(expected.getIncarnation());
      assertThat(actual.getTrainedInstances()).isEqualTo(2 * HALF / 5);
    }
  }

  /** The last models of a run of which the second half has another spec and parallelism. */
  private static Map<String, ModelSnapshot> upgraded(PipelineSpec spec, int parallelism)
      throws Exception {
    OperatorSubtaskState state;
    try (var task = TestTask.start(UpgradeSpecs.spec(), LearningOptions.BOUNDED)) {
      for (Observation event : EVENTS.subList(0, HALF)) {
        task.learn(event);
      }
      state = task.savepoint(1);
    }
    List<ModelSnapshot> last = new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      try (var task = TestTask.restore(spec, LearningOptions.BOUNDED, parallelism, i, state, 1)) {
        for (Observation event : EVENTS.subList(HALF, 2 * HALF)) {
          if (TestJob.taskOf(event.key(), parallelism) == i) {
            assertThat(task.learn(event).answer()).isNotNull();
          }
        }
        task.endOfEvents();
        last.addAll(task.snapshots());
      }
    }
    last.sort(Comparator.comparing(ModelSnapshot::getKey));
    return byId(last);
  }

  private static Map<String, ModelSnapshot> byId(List<ModelSnapshot> snapshots) {
    Map<String, ModelSnapshot> byId = new TreeMap<>();
    snapshots.forEach(s -> byId.put(s.getKey() + "/" + s.getSlot(), s));
    return byId;
  }
}
