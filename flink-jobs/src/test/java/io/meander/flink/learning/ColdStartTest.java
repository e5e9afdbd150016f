/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSchema;
import io.meander.flink.SpecVariants;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.models.ParentModel;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** Keys that begin with their parent's models. */
class ColdStartTest {

  private static final int COUNT = 500;

  /** Every key is evicted as soon as another is touched. */
  private static final LearningOptions TIGHT =
      new LearningOptions(LearningOptions.Publish.AT_END, 1);

  /** New keys all along; the parent publishes every 100 instances. */
  private static final List<Observation> EVENTS = events();

  private static final PipelineSpec SPEC = spec(1);

  private record Run(List<Step> steps, List<ModelSnapshot> last) {}

  @Test
  void aNewKeyIsAnsweredByItsParentAndThenGoesOnWithItsModel() throws Exception {
    Run run = run(SPEC, LearningOptions.BOUNDED, List.of(1));
    Set<String> seen = new HashSet<>();
    Map<String, Integer> answered = new HashMap<>();
    Set<String> byParent = new HashSet<>();
    Set<String> own = new HashSet<>();
    Set<String> again = new HashSet<>();
    for (Step step : run.steps()) {
      Answer answer = step.answer();
      Answer.SlotAnswer served = answer.servedAnswer();
      boolean first = seen.add(answer.key());
      int before = answered.merge(answer.key(), 1, Integer::sum) - 1;
      if (first && step.sequence() > 100) {
        byParent.add(answer.key());
        assertThat(answer.parentOrNull()).isEqualTo("all");
        assertThat(served.trainedInstances()).isBetween(step.sequence() / 100 * 100 - 100, 500L);
      } else {
        assertThat(answer.parentOrNull()).isNull();
        assertThat(served.trainedInstances()).isEqualTo(before);
        if (!first) {
          again.add(answer.key());
        }
        if (served.incarnation() == 2) {
          own.add(answer.key());
        }
      }
    }
    assertThat(byParent).hasSizeGreaterThan(10);
    byParent.retainAll(again);
    assertThat(own).as("keys that go on in a second life").isEqualTo(byParent);
  }

  @Test
  void whatHappensInBetweenAndHowManyTasksThereAreChangesNothing() throws Exception {
    Run expected = run(SPEC, LearningOptions.BOUNDED, List.of(1));
    for (List<Integer> stages : List.of(List.of(3), List.of(2, 1, 3))) {
      Run actual = run(SPEC, TIGHT, stages);
      assertThat(actual.steps())
          .usingRecursiveComparison()
          .withComparatorForType(Double::compare, Double.class)
          .isEqualTo(expected.steps());
      assertThat(actual.last()).isEqualTo(expected.last());
    }
  }

  @Test
  void aChildThatWasBornNeverAsksItsParentAgain() throws Exception {
    List<Step> steps = new ArrayList<>();
    OperatorSubtaskState state;
    Observation birth = event(0, "new", 1);
    try (TestTask task = TestTask.start(SPEC, TIGHT)) {
      for (ParentModel model : published()) {
        task.send(model.to("0", 1));
      }
      task.learn(birth);
      task.learn(event(1, "other", 1)); // evicts the newborn
      steps.add(task.learn(event(2, "new", 0)));
    }
    try (TestTask task = TestTask.start(SPEC, TIGHT)) {
      for (ParentModel model : published()) {
        task.send(model.to("0", 1));
      }
      task.learn(birth);
      state = task.checkpoint(1);
    }
    try (TestTask task = TestTask.restore(SPEC.withParent(null), TIGHT, 1, 0, state, 1)) {
      steps.add(task.learn(event(2, "new", 0)));
    }

    assertThat(steps.get(0).answer().parentOrNull()).isNull();
    assertThat(steps.get(0).answer().servedAnswer().incarnation()).isEqualTo(2);
    assertThat(steps.get(1)).usingRecursiveComparison().isEqualTo(steps.get(0));
  }

  @Test
  void beginsFreshWhereTheParentDoesNotFit() throws Exception {
    for (String unfit : List.of("learner", "seed", "classes", "payload", "slot")) {
      try (TestTask task = TestTask.start(SPEC, TIGHT)) {
        for (ParentModel model : published()) {
          if (!unfit.equals("slot") || !model.slot().id().equals(SPEC.champion())) {
            task.send(
                model.slot().id().equals(SPEC.champion())
                    ? broken(model, unfit)
                    : model.to("0", 1));
          }
        }
        Answer first = task.learn(event(0, "new", 1)).answer();
        Answer second = task.learn(event(1, "new", 1)).answer();

        assertThat(first.parentOrNull()).as(unfit).isNull();
        assertThat(first.servedAnswer().trainedInstances()).isZero();
        assertThat(second.servedAnswer().incarnation()).as(unfit).isEqualTo(1);
      }
    }
  }

  @Test
  void parentsLearnFromTheSampleAlone() throws Exception {
    PipelineSpec sampled = spec(0.25);
    long taken = EVENTS.stream().filter(e -> sampled.parent().get().takes(e.eventId())).count();
    assertThat(taken).isBetween(COUNT / 5L, COUNT / 3L);

    long newest = 0;
    try (ParentTask parents = ParentTask.start(sampled, LearningOptions.BOUNDED, 1, null)) {
      for (Observation event : EVENTS) {
        List<Arrival> passed = parents.pass(event);
        assertThat(passed.get(0)).isSameAs(event);
        for (Arrival arrival : passed.subList(1, passed.size())) {
          newest = Math.max(newest, ((ParentModel) arrival).trainedInstances());
        }
      }
    }
    assertThat(newest).isBetween(taken / 100 * 100, taken);
  }

