/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.flink.SpecVariants;
import io.meander.models.Arrival;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSignal;
import io.meander.models.DriftSpec;
import io.meander.models.GivenUp;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.ServePolicy;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
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
 * Labels that come on their own, early, late, twice, changed or never, in any order, with features
 * over a key's events and over its labels, two slots, drift and serving policies that act often,
 * bounds on what waits, and keys that are forgotten: whatever evictions, checkpoints, restores and
 * rescalings a schedule brings, results and models are those of an undisturbed run; every event has
 * one answer, every label one outcome, and nothing is left when all waits are over.
 */
class RandomLabelsTest {

  private static final int EVENTS = 300;

  /** Far beyond two waits after the last label. */
  private static final long END = 1_000_000;

  /**
   * @param otherwise -1 to drop
   * @param stages parallelism from one restore to the next
   */
  record Schedule(
      long seed,
      int keys,
      long cacheBytes,
      List<Integer> stages,
      int otherwise,
      boolean latePositives,
      boolean corrections,
      int maxPerKey) {

    /** Over all keys; who is given up for it depends on which keys share a task. */
    long max() {
      boolean oneTask = stages.stream().allMatch(parallelism -> parallelism == 1);
      return oneTask ? 20 : 100_000;
    }

    /** Shorter than the wait, so that keys are forgotten with what waits; or never. */
    Duration expireAfterOrNull() {
      return pick(1, 3) == 0 ? Duration.ofMillis(320) : null;
    }

    /** So lax that noise alone makes the policy act often. */
    DriftPolicies drift() {
      DriftSpec.OnDrift[] policies = DriftSpec.OnDrift.values();
      DriftSpec.OnDrift policy = policies[pick(2, policies.length)];
      DriftSpec watch =
          pick(3, 2) == 0
              ? new DriftSpec("ADWINChangeDetector -a 0.7", "ADWINChangeDetector -a 0.9")
              : new DriftSpec("DDM -n 10 -w 1.2 -o 1.5", null);
      return new DriftPolicies(
          new DriftSpec(
              watch.detector(),
              watch.warning(),
              DriftSpec.Signal.ERROR,
              DriftSpec.OnWarning.START_BACKGROUND,
              policy,
              new DriftSpec.Boost(4, 20),
              25));
    }

    /** So little evidence and margin that serving moves often. */
    ServePolicy serve() {
      ServePolicy.Kind[] kinds = ServePolicy.Kind.values();
      ServePolicy.Kind kind = kinds[pick(4, kinds.length)];
      return kind == ServePolicy.Kind.CHAMPION
          ? ServePolicy.CHAMPION
          : new ServePolicy(kind, 10, 0.01);
    }

    /** One of so many, each as likely. */
    private int pick(int salt, int of) {
      return new SplittableRandom(seed + salt).nextInt(of);
    }
  }

  private static final Map<LabelOutcome, Integer> OUTCOMES = new EnumMap<>(LabelOutcome.class);

  private static final Map<GivenUp, Integer> GIVEN_UP = new EnumMap<>(GivenUp.class);
  private static final Map<DriftSignal.Action, Integer> ACTIONS =
      new EnumMap<>(DriftSignal.Action.class);
  private static final Set<ServePolicy.Kind> SERVED = EnumSet.noneOf(ServePolicy.Kind.class);

  /** Schedules in which nothing happens would prove nothing of it. */
  @AfterContainer
  static void everythingWasSeen() {
    assertThat(OUTCOMES).containsOnlyKeys(LabelOutcome.values());
    assertThat(OUTCOMES.values()).allMatch(count -> count >= 50);
    assertThat(GIVEN_UP)
        .containsOnlyKeys(
            GivenUp.WAIT_OVER, GivenUp.NO_ROOM_OF_KEY, GivenUp.NO_ROOM, GivenUp.KEY_FORGOTTEN);
    assertThat(GIVEN_UP.values()).allMatch(count -> count >= 20);
    assertThat(ACTIONS)
        .containsKeys(
            DriftSignal.Action.ALERT,
            DriftSignal.Action.RESET,
            DriftSignal.Action.REPLACE,
            DriftSignal.Action.SWITCH,
            DriftSignal.Action.BOOST);
    assertThat(SERVED).containsExactlyInAnyOrder(ServePolicy.Kind.values());
  }

