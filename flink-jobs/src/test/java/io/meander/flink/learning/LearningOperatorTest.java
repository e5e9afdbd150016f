/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSpec;
import io.meander.flink.SpecVariants;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSignal;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.Observation;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.SchemaBuilder;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;

class LearningOperatorTest {

  /** Room for one live model set. */
  private static final LearningOptions TIGHT =
      new LearningOptions(LearningOptions.Publish.AT_END, 1);

  private static final List<SlotSpec> SLOTS =
      List.of(
          new SlotSpec("hat", "trees.HoeffdingAdaptiveTree -g 20", 1),
          new SlotSpec("bag", "meta.OzaBagAdwin -s 3", 1));

  @Test
  void answersTheSameThroughEvictionsCheckpointsAndRescaling() throws Exception {
    List<Observation> events = events(3000, 7);
    List<Step> undisturbed = new ArrayList<>();
    try (var task = TestTask.start(spec(), LearningOptions.BOUNDED)) {
      for (Observation event : events) {
        undisturbed.add(task.learn(event));
      }
    }

    List<Step> disturbed = new ArrayList<>();
    Random random = new Random(11);
    int[] parallelisms = {1, 2, 3, 1, 2};
    int from = 0;
    TestJob job = new TestJob(spec(), TIGHT);
    for (int parallelism : parallelisms) {
      int to = parallelism == 2 && from > 2000 ? events.size() : from + 400 + random.nextInt(300);
      job.start(parallelism);
      run(job, events.subList(from, to), random, disturbed);
      from = to;
    }
    job.close();

    assertThat(from).isEqualTo(events.size());
    assertThat(disturbed)
        .usingRecursiveFieldByFieldElementComparator(
            RecursiveComparisonConfiguration.builder()
                .withComparatorForType(Double::compare, Double.class)
                .build())
        .containsExactlyElementsOf(undisturbed);
  }