  @Test
  void saysSoIfItWasSentToAnotherNumberOfTasks() throws Exception {
    try (TestTask task = TestTask.start(SPEC, TIGHT)) {
      assertThatThrownBy(() -> task.send(published().get(0).to("0", 3)))
          .hasMessage(
              "a parent's model was sent to 3 tasks, but the operator 'learning' has 1: give it"
                  + " and the operator 'parent' the same parallelism");
    }
  }

  @Test
  void everyTaskHasATargetOfItsOwn() {
    for (int tasks : List.of(1, 2, 7, 16)) {
      String[] targets = ParentOperator.targets(tasks, 16);
      for (int i = 0; i < tasks; i++) {
        assertThat(KeyGroupRangeAssignment.assignKeyToParallelOperator(targets[i], 16, tasks))
            .isEqualTo(i);
      }
    }
  }

  private static ParentModel broken(ParentModel model, String what) {
    SlotSpec slot = model.slot();
    byte[] payload = model.payload().clone();
    payload[payload.length - 1] ^= 1;
    return new ParentModel(
        "0",
        1,
        model.parent(),
        new SlotSpec(
            slot.id(),
            what.equals("learner") ? "bayes.NaiveBayes" : slot.learner(),
            what.equals("seed") ? slot.seed() + 1 : slot.seed()),
        model.incarnation(),
        model.trainedInstances(),
        model.version(),
        what.equals("classes") ? List.of("below", "beyond") : model.classes(),
        what.equals("payload") ? payload : model.payload());
  }

  @Test
  void aParentsAnswerCarriesTheFeaturesThatItsModelWasGiven() throws Exception {
    PipelineSpec logging =
        SpecVariants.with(
            SPEC,
            "predictions",
            new PipelineSpec.Predictions(PipelineSpec.Delivery.AT_LEAST_ONCE, true));
    try (TestTask task = TestTask.start(logging, TIGHT)) {
      for (ParentModel model : published()) {
        task.send(model.to("0", 1));
      }
      Observation birth = event(0, "new", 1);
      Step step = task.learn(birth);

      assertThat(step.answer().parentOrNull()).isEqualTo("all");
      assertThat(step.featuresOrNull().names())
          .isEqualTo(
              SPEC.featureTransform().schema().columns().stream()
                  .map(FeatureSchema.Column::name)
                  .toList());
      assertThat(step.featuresOrNull().values()).containsExactly(0.7, 0.2);
    }
  }

  /** What the parent has published first. */
  private static List<ParentModel> published() throws Exception {
    List<ParentModel> models = new ArrayList<>();
    try (ParentTask parents = ParentTask.start(SPEC, LearningOptions.BOUNDED, 1, null)) {
      for (int i = 0; models.isEmpty(); i++) {
        List<Arrival> passed = parents.pass(EVENTS.get(i));
        passed.subList(1, passed.size()).forEach(model -> models.add((ParentModel) model));
      }
    }
    return models;
  }

  /** Through the parent and the children, whose number changes at each restore. */
  private static Run run(PipelineSpec spec, LearningOptions options, List<Integer> stages)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    OperatorSubtaskState parentState = null;
    TestJob job = new TestJob(spec, options);
    Random random = new Random(stages.hashCode());
    for (int stage = 0; stage < stages.size(); stage++) {
      int parallelism = stages.get(stage);
      job.start(parallelism);
      try (ParentTask parents =
          ParentTask.start(spec, LearningOptions.BOUNDED, parallelism, parentState)) {
        for (Observation event : TestJob.part(EVENTS, stage, stages.size())) {
          for (Arrival arrival : parents.pass(event)) {
            TestTask task = job.task(arrival.key());
            task.send(arrival);
            steps.addAll(task.steps());
          }
          if (random.nextInt(60) == 0) {
            job.tasks().get(random.nextInt(parallelism)).checkpoint(1);
          }
        }
        parentState = parents.checkpoint(1);
      }
      job.checkpoint(2);
    }
    List<ModelSnapshot> last = job.end();
    job.close();
    last.sort(Comparator.comparing(ModelSnapshot::getKey).thenComparing(ModelSnapshot::getSlot));
    return new Run(steps, last);
  }

  private static List<Observation> events() {
    List<Observation> events = new ArrayList<>();
    Random random = new Random(7);
    for (Observation point : LearningOperatorTest.events(COUNT, 1)) {
      int keys = 3 + (int) point.sequence() / 20;
      events.add(event(point, "k" + random.nextInt(keys)));
    }
    return events;
  }

  private static Observation event(Observation point, String key) {
    return new Observation(
        point.sequence(),
        point.eventId(),
        key,
        point.eventTime(),
        point.features(),
        point.label(),
        new String[0]);
  }

  private static Observation event(int number, String key, int label) {
    return new Observation(
        number, "n" + number, key, number, new double[] {0.7, 0.2}, label, new String[0]);
  }

  private static PipelineSpec spec(double sample) {
    return LearningOperatorTest.spec(Duration.ofMillis(100), null, null)
        .withParent(new PipelineSpec.Parent(List.of(), List.of(), sample));
  }
}
