/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.ModelSnapshot;
import io.meander.flink.RefusedStateException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a job refuses to go on from, and that it says why before it touches anything. */
class TakeOverTest {

  private static final List<Observation> EVENTS = events(300, 5);

  @Test
  void theSameSpecGoesOnAtAnyParallelism() throws Exception {
    List<ModelSnapshot> expected = learned(UpgradeSpecs.spec(), EVENTS);
    OperatorSubtaskState state = stored(UpgradeSpecs.spec());
    try (var task =
        TestTask.restore(UpgradeSpecs.spec(), LearningOptions.BOUNDED, 1, 0, state, 1)) {
      for (Observation event : EVENTS.subList(150, 300)) {
        task.learn(event);
      }
      task.endOfEvents();
      assertThat(task.snapshots()).isEqualTo(expected).hasSize(10);
    }
  }

  @Test
  void anotherKeyIsRefused() {
    refuses(
        UpgradeSpecs.with("key: [place]", "key: [place, kind]"),
        "events.key was [place] and is [place, kind] now: state is kept by key");
  }

  @Test
  void anotherIdIsRefused() {
    refuses(
        UpgradeSpecs.with("id: id", "id: other"),
        "events.id was 'id' and is 'other' now: waiting predictions are known by it");
  }

  @Test
  void anotherTimeIsRefused() {
    refuses(
        UpgradeSpecs.with(", time: {field: at}", ""),
        "events.time was a field and is the records' own time now");
  }

  @Test
  void anotherTaskIsRefused() {
    refuses(
        UpgradeSpecs.parse(
            """
            name: points
            task: regression
            events: {topic: points, schema: point.avsc, key: [place], id: id, time: {field: at}}
            label: {field: z}
            features: [x, y]
            slots: [{id: tree, learner: trees.FIMTDD}]
            """),
        "the task was 'classification' and is 'regression' now: its models predict something else");
  }

  @Test
  void classesThatAreGoneOrInAnotherOrderAreRefused() {
    refuses(
        UpgradeSpecs.with("[below, above]", "[above, below]"),
        "label.classes was [below, above] and is [above, below] now");
    refuses(UpgradeSpecs.with("[below, above]", "[below, beyond]"), "label.classes was");
  }

  @Test
  void labelsFromElsewhereAreRefused() {
    refuses(
        UpgradeSpecs.with(
            "label: {field: label,",
            "label: {topic: labels, schema: point.avsc, key: [place], id: id, field: label, wait: 1d,"),
        "label was inside the events and is from a topic now");
  }

  @Test
  void allReasonsAreTold() {
    refuses(
        UpgradeSpecs.with("key: [place], id: id", "key: [kind], id: other"),
        "events.key was [place] and is [kind] now",
        "events.id was 'id' and is 'other' now");
  }

  @Test
  void logsOfAnotherLearningVersionAreRefusedUntilTheyAreSealed() throws Exception {
    StateTerms terms = StateTerms.of(UpgradeSpecs.spec(), List.of("place"), false);
    StateTerms older =
        new StateTerms(
            false,
            terms.key(),
            terms.id(),
            terms.timed(),
            terms.labels(),
            terms.task(),
            terms.classes(),
            terms.learningVersion() - 1,
            terms.moaVersion());

    assertThat(terms.refusals(older, true))
        .singleElement()
        .asString()
        .contains("learning version " + older.learningVersion(), "'meander control seal'");
    assertThat(terms.refusals(older, false)).isEmpty();
  }

  @Test
  void termsAreReadAsTheyWereWritten() throws Exception {
    StateTerms terms = StateTerms.of(UpgradeSpecs.spec(), List.of("place"), true);
    assertThat(StateTerms.read(terms.write())).isEqualTo(terms);
  }

  private static void refuses(PipelineSpec spec, String... reasons) {
    ThrowingCallable start =
        () -> TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, stored(UpgradeSpecs.spec()), 1);
    assertThatThrownBy(start)
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .isInstanceOf(RefusedStateException.class)
        .hasMessageContainingAll(reasons);
  }

  /** What a task leaves that has learned the first half. */
  static OperatorSubtaskState stored(PipelineSpec spec) throws Exception {
    try (var task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (Observation event : EVENTS.subList(0, 150)) {
        task.learn(event);
      }
      return task.savepoint(1);
    }
  }

  private static List<ModelSnapshot> learned(PipelineSpec spec, List<Observation> events)
      throws Exception {
    try (var task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (Observation event : events) {
        task.learn(event);
      }
      task.endOfEvents();
      return task.snapshots();
    }
  }

  static List<Observation> events(int count, int keys) {
    Random random = new Random(5);
    List<Observation> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      int label = random.nextInt(10) == 0 ? i % 2 : x + y > 1 ? 1 : 0;
      events.add(
          new Observation(
              i, "e" + i, "p" + i % keys, 1000L * i, new double[] {x, y}, label, new String[0]));
    }
    return events;
  }
}
