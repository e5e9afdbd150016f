/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.models.Answer;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** A job that starts from a savepoint with a class added to its label's list. */
class UpgradedClassesTest {

  private static final int HALF = 300;
  private static final int KEYS = 5;
  private static final double BEYOND = 2;

  private static final String SPEC =
      UpgradeSpecs.YAML
          .replace("bayes.NaiveBayes", "functions.SGDMultiClass")
          .replace("serve:", "frozen: {after: {instances: 20}}\nserve:");
  private static final PipelineSpec TWO = UpgradeSpecs.parse(SPEC);
  private static final PipelineSpec THREE =
      UpgradeSpecs.parse(SPEC.replace("[below, above]", "[below, above, beyond]"));

  @Test
  void learnersThatTakeTheClassGoOnAsIfItHadBeenThereAlwaysAndTheOthersBeginAnew()
      throws Exception {
    List<Observation> events = events();
    Map<String, ModelSnapshot> always;
    try (var task = TestTask.start(THREE, LearningOptions.BOUNDED)) {
      for (Observation event : events) {
        task.learn(event);
      }
      task.endOfEvents();
      always = byId(task.snapshots());
    }
    OperatorSubtaskState state;
    try (var task = TestTask.start(TWO, LearningOptions.BOUNDED)) {
      for (Observation event : events.subList(0, HALF)) {
        task.learn(event);
      }
      state = task.savepoint(1);
    }
    Map<String, ModelSnapshot> upgraded;
    try (var task = TestTask.restore(THREE, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      for (Observation event : events.subList(HALF, 2 * HALF)) {
        for (Answer.SlotAnswer answer : task.learn(event).answer().slots()) {
          assertThat(answer.votes()).hasSize(3);
        }
      }
      task.endOfEvents();
      upgraded = byId(task.snapshots());
    }

    assertThat(upgraded).hasSize(2 * KEYS); // the frozen twins are gone
    for (int i = 0; i < KEYS; i++) {
      ModelSnapshot went = upgraded.get("p" + i + "/ht");
      assertThat(went.getPayload()).isEqualTo(always.get("p" + i + "/ht").getPayload());
      assertThat(went.getIncarnation()).isEqualTo(1);
      assertThat(went.getTrainedInstances()).isEqualTo(2 * HALF / KEYS);
      assertThat(went.getMetrics().getInstances()).isEqualTo(2 * HALF / KEYS);
      assertThat(went.getMetrics().getKappa())
          .isEqualTo(always.get("p" + i + "/ht").getMetrics().getKappa());
      ModelSnapshot began = upgraded.get("p" + i + "/bayes");
      assertThat(began.getIncarnation()).isEqualTo(2);
      assertThat(began.getTrainedInstances()).isEqualTo(HALF / KEYS);
      assertThat(began.getClasses()).containsExactly("below", "above", "beyond");
    }
  }

  @Test
  void imagesOfFewerClassesAreRead() throws Exception {
    List<Observation> events = events();
    OperatorSubtaskState state;
    try (var task = TestTask.start(TWO, LearningOptions.LIVE)) {
      for (Observation event : events.subList(0, HALF)) {
        task.learn(event);
      }
      ControlInputTest.seal(task, TWO);
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();
      state = task.savepoint(1);
    }
    try (var task = TestTask.restore(THREE, LearningOptions.LIVE, 1, 0, state, 1)) {
      Step step = task.learn(events.get(HALF));
      assertThat(step.answer().slots()[0].trainedInstances()).isEqualTo(HALF / KEYS);
      assertThat(step.answer().slots()[1].trainedInstances()).isZero();
    }
  }

  @Test
  void predictionsThatWaitedAreScoredAndLearnedWithTheNewClassToo() throws Exception {
    String joined =
        SPEC.replace(
            "label: {field: label,",
            "label: {topic: labels, schema: point.avsc, key: [place], id: id, field: label, wait: 1d,");
    PipelineSpec two = UpgradeSpecs.parse(joined);
    PipelineSpec three =
        UpgradeSpecs.parse(joined.replace("[below, above]", "[below, above, beyond]"));
    List<Observation> events = events().subList(0, 20);
    OperatorSubtaskState state;
    try (var task = TestTask.start(two, LearningOptions.LIVE)) {
      for (Observation event : events) {
        task.learn(unlabelled(event));
      }
      state = task.savepoint(1);
    }
    try (var task = TestTask.restore(three, LearningOptions.LIVE, 1, 0, state, 1)) {
      for (Observation event : events) {
        Step step =
            task.learn(
                new LabelArrival(
                    Observation.UNNUMBERED,
                    event.eventId(),
                    event.key(),
                    event.eventTime() + 10,
                    BEYOND,
                    false));
        LabelResult result = step.labels().get(0);
        assertThat(result.outcome()).isEqualTo(LabelOutcome.IN_TIME);
        assertThat(result.scoredOrNull().answer().slots()[0].votes()).hasSize(3);
        assertThat(result.scoredOrNull().answer().slots()[0].votes()[2]).isZero();
      }
      Observation next = events().get(20);
      Step step = task.learn(unlabelled(next));
      assertThat(step.answer().slots()[0].trainedInstances()).isEqualTo(20 / KEYS);
      assertThat(step.answer().slots()[0].predicted()).isEqualTo(BEYOND);
    }
  }

  private static Observation unlabelled(Observation event) {
    return new Observation(
        Observation.UNNUMBERED,
        event.eventId(),
        event.key(),
        event.eventTime(),
        event.features(),
        Observation.NO_LABEL,
        new String[0]);
  }

  private static Map<String, ModelSnapshot> byId(List<ModelSnapshot> snapshots) {
    Map<String, ModelSnapshot> byId = new TreeMap<>();
    snapshots.forEach(s -> byId.put(s.getKey() + "/" + s.getSlot(), s));
    return byId;
  }

  /** The third class comes in the second half. */
  private static List<Observation> events() {
    List<Observation> events = new ArrayList<>();
    for (Observation event : TakeOverTest.events(2 * HALF, KEYS)) {
      double sum = event.features()[0] + event.features()[1];
      boolean beyond = event.sequence() >= HALF && sum > 1.4;
      events.add(
          beyond
              ? new Observation(
                  event.sequence(),
                  event.eventId(),
                  event.key(),
                  event.eventTime(),
                  event.features(),
                  BEYOND,
                  event.slices())
              : event);
    }
    return events;
  }
}