  @Test
  void publishesTheSameModelsAtTheEndHoweverItWasDisturbed() throws Exception {
    List<Observation> events = events(1500, 5);
    List<ModelSnapshot> expected;
    try (var task = TestTask.start(spec(), LearningOptions.BOUNDED)) {
      for (Observation event : events) {
        task.learn(event);
      }
      task.endOfEvents();
      expected = task.snapshots();
    }

    List<ModelSnapshot> actual;
    try (TestJob job = new TestJob(spec(), TIGHT)) {
      job.start(1);
      run(job, events.subList(0, 700), new Random(1), new ArrayList<>());
      job.start(1);
      for (Observation event : events.subList(700, events.size())) {
        job.task(event.key()).learn(event);
      }
      actual = job.end();
    }

    // Two slots and a frozen twin for each of five keys.
    assertThat(expected).hasSize(15);
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void writesNothingPerEventAndOnlyChangedKeysBeforeTheBarrier() throws Exception {
    try (var task = TestTask.start(spec(), LearningOptions.BOUNDED)) {
      for (Observation event : events(200, 4)) {
        task.learn(event);
      }
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();
      task.flush();
      assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(4);
      assertThat(task.storedKeys(StoredModels.IMAGE)).isZero();
    }
  }

  @Test
  void writesImagesBetweenEventsWhenTheRuleSaysAndEmptiesTheLog() throws Exception {
    PipelineSpec eager = spec(Duration.ofNanos(1));
    try (var task = TestTask.start(eager, LearningOptions.BOUNDED)) {
      for (Observation event : events(2000, 1)) {
        task.learn(event);
        if (event.sequence() == 20) {
          task.flush();
          assertThat(task.storedKeys(StoredModels.LOG)).isEqualTo(1);
        }
        if (task.storedKeys(StoredModels.IMAGE) > 0) {
          break;
        }
      }
      assertThat(task.storedKeys(StoredModels.IMAGE)).isEqualTo(1);
      assertThat(task.storedKeys(StoredModels.LOG)).isZero();
    }
  }

  @Test
  void writesImagesAlsoOfKeysThatNeverStayOnTheHeap() throws Exception {
    // Two keys in turn and room for one: each label finds its key evicted.
    List<Observation> events = events(300, 1);
    try (var task = TestTask.start(spec(Duration.ofNanos(1)), TIGHT)) {
      for (Observation event : events) {
        task.learn(
            new Observation(
                event.sequence(),
                event.eventId(),
                "k" + event.sequence() % 2,
                event.eventTime(),
                event.features(),
                event.label(),
                event.slices()));
      }
      assertThat(task.storedKeys(StoredModels.IMAGE)).isEqualTo(2);
    }
  }

  @Test
  void aHigherGenerationReachesAKeyWhenItIsTouchedAndALowerOneNever() throws Exception {
    List<Observation> events = events(40, 1);
    Deployment second =
        new Deployment(
            2,
            List.of(SLOTS.get(0), new SlotSpec("nb", "bayes.NaiveBayes", 1)),
            "nb",
            DriftSpec.DEFAULT,
            null);
    Deployment third = new Deployment(3, List.of(SLOTS.get(0)), "hat", DriftSpec.DEFAULT, null);
    try (var task = TestTask.start(spec(), LearningOptions.BOUNDED)) {
      Answer before = task.learn(events.get(0)).answer();
      task.deploy(third);
      task.deploy(second);
      Answer after = task.learn(events.get(1)).answer();

      assertThat(before.generation()).isEqualTo(1);
      assertThat(before.slots()).extracting(Answer.SlotAnswer::slot).containsExactly("hat", "bag");
      assertThat(after.generation()).isEqualTo(3);
      assertThat(after.slots()).extracting(Answer.SlotAnswer::slot).containsExactly("hat");
      assertThat(after.servedAnswer().trainedInstances()).isEqualTo(1);
    }
  }

  @Test
  void anEventWithoutALabelIsAnsweredAndNotLearned() throws Exception {
    Observation labelled = events(1, 1).get(0);
    Observation unlabelled =
        new Observation(
            1, "e1", labelled.key(), 1, labelled.features(), Observation.NO_LABEL, new String[0]);
    try (var task = TestTask.start(spec(), LearningOptions.BOUNDED)) {
      Step first = task.learn(unlabelled);
      Step second = task.learn(labelled);

      assertThat(first.scored()).isNull();
      assertThat(second.answer().servedAnswer().trainedInstances()).isZero();
      assertThat(second.scored().label()).isEqualTo(labelled.label());
    }
  }

  @Test
  void publishesWhatWasLearnedWhenTheTimeIsUpThoughTheKeyWentQuiet() throws Exception {
    try (var task = TestTask.start(spec(), LearningOptions.LIVE)) {
      task.setProcessingTime(1_000);
      task.learn(events(1, 1).get(0));
      assertThat(task.snapshots()).isEmpty();

      task.setProcessingTime(31_000);

      assertThat(task.snapshots())
          .extracting(s -> s.getSlot() + " " + s.getCause())
          .containsExactly("hat TIME", "bag TIME");
      assertThat(task.timers()).isZero();
    }
  }

  @Test
  void aSlotThatIsRetiredIsGoneOnceTheKeyLearnsOfIt() throws Exception {
    PipelineSpec spec = spec();
    try (var task = TestTask.start(spec, LearningOptions.LIVE)) {
      List<Observation> events = events(3, 1);
      task.learn(events.get(0));
      task.deploy(new Deployment(2, SLOTS.subList(0, 1), "hat", spec.drift(), null));
      task.learn(events.get(1));
      task.learn(events.get(2));

      assertThat(task.snapshots().stream().filter(SnapshotWriter::isGone))
          .extracting(s -> s.getKey() + " " + s.getSlot())
          .containsExactly(events.get(0).key() + " " + SLOTS.get(1).id());
    }
  }

  @Test
  void publishesAtItsRateWhatComesDueTogetherAndNoMoreThanOneAnEvent() throws Exception {
    PipelineSpec slow =
        SpecVariants.with(
            spec(),
            "snapshots",
            new PipelineSpec.Snapshots(4, Duration.ofSeconds(2), false, 40, null, 1, null));
    int keys = 100;
    try (var task = TestTask.start(slow, LearningOptions.LIVE)) {
      task.setProcessingTime(10_000);
      int before = 0;
      for (Observation event : events(4 * keys, keys)) {
        task.learn(event);
        assertThat(task.snapshots().size() - before).isLessThanOrEqualTo(1);
        before = task.snapshots().size();
      }
      assertThat(before).isLessThan(3);
      int published = before;
      for (long now = 11_000; task.timers() > 0; now += 1_000) {
        task.setProcessingTime(now);
        int more = task.snapshots().size() - published;
        assertThat(more).as("in the second before %d", now).isLessThanOrEqualTo(41);
        published += more;
        assertThat(now).as("%d are published", published).isLessThan(20_000);
      }
      Map<String, Long> last = new HashMap<>();
      for (ModelSnapshot s : task.snapshots()) {
        last.put(s.getKey() + " " + s.getSlot(), s.getTrainedInstances());
      }
      Map<String, Long> learned = new HashMap<>();
      for (Observation event : events(4 * keys, keys)) {
        learned.merge(event.key() + " hat", 1L, Long::sum);
        learned.merge(event.key() + " bag", 1L, Long::sum);
      }
      assertThat(last).isEqualTo(learned);
    }
  }

  @Test
  void keepsTheRateOfTheWholeJobAndGoesOnCountingVersionsWhenThereAreMoreTasks() throws Exception {
    int keys = 300;
    int rate = 80;
    int tasks = 4;
    PipelineSpec slow =
        SpecVariants.with(
            spec(),
            "snapshots",
            new PipelineSpec.Snapshots(1, Duration.ofDays(1), false, rate, null, 1, null));
    List<Observation> events = events(4 * keys, keys);
    Map<String, Long> versions = new HashMap<>();
    try (var job = new TestJob(slow, LearningOptions.LIVE)) {
      job.start(1);
      assertRate(job, 10_000, events, rate);
      count(job, versions);
      int slots = versions.size();
      job.checkpoint(1);
      job.start(tasks);
      assertRate(job, 100_000, events, rate + tasks);
      count(job, versions);
      assertThat(versions)
          .hasSize(slots)
          .allSatisfy((slot, version) -> assertThat(version).isGreaterThan(1));
    }
  }

  /** All events come at once; then it publishes until nothing is due. */
  private static void assertRate(TestJob job, long from, List<Observation> events, int most)
      throws Exception {
    for (TestTask task : job.tasks()) {
      task.setProcessingTime(from);
    }
    for (Observation event : events) {
      job.task(event.key()).learn(event);
    }
    int published = 0;
    for (long now = from + 1_000; now <= from + 20_000; now += 1_000) {
      int before = published;
      published = 0;
      for (TestTask task : job.tasks()) {
        task.setProcessingTime(now);
        published += task.snapshots().size();
      }
      assertThat(published - before)
          .as("in the second before %d", now)
          .isLessThanOrEqualTo(most + 1);
    }
    Set<String> learned = events.stream().map(Observation::key).collect(Collectors.toSet());
    assertThat(published).as("both slots of each key").isGreaterThanOrEqualTo(2 * learned.size());
  }

  /** Each version of a key's slot follows the one before, also that of an earlier life. */
  private static void count(TestJob job, Map<String, Long> versions) {
    for (TestTask task : job.tasks()) {
      for (ModelSnapshot snapshot : task.snapshots()) {
        String slot = snapshot.getKey() + " " + snapshot.getSlot();
        assertThat(snapshot.getParentVersion()).isEqualTo(versions.getOrDefault(slot, 0L));
        assertThat(snapshot.getVersion()).isEqualTo(snapshot.getParentVersion() + 1);
        versions.put(slot, snapshot.getVersion());
      }
    }
  }

  @Test
  void aSlotThatOutgrowsItsLimitBeginsAnewOrLearnsNoMoreAndSaysSo() throws Exception {
    PipelineSpec limited =
        spec(
            Duration.ofMillis(100),
            null,
            null,
            Map.of(
                "hat", new SizeLimit(1000, SizeLimit.Action.RESTART),
                "bag", new SizeLimit(1000, SizeLimit.Action.STOP_LEARNING)));
    List<DriftSignal> told = new ArrayList<>();
    Step last = null;
    try (var task = TestTask.start(limited, LearningOptions.BOUNDED)) {
      for (Observation event : events(101, 1)) {
        last = task.learn(event);
        last.drifts().stream()
            .filter(signal -> signal.level() == DriftSignal.Level.OUTGROWN)
            .forEach(told::add);
      }
    }

    assertThat(told)
        .extracting(s -> s.slot() + " " + s.instance() + " " + s.detector() + " " + s.action())
        .containsExactly("hat 64 max-bytes 1000 RESET", "bag 64 max-bytes 1000 STOP_LEARNING");
    assertThat(last.answer().slots()[0].incarnation()).isEqualTo(2);
    assertThat(last.answer().slots()[0].trainedInstances()).isEqualTo(36);
    assertThat(last.answer().slots()[1].trainedInstances()).isEqualTo(64);
  }

  /** Runs events through a job whose caches hold one model set, with random checkpoints. */
  private static void run(TestJob job, List<Observation> events, Random random, List<Step> steps)
      throws Exception {
    for (Observation event : events) {
      TestTask task = job.task(event.key());
      steps.add(task.learn(event));
      if (random.nextInt(100) == 0) {
        task.checkpoint(1);
      }
    }
    job.checkpoint(2);
  }

  static List<Observation> events(int count, int keys) {
    Random random = new Random(42);
    List<Observation> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      int key = random.nextInt(keys);
      int label = (i < count / 2 ? x + y > 1 : x - y > 0) ? 1 : 0;
      events.add(
          new Observation(i, "e" + i, "k" + key, i, new double[] {x, y}, label, new String[0]));
    }
    return events;
  }

