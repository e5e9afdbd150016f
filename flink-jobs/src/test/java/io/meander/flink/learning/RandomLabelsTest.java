/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/**
 * Labels that come on their own, early, late, twice, changed or never, in any order, with features
 * over a key's events and over its labels: whatever evictions, checkpoints, restores and rescalings
 * a schedule brings, results and models are those of an undisturbed run; every event has one
 * answer, every label one outcome, and nothing is left when all waits are over.
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
      int maxPerKey) {}

  private static final Map<LabelOutcome, Integer> OUTCOMES = new EnumMap<>(LabelOutcome.class);

  @AfterContainer
  static void everyOutcomeWasSeen() {
    assertThat(OUTCOMES).containsOnlyKeys(LabelOutcome.values());
    assertThat(OUTCOMES.values()).allMatch(count -> count >= 50);
  }

  /** What became visible. */
  record Seen(List<Step> steps, List<ModelSnapshot> models) {}

  @Property(tries = 40, seed = "4711", shrinking = ShrinkingMode.OFF)
  void everyScheduleGivesTheSameResultsAndModels(@ForAll("schedules") Schedule schedule)
      throws Exception {
    List<Arrival> arrivals = arrivals(schedule);
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
    PipelineSpec spec = spec(schedule);
    List<Step> steps = new ArrayList<>();
    List<ModelSnapshot> models = new ArrayList<>();
    OperatorSubtaskState state = null;
    int before = 1;
    long watermark = 0;
    for (int stage = 0; stage < stages.size(); stage++) {
      int parallelism = stages.get(stage);
      List<TestTask> tasks = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        tasks.add(TestTask.restore(spec, options, parallelism, i, state, before));
      }
      int from = arrivals.size() * stage / stages.size();
      int to = arrivals.size() * (stage + 1) / stages.size();
      for (Arrival arrival : arrivals.subList(from, to)) {
        TestTask task =
            tasks.get(
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                    arrival.key(), TestTask.MAX_PARALLELISM, parallelism));
        steps.add(task.learn(arrival));
        watermark = Math.max(watermark, arrival.time() - 1);
        for (TestTask each : tasks) {
          each.watermark(watermark);
          steps.addAll(each.steps());
        }
        if (disturb && random.nextInt(30) == 0) {
          task.checkpoint(1);
        }
      }
      boolean last = stage == stages.size() - 1;
      OperatorSubtaskState[] states = new OperatorSubtaskState[parallelism];
      for (int i = 0; i < parallelism; i++) {
        if (last) {
          tasks.get(i).watermark(END);
          steps.addAll(tasks.get(i).steps());
          tasks.get(i).endOfEvents();
          models.addAll(tasks.get(i).snapshots());
          tasks.get(i).flush();
          assertThat(tasks.get(i).storedWaits()).isZero();
          assertThat(tasks.get(i).eventTimeTimers()).isZero();
        } else {
          states[i] = tasks.get(i).checkpoint(2);
        }
        tasks.get(i).close();
      }
      state = last ? null : AbstractStreamOperatorTestHarness.repackageState(states);
      before = parallelism;
    }
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
            Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.integers().between(-1, 1),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(5, 1000))
        .as(Schedule::new);
  }

  private static PipelineSpec spec(Schedule schedule) {
    return PastFeatures.of(
        LabelJoinTest.spec(
            new PipelineSpec.Waits(
                LabelJoinTest.WAIT,
                schedule.otherwise() < 0 ? null : (Double) (double) schedule.otherwise(),
                schedule.latePositives(),
                schedule.corrections(),
                schedule.maxPerKey(),
                100_000)));
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