  /** What became visible. */
  record Seen(List<Step> steps, List<ModelSnapshot> models) {}

  @Property(tries = 60, seed = "4711", shrinking = ShrinkingMode.OFF)
  void everyScheduleGivesTheSameResultsAndModels(@ForAll("schedules") Schedule schedule)
      throws Exception {
    List<Arrival> arrivals = arrivals(schedule);
    SERVED.add(schedule.serve().kind());
    Seen expected =
        run(schedule, arrivals, List.of(1), LearningOptions.BOUNDED, new Random(), false);
    Seen disturbed =
        run(
            schedule,
            arrivals,
            schedule.stages(),
            new LearningOptions(LearningOptions.Publish.AT_END, schedule.cacheBytes()),
            new Random(schedule.seed()),
            true);

    assertThat(disturbed.steps())
        .usingRecursiveFieldByFieldElementComparator(
            RecursiveComparisonConfiguration.builder()
                .withComparatorForType(Double::compare, Double.class)
                .build())
        .isEqualTo(expected.steps());
    assertThat(disturbed.models()).isEqualTo(expected.models());
    countsAddUp(arrivals, expected.steps());
  }

  private static void countsAddUp(List<Arrival> arrivals, List<Step> steps) {
    Map<LabelOutcome, Integer> counts = new EnumMap<>(LabelOutcome.class);
    int answers = 0;
    int repeated = 0;
    for (Step step : steps) {
      answers += step.answer() == null ? 0 : 1;
      repeated += step.repeated() ? 1 : 0;
      for (LabelResult label : step.labels()) {
        counts.merge(label.outcome(), 1, Integer::sum);
        if (label.outcome() == LabelOutcome.NEVER) {
          GIVEN_UP.merge(label.givenUpOrNull(), 1, Integer::sum);
        }
      }
      for (DriftSignal drift : step.drifts()) {
        ACTIONS.merge(drift.action(), 1, Integer::sum);
      }
    }
    long events = arrivals.stream().filter(Observation.class::isInstance).count();
    assertThat(answers).isEqualTo(events);
    // Every wait is over: a prediction has a label or none, a label one outcome.
    assertThat(
            of(counts, LabelOutcome.IN_TIME)
                + of(counts, LabelOutcome.EARLY)
                + of(counts, LabelOutcome.NEVER))
        .isEqualTo(answers - repeated);
    assertThat(
            counts.values().stream().mapToInt(Integer::intValue).sum()
                - of(counts, LabelOutcome.NEVER))
        .isEqualTo(arrivals.size() - (int) events);
    counts.forEach((outcome, count) -> OUTCOMES.merge(outcome, count, Integer::sum));
  }

