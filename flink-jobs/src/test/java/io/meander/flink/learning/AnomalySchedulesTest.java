/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.avro.ModelSnapshot;
import io.meander.models.AnomalyTarget;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.DriftSignal;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import moa.classifiers.Classifier;
import moa.options.ClassOption;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/**
 * Fold equals fold for anomaly scores, as {@link RandomSchedulesTest} has it for classes and
 * numbers: whatever evictions, checkpoints, restores and rescalings a schedule brings, with no
 * labels, labels inside the events, and late, early or no labels on a topic of their own, learning
 * all or the normal ones alone, scores, thresholds, what is called an anomaly, drifts and the
 * models at the end are those of an undisturbed run; and where no policy changes a model, the
 * scores are those of plain MOA that saw the key's events alone.
 */
class AnomalySchedulesTest {

  private static final int EVENTS = 600;

  private static final List<String> LEARNERS =
      List.of("oneclass.HSTrees -p 50 -t 3 -h 5", "oneclass.Autoencoder -h 3");

  /** Where labels are. */
  enum Labels {
    NONE,
    INSIDE,
    TOPIC
  }

  /**
   * How a run is disturbed.
   *
   * @param normal whether the normal ones alone are learned, if there are labels
   * @param policy on-drift
   */
  record Schedule(
      long seed,
      int keys,
      long cacheBytes,
      Duration maxLoad,
      List<Integer> stages,
      int learner,
      Labels labels,
      boolean normal,
      String policy) {

    boolean learnsNormal() {
      return normal && labels != Labels.NONE;
    }

    /** Whether plain MOA can be fed along. */
    boolean isPlain() {
      return policy.equals("alert") && !(learnsNormal() && labels == Labels.TOPIC);
    }
  }

  private static final Map<DriftSignal.Action, Integer> ACTIONS =
      new EnumMap<>(DriftSignal.Action.class);

  private static int called;
  private static int scored;

  /** Schedules in which nothing happens would prove nothing. */
  @AfterContainer
  static void allOfItHappened() {
    assertThat(ACTIONS)
        .containsKeys(
            DriftSignal.Action.ALERT,
            DriftSignal.Action.RESET,
            DriftSignal.Action.REPLACE,
            DriftSignal.Action.START_BACKGROUND);
    assertThat(ACTIONS).allSatisfy((action, count) -> assertThat(count).isGreaterThan(4));
    assertThat(called).isGreaterThan(300);
    assertThat(scored).isGreaterThan(3000);
  }

  @Property(tries = 24, seed = "20011", shrinking = ShrinkingMode.OFF)
  void everyScheduleGivesTheSameScoresAndModels(@ForAll("schedules") Schedule schedule)
      throws Exception {
    List<Arrival> arrivals = arrivals(schedule);
    List<ModelSnapshot> models = new ArrayList<>();
    List<ModelSnapshot> disturbedModels = new ArrayList<>();
    List<Step> expected =
        run(schedule, arrivals, List.of(1), LearningOptions.BOUNDED, null, models);
    List<Step> disturbed =
        run(
            schedule,
            arrivals,
            schedule.stages(),
            new LearningOptions(LearningOptions.Publish.AT_END, schedule.cacheBytes()),
            new Random(schedule.seed()),
            disturbedModels);

    assertThat(disturbed)
        .usingRecursiveFieldByFieldElementComparator(
            RecursiveComparisonConfiguration.builder()
                .withComparatorForType(Double::compare, Double.class)
                .build())
        .isEqualTo(expected);
    assertThat(disturbedModels).isEqualTo(models);
    if (schedule.isPlain()) {
      isPlainMoa(schedule, arrivals, expected);
    }
    for (Step step : expected) {
      step.drifts().forEach(drift -> ACTIONS.merge(drift.action(), 1, Integer::sum));
      scored += step.allScored().size();
      if (step.answer() != null) {
        called += step.answer().servedAnswer().predicted() == AnomalyTarget.ANOMALY ? 1 : 0;
      }
    }
  }

  private static void isPlainMoa(Schedule schedule, List<Arrival> arrivals, List<Step> steps) {
    Map<String, PlainMoa> moa = new HashMap<>();
    for (int i = 0; i < arrivals.size(); i++) {
      if (arrivals.get(i) instanceof Observation event) {
        PlainMoa plain = moa.computeIfAbsent(event.key(), k -> new PlainMoa(schedule.learner()));
        Answer.SlotAnswer answer = steps.get(i).answer().slots()[0];
        assertThat(AnomalyTarget.score(answer.votes()))
            .as(event.eventId())
            .isEqualTo(plain.score(event));
        assertThat(answer.trainedInstances()).isEqualTo(plain.trained);
        if (!schedule.learnsNormal() || event.label() == AnomalyTarget.NORMAL) {
          plain.train(event);
        }
      }
    }
  }