  private static PipelineSpec spec() {
    return spec(Duration.ofMillis(100));
  }

  static PipelineSpec spec(Duration maxLoad) {
    return spec(maxLoad, null, null);
  }

  static PipelineSpec spec(
      Duration maxLoad, PipelineSpec.EventTime timeOrNull, Duration expireAfterOrNull) {
    return spec(maxLoad, timeOrNull, expireAfterOrNull, Map.of());
  }

  static PipelineSpec spec(
      Duration maxLoad,
      PipelineSpec.EventTime timeOrNull,
      Duration expireAfterOrNull,
      Map<String, SizeLimit> limits) {
    return spec(
        maxLoad,
        timeOrNull,
        expireAfterOrNull,
        limits,
        new PipelineSpec.Label("label", null, List.of("below", "above"), List.of()));
  }

  static PipelineSpec spec(
      Duration maxLoad,
      PipelineSpec.EventTime timeOrNull,
      Duration expireAfterOrNull,
      Map<String, SizeLimit> limits,
      PipelineSpec.Label label) {
    var schema =
        SchemaBuilder.record("Point")
            .fields()
            .requiredDouble("x")
            .requiredDouble("y")
            .requiredString("label")
            .endRecord();
    return new PipelineSpec(
        "",
        "points",
        new PipelineSpec.Events("points", schema, List.of(), null, timeOrNull),
        label,
        List.of(new FeatureSpec.Plain("x", "x"), new FeatureSpec.Plain("y", "y")),
        SLOTS,
        limits,
        "hat",
        new DriftPolicies(
            new DriftSpec("ADWINChangeDetector -a 0.05", "ADWINChangeDetector -a 0.3")),
        new FreezeSpec.AfterInstances(50),
        new PipelineSpec.Snapshots(100, Duration.ofSeconds(30), true),
        new PipelineSpec.Recovery(maxLoad, PipelineSpec.OnCorruptModel.FAIL),
        expireAfterOrNull,
        new PipelineSpec.Evaluation(100, List.of()),
        new PipelineSpec.Topics("p", "d", "e", "s", "r", "c", "a"),
        PipelineSpec.Delivery.AT_LEAST_ONCE);
  }
}