  private static int of(Map<LabelOutcome, Integer> counts, LabelOutcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  private static Seen run(
      Schedule schedule,
      List<Arrival> arrivals,
      List<Integer> stages,
      LearningOptions options,
      Random random,
      boolean disturb)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    TestJob job = new TestJob(spec(schedule), options);
    long watermark = 0;
    for (int stage = 0; stage < stages.size(); stage++) {
      if (stage > 0) {
        job.checkpoint(2);
      }
      job.start(stages.get(stage));
      for (Arrival arrival : TestJob.part(arrivals, stage, stages.size())) {
        TestTask task = job.task(arrival.key());
        watermark = Math.max(watermark, arrival.time() - 1);
        for (TestTask each : job.tasks()) {
          each.watermark(watermark);
          steps.addAll(each.steps());
        }
        steps.add(task.learn(arrival));
        if (disturb && random.nextInt(30) == 0) {
          task.checkpoint(1);
        }
      }
    }
    for (TestTask task : job.tasks()) {
      task.watermark(END);
      steps.addAll(task.steps());
    }
    List<ModelSnapshot> models = job.end();
    for (TestTask task : job.tasks()) {
      task.flush();
      assertThat(task.storedWaits()).isZero();
      assertThat(task.eventTimeTimers()).isZero();
    }
    job.close();
    // Waits of different keys that end together are told in the tasks' order.
    steps.sort(
        Comparator.comparingLong((Step step) -> step.sequence() < 0 ? step.time() : Long.MIN_VALUE)
            .thenComparingLong(Step::sequence)
            .thenComparing(step -> step.labels().toString()));
    models.sort(Comparator.comparing(ModelSnapshot::getKey));
    return new Seen(steps, models);
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 8),
            Arbitraries.of(1L, 1L << 30),
            Arbitraries.oneOf(stages(1), stages(3)),
            Arbitraries.integers().between(-1, 1),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(5, 1000))
        .as(Schedule::new);
  }

  private static Arbitrary<List<Integer>> stages(int mostTasks) {
    return Arbitraries.integers().between(1, mostTasks).list().ofMinSize(1).ofMaxSize(4);
  }

  private static PipelineSpec spec(Schedule schedule) {
    PipelineSpec late =
        PastFeatures.of(
            LabelJoinTest.spec(
                new PipelineSpec.Waits(
                    LabelJoinTest.WAIT,
                    schedule.otherwise() < 0 ? null : (Double) (double) schedule.otherwise(),
                    schedule.latePositives(),
                    schedule.corrections(),
                    schedule.maxPerKey(),
                    schedule.max())));
    PipelineSpec drifting = SpecVariants.with(late, "drift", schedule.drift());
    PipelineSpec expiring =
        SpecVariants.with(drifting, "expireAfterOrNull", schedule.expireAfterOrNull());
    return SpecVariants.with(expiring, "serve", schedule.serve());
  }

  /** Events every 10 ms; labels from long before to long after them, in the order of their time. */
  private static List<Arrival> arrivals(Schedule schedule) {
    Random random = new Random(schedule.seed() + 1);
    List<Observation> points = LearningOperatorTest.events(EVENTS, schedule.keys());
    List<Arrival> arrivals = new ArrayList<>();
    long wait = LabelJoinTest.WAIT.toMillis();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < EVENTS; i++) {
      Observation point = points.get(i);
      long time = 2000 + 10L * i;
      boolean repeated = random.nextInt(20) == 0 && ids.contains("e" + (i - 1));
      String id = "e" + (repeated ? i - 1 : i);
      String key = repeated ? points.get(i - 1).key() : point.key();
      ids.add(id);
      arrivals.add(
          new Observation(0, id, key, time, point.features(), Observation.NO_LABEL, new String[0]));
      int labels = random.nextInt(5) == 0 ? random.nextInt(4) : 1;
      for (int l = 0; l < labels; l++) {
        long late = (long) ((random.nextInt(4) == 0 ? 4 : 1) * (random.nextDouble() - 0.2) * wait);
        arrivals.add(
            new LabelArrival(0, id, key, Math.max(0, time + late), random.nextInt(2), false));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::time));
    List<Arrival> numbered = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      long number = numbered.size();
      numbered.add(
          arrival instanceof Observation e
              ? PastFeatures.open(
                  new Observation(
                      number, e.eventId(), e.key(), e.time(), e.features(), e.label(), e.slices()))
              : PastFeatures.read(
                  new LabelArrival(
                      number,
                      arrival.eventId(),
                      arrival.key(),
                      arrival.time(),
                      ((LabelArrival) arrival).label(),
                      false)));
    }
    return numbered;
  }
}