  private static List<Step> run(
      Schedule schedule,
      List<Arrival> arrivals,
      List<Integer> stages,
      LearningOptions options,
      Random randomOrNull,
      List<ModelSnapshot> models)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    TestJob job = new TestJob(spec(schedule), options);
    for (int stage = 0; stage < stages.size(); stage++) {
      job.start(stages.get(stage));
      for (Arrival arrival : TestJob.part(arrivals, stage, stages.size())) {
        TestTask task = job.task(arrival.key());
        steps.add(task.learn(arrival));
        if (randomOrNull != null && randomOrNull.nextInt(40) == 0) {
          task.checkpoint(1);
        }
      }
      job.checkpoint(2);
    }
    models.addAll(job.end());
    job.close();
    models.sort(Comparator.comparing(ModelSnapshot::getKey).thenComparing(ModelSnapshot::getSlot));
    return steps;
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    Arbitrary<Boolean> normal = Arbitraries.of(true, false);
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(1L, 100_000L, 1L << 30),
            Arbitraries.of(Duration.ofMillis(1), Duration.ofMillis(100)),
            Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.integers().between(0, LEARNERS.size() - 1),
            Arbitraries.of(Labels.class),
            Arbitraries.of("alert", "reset", "replace"))
        .flatAs(
            (seed, keys, cache, load, stages, learner, labels, policy) ->
                normal.map(
                    n ->
                        new Schedule(seed, keys, cache, load, stages, learner, labels, n, policy)));
  }

  private static PipelineSpec spec(Schedule schedule) throws SpecException {
    String label =
        switch (schedule.labels()) {
          case NONE -> "";
          case INSIDE -> "label: {field: odd}\n";
          case TOPIC -> "label: {topic: verdicts, schema: verdict.avsc, field: odd}\n";
        };
    String yaml =
        """
        name: points
        task: anomaly
        learn: %s
        events: {schema: point.avsc, key: [k], id: id, time: {field: at}}
        %sfeatures: [x, y]
        slots:
          - {id: one, learner: "%s", seed: 3}
          - {id: other, learner: "%s"}
        serve: {champion: one, threshold: {quantile: 0.9, last: 40, after: 20}}
        drift:
          detector: "ADWINChangeDetector -a 0.7"
          warning: "PageHinkleyDM -n 20 -l 1"
          on-warning: start-background
          on-drift: %s
          background: {instances: 150}
        frozen: {after: {instances: 60}}
        recovery: {max-load: %dms}
        """
            .formatted(
                schedule.learnsNormal() ? "normal" : "all",
                label,
                LEARNERS.get(schedule.learner()),
                LEARNERS.get(1 - schedule.learner()),
                schedule.policy(),
                schedule.maxLoad().toMillis());
    String common =
        """
        {"type": "record", "name": "%s", "fields": [
          {"name": "id", "type": "string"}, {"name": "k", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "odd", "type": ["null", "boolean"]}, {"name": "x", "type": "double"},
          {"name": "y", "type": "double"}]}
        """;
    return SpecLoader.parse(
        yaml, path -> common.formatted(path.startsWith("point") ? "Point" : "Verdict"));
  }

  /**
   * What is usual moves every 200 events; one in 15 is odd. On a topic labels come up to 80 events
   * late, some early, a few twice, one in 6 never.
   */
  private static List<Arrival> arrivals(Schedule schedule) {
    Random random = new Random(schedule.seed() + 1);
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      boolean odd = random.nextInt(15) == 0;
      double usual = i / 200 % 2 == 0 ? 0.2 : 0.7;
      double x = odd ? random.nextDouble() : usual + 0.05 * random.nextGaussian();
      double y = odd ? random.nextDouble() : 1 - usual + 0.05 * random.nextGaussian();
      double label = odd ? AnomalyTarget.ANOMALY : AnomalyTarget.NORMAL;
      boolean known = random.nextInt(6) > 0;
      boolean inside = known && schedule.labels() == Labels.INSIDE;
      String key = "k" + random.nextInt(schedule.keys());
      arrivals.add(
          new Observation(
              0,
              "e" + i,
              key,
              10L * i,
              new double[] {x, y},
              inside ? label : Observation.NO_LABEL,
              new String[0]));
      if (known && schedule.labels() == Labels.TOPIC) {
        for (int l = random.nextInt(20) == 0 ? 2 : 1; l > 0; l--) {
          long time = Math.max(0, 10L * i + 10L * (random.nextInt(90) - 10) + 5);
          arrivals.add(new LabelArrival(0, "e" + i, key, time, label, false));
        }
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::time));
    List<Arrival> numbered = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      long number = numbered.size();
      numbered.add(
          arrival instanceof Observation e
              ? new Observation(
                  number, e.eventId(), e.key(), e.time(), e.features(), e.label(), e.slices())
              : new LabelArrival(
                  number,
                  arrival.eventId(),
                  arrival.key(),
                  arrival.time(),
                  ((LabelArrival) arrival).label(),
                  false));
    }
    return numbered;
  }

  /** One key's model as MOA alone keeps it; every instance is of the first class. */
  private static final class PlainMoa {
    private final Classifier classifier;
    private final InstancesHeader header;
    private long trained;

    PlainMoa(int learner) {
      try {
        classifier =
            (Classifier)
                ClassOption.cliStringToObject(LEARNERS.get(learner), Classifier.class, null);
      } catch (Exception e) {
        throw new IllegalArgumentException(LEARNERS.get(learner), e);
      }
      classifier.setRandomSeed(3);
      classifier.prepareForUse();
      List<Attribute> attributes =
          List.of(
              new Attribute("x"), new Attribute("y"), new Attribute("class", List.of("a", "b")));
      Instances instances = new Instances("points", new ArrayList<>(attributes), 0);
      instances.setClassIndex(2);
      header = new InstancesHeader(instances);
      classifier.setModelContext(header);
    }

    double score(Observation event) {
      return classifier.getVotesForInstance(instance(event))[1];
    }

    void train(Observation event) {
      classifier.trainOnInstance(instance(event));
      trained++;
    }

    private Instance instance(Observation event) {
      double[] features = event.features();
      Instance instance = new DenseInstance(1, new double[] {features[0], features[1], 0});
      instance.setDataset(header);
      return instance;
    }
  }
}
