/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSpec;
import io.meander.features.MissingPolicy;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.Decision;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSignal;
import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.FrozenTwin;
import io.meander.models.NumberTarget;
import io.meander.models.Observation;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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
import org.apache.avro.SchemaBuilder;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

/**
 * Fold equals fold: whatever evictions, checkpoints, restores, rescalings and image rewrites a
 * schedule brings, and whatever the drift policy and the serving policy do, answers, what is
 * served, drift events and the models at the end are those of an undisturbed run, with missing
 * values filled in from what the key's events held and with events and classes of different
 * weights, be it classes or numbers that are predicted, and with keys that begin with the models of
 * a parent, which is disturbed too. Where the policy changes no model and there is no parent, every
 * key is also answered as plain MOA answers that saw the key's events alone. A build runs the same
 * schedules each time; without the seed below, other ones.
 */
class RandomSchedulesTest {

  private static final List<String> LEARNERS =
      List.of(
          "bayes.NaiveBayes",
          "trees.HoeffdingTree -g 20",
          "trees.HoeffdingAdaptiveTree -g 20",
          "meta.OzaBagAdwin -s 3",
          "meta.AdaptiveRandomForest -s 3",
          "meta.LeveragingBag -s 3",
          "functions.SGD",
          "lazy.kNN -w 100");

  private static final List<String> NUMBER_LEARNERS =
      List.of(
          "trees.FIMTDD -g 20",
          "rules.AMRulesRegressor",
          "meta.AdaptiveRandomForestRegressor -s 3",
          "trees.ORTO",
          "rules.functions.Perceptron",
          "rules.functions.FadingTargetMean");

  /**
   * How a run is disturbed.
   *
   * @param cacheBytes live bytes a task may hold
   * @param maxLoad from which the image's cadence follows; tiny: an image every few instances
   * @param stages parallelism from one restore to the next
   * @param detector index in {@link #DETECTORS}
   */
  record Schedule(
      long seed,
      int keys,
      long cacheBytes,
      Duration maxLoad,
      List<Integer> stages,
      int learner,
      DriftSpec.OnDrift policy,
      int detector) {

    /** So little evidence and margin that serving moves often. */
    ServePolicy serve() {
      List<ServePolicy.Kind> kinds = List.of(ServePolicy.Kind.values());
      boolean guarded = Math.floorMod(seed >>> 32, 2) == 0;
      return new ServePolicy(kinds.get(Math.floorMod(seed, kinds.size())), 10, 0.01)
          .deciding(
              Math.floorMod(seed >>> 24, 2) == 0
                  ? ServePolicy.FIRST_MAXIMUM
                  : new Decision.Threshold(1, 0.3))
          .guarded(guarded ? new ServePolicy.Guard(0.5, 3, 60) : ServePolicy.Guard.NONE);
    }

    /** Whether numbers are predicted; else one of two classes. */
    boolean regression() {
      return Math.floorMod(seed >>> 24, 4) == 0;
    }

    String learnerOption() {
      return regression()
          ? NUMBER_LEARNERS.get(learner % NUMBER_LEARNERS.size())
          : LEARNERS.get(learner);
    }

    MissingPolicy missing() {
      List<MissingPolicy> policies =
          List.of(MissingPolicy.KEEP, MissingPolicy.MEAN, MissingPolicy.LAST);
      return policies.get(Math.floorMod(seed >>> 8, policies.size()));
    }

    /** Where a new key's first models come from; a half of these learn from a sample. */
    Optional<PipelineSpec.Parent> parent() {
      boolean has = Math.floorMod(Math.floorDiv(seed, 7), 3) == 0;
      double sample = Math.floorMod(seed >>> 48, 2) == 0 ? 1 : 0.5;
      return has
          ? Optional.of(new PipelineSpec.Parent(List.of(), List.of(), sample))
          : Optional.empty();
    }

    PipelineSpec.Weight weight() {
      return regression() || Math.floorMod(seed >>> 16, 2) == 0
          ? PipelineSpec.Weight.NONE
          : new PipelineSpec.Weight(null, Map.of("yes", 2.5));
    }
  }

  /** So lax that noise alone makes the policies act often. */
  private static final List<DriftSpec> DETECTORS =
      List.of(
          new DriftSpec("ADWINChangeDetector -a 0.05", "ADWINChangeDetector -a 0.3"),
          new DriftSpec("ADWINChangeDetector -a 0.7", "ADWINChangeDetector -a 0.9"),
          new DriftSpec("DDM -n 10 -w 1.2 -o 1.5", null),
          new DriftSpec("EDDM", "ADWINChangeDetector -a 0.9"),
          new DriftSpec("HDDM_A_Test -d 0.2 -w 0.5", null),
          new DriftSpec("PageHinkleyDM -n 10 -l 2", "ADWINChangeDetector -a 0.9"),
          new DriftSpec("CusumDM -n 10 -l 2", "DDM -n 10 -w 1.0"),
          new DriftSpec("RDDM -n 20 -w 1.1 -o 1.5", null),
          new DriftSpec("EWMAChartDM -n 10", null),
          new DriftSpec("GeometricMovingAverageDM -n 10 -l 0.05", "EWMAChartDM -n 5"));

  /** What became visible of one event. */
  record Seen(List<Answer.SlotAnswer> answers, Answer.SlotAnswer served, List<DriftSignal> drifts) {

    static Seen of(Step step) {
      return new Seen(
          List.of(step.answer().slots()), step.answer().servedAnswer(), List.copyOf(step.drifts()));
    }
  }

  /** An undisturbed run. */
  record Run(List<Seen> seen, List<ModelSnapshot> last) {}

  private static final Map<DriftSignal.Action, Integer> ACTIONS =
      new EnumMap<>(DriftSignal.Action.class);

  private static final Map<ServePolicy.Kind, Integer> SERVED =
      new EnumMap<>(ServePolicy.Kind.class);

  private static int promotions;
  private static int featureDrifts;
  private static int answersByParents;
  private static int bornFromParents;

  /** Schedules in which no policy ever acts would prove nothing of them. */
  @AfterContainer
  static void everyActionWasTaken() {
    assertThat(ACTIONS).containsOnlyKeys(DriftSignal.Action.values());
    assertThat(ACTIONS.values()).allMatch(count -> count >= 5);
    assertThat(SERVED).containsOnlyKeys(ServePolicy.Kind.values());
    assertThat(SERVED.values()).allMatch(count -> count >= 20);
    assertThat(promotions).isGreaterThan(100);
    assertThat(featureDrifts).isGreaterThan(50);
    assertThat(answersByParents).isGreaterThan(100);
    assertThat(bornFromParents).isGreaterThan(100);
  }

  @Property(tries = 160, seed = "20011", shrinking = ShrinkingMode.OFF)
  void everyScheduleGivesTheSameAnswersAndModels(@ForAll("schedules") Schedule schedule)
      throws Exception {
    PipelineSpec spec = spec(schedule);
    SERVED.merge(spec.serve().kind(), 1, Integer::sum);
    List<Observation> events = events(schedule);
    Run expected = undisturbed(spec, events);
    Map<String, PlainMoa> moa = new HashMap<>();

    Random random = new Random(schedule.seed());
    LearningOptions options =
        new LearningOptions(LearningOptions.Publish.AT_END, schedule.cacheBytes());
    OperatorSubtaskState parentState = null;
    TestJob job = new TestJob(spec, options);
    List<Integer> stages = schedule.stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      job.start(stages.get(stage));
      Parents parents = Parents.of(spec, options, stages.get(stage), parentState);
      for (Observation event : TestJob.part(events, stage, stages.size())) {
        TestTask task = job.task(event.key());
        Step step = task.learn(event);
        for (Arrival published : parents.after(event)) {
          job.task(published.key()).send(published);
        }
        assertThat(Seen.of(step))
            .as(event.eventId())
            .usingRecursiveComparison()
            .withComparatorForType(Double::compare, Double.class)
            .isEqualTo(expected.seen().get((int) event.sequence()));
        if (schedule.policy() == DriftSpec.OnDrift.ALERT && spec.parent().isEmpty()) {
          double[] votes =
              moa.computeIfAbsent(event.key(), k -> new PlainMoa(schedule)).votesThenTrain(event);
          assertThat(step.answer().slots()[0].votes()).as(event.eventId()).isEqualTo(votes);
        }
        if (random.nextInt(40) == 0) {
          task.checkpoint(1);
          parents.checkpoint(1);
        }
      }
      parentState = parents.checkpoint(2);
      parents.close();
      job.checkpoint(2);
    }
    List<ModelSnapshot> last = job.end();
    job.close();

    last.sort(Comparator.comparing(ModelSnapshot::getKey));
    assertThat(last).isEqualTo(expected.last());
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 12),
            Arbitraries.of(1L, 300_000L, 1L << 30),
            Arbitraries.of(Duration.ofNanos(1), Duration.ofMillis(1), Duration.ofMillis(100)),
            Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.integers().between(0, LEARNERS.size() - 1),
            Arbitraries.of(DriftSpec.OnDrift.class),
            Arbitraries.integers().between(0, DETECTORS.size() - 1))
        .as(Schedule::new);
  }

  /** The parents' task, if the pipeline has parents; without, nothing is ever published. */
  private record Parents(ParentTask taskOrNull) implements AutoCloseable {

    static Parents of(
        PipelineSpec spec, LearningOptions options, int children, OperatorSubtaskState stateOrNull)
        throws Exception {
      return new Parents(
          spec.parent().isEmpty() ? null : ParentTask.start(spec, options, children, stateOrNull));
    }

    /** What parents publish once they have learned from the event. */
    List<Arrival> after(Observation event) throws Exception {
      if (taskOrNull == null) {
        return List.of();
      }
      List<Arrival> passed = taskOrNull.pass(event);
      return passed.subList(1, passed.size());
    }

    OperatorSubtaskState checkpoint(long id) throws Exception {
      return taskOrNull == null ? null : taskOrNull.checkpoint(id);
    }

    @Override
    public void close() {
      if (taskOrNull != null) {
        taskOrNull.close();
      }
    }
  }

  private static Run undisturbed(PipelineSpec spec, List<Observation> events) throws Exception {
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED);
        Parents parents = Parents.of(spec, LearningOptions.BOUNDED, 1, null)) {
      List<Seen> seen = new ArrayList<>();
      Set<String> born = new HashSet<>();
      for (Observation event : events) {
        Step step = task.learn(event);
        for (Arrival published : parents.after(event)) {
          task.send(published);
        }
        answersByParents += step.answer().parentOrNull() != null ? 1 : 0;
        if (step.answer().parentOrNull() != null && event.hasLabel() && born.add(event.key())) {
          bornFromParents++;
        }
        Seen now = Seen.of(step);
        for (DriftSignal drift : now.drifts()) {
          ACTIONS.merge(drift.action(), 1, Integer::sum);
          featureDrifts += drift.featureOrNull() == null ? 0 : 1;
          promotions += drift.level() == DriftSignal.Level.PROMOTED ? 1 : 0;
        }
        seen.add(now);
      }
      task.endOfEvents();
      List<ModelSnapshot> last = new ArrayList<>(task.snapshots());
      last.sort(Comparator.comparing(ModelSnapshot::getKey));
      return new Run(seen, last);
    }
  }

  /**
   * A concept that turns round every 125 events, a tenth of the labels unknown, some values
   * missing; where there is a parent, an eighth of the events is of keys that are new now and then.
   */
  private static List<Observation> events(Schedule schedule) {
    Random random = new Random(schedule.seed() + 1);
    int count = 500;
    List<Observation> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble();
      int y = random.nextInt(3);
      double label = (i / 125 % 2 == 0 ? x + y > 1.2 : x + y < 1.2) ? 1 : 0;
      if (schedule.regression()) {
        label = (i / 125 % 2 == 0 ? 10 * x : 10 - 10 * x) + 3 * y;
      }
      boolean newcomer = schedule.parent().isPresent() && random.nextInt(8) == 0;
      String key = newcomer ? "new" + i / 25 : "k" + random.nextInt(schedule.keys());
      boolean labelled = random.nextInt(10) > 0;
      boolean missing = random.nextInt(15) == 0 && !schedule.regression();
      events.add(
          new Observation(
              i,
              "e" + i,
              key,
              i,
              new double[] {missing ? Double.NaN : x, y},
              labelled ? label : Observation.NO_LABEL,
              random.nextInt(4) == 0 ? 0.5 + random.nextInt(3) : 1,
              new String[0]));
    }
    return events;
  }

  private static PipelineSpec spec(Schedule schedule) {
    var event =
        SchemaBuilder.record("Point")
            .fields()
            .optionalDouble("x")
            .name("y")
            .type()
            .enumeration("Y")
            .symbols("a", "b", "c")
            .noDefault()
            .requiredString("label")
            .endRecord();
    return new PipelineSpec(
            "",
            "points",
            new PipelineSpec.Events("points", event, List.of(), null, null),
            label(schedule),
            List.of(new FeatureSpec.Plain("x", "x"), new FeatureSpec.Plain("y", "y")),
            List.of(
                new SlotSpec("one", schedule.learnerOption(), 1),
                new SlotSpec(
                    "nb",
                    schedule.regression() ? "rules.AMRulesRegressor" : "bayes.NaiveBayes",
                    1)),
            // The second slot grows beyond this before it is weighed first.
            Map.of(
                "nb",
                new SizeLimit(
                    1000,
                    schedule.seed() % 2 == 0
                        ? SizeLimit.Action.RESTART
                        : SizeLimit.Action.STOP_LEARNING)),
            "one",
            policies(schedule),
            List.of(
                new FrozenTwin(SlotSpec.FROZEN, new FreezeSpec.AfterInstances(30)),
                new FrozenTwin(FrozenTwin.AGED + "later", new FreezeSpec.AfterInstances(60))),
            new PipelineSpec.Snapshots(50, Duration.ofSeconds(30), true),
            new PipelineSpec.Recovery(schedule.maxLoad(), PipelineSpec.OnCorruptModel.FAIL),
            null,
            new PipelineSpec.Evaluation(100, List.of()),
            new PipelineSpec.Topics("p", "d", "e", "s", "r", "c", "a"),
            new PipelineSpec.Predictions(PipelineSpec.Delivery.AT_LEAST_ONCE, false),
            schedule.missing(),
            schedule.weight(),
            schedule.serve(),
            null)
        .withParent(schedule.parent().orElse(null));
  }

  private static PipelineSpec.Label label(Schedule schedule) {
    PipelineSpec.Label classes =
        new PipelineSpec.Label("label", null, List.of("no", "yes"), List.of());
    return schedule.regression()
        ? new PipelineSpec.Label(
            "label", null, null, new NumberTarget(), List.of(), null, null, classes.waits())
        : classes;
  }

  /** The first slot's policy is the schedule's; the other one's is fixed. */
  private static DriftPolicies policies(Schedule schedule) {
    DriftSpec watch = DETECTORS.get(schedule.detector());
    DriftSpec.Signal signal =
        schedule.regression() ? DriftSpec.Signal.ABSOLUTE_ERROR : DriftSpec.Signal.ERROR;
    DriftSpec first =
        new DriftSpec(
            watch.detector(),
            watch.warning(),
            signal,
            DriftSpec.OnWarning.START_BACKGROUND,
            schedule.policy(),
            new DriftSpec.Boost(4, 20),
            25);
    return new DriftPolicies(
        first,
        Map.of(
            "nb",
            DETECTORS.get(1).watching(signal).with(DriftSpec.OnWarning.NONE, schedule.policy())),
        List.of(
            new FeatureWatchSpec("x", FeatureWatchSpec.Measure.VALUE, "PageHinkleyDM -n 10 -l 1"),
            new FeatureWatchSpec("x", FeatureWatchSpec.Measure.MISSING, "EWMAChartDM -n 10")));
  }

  /** One key's model as MOA alone keeps it. */
  private static final class PlainMoa {
    private final Classifier classifier;
    private final InstancesHeader header;
    private final MissingPolicy missing;
    private final double[] factors;
    private final boolean regression;
    private double sum;
    private int labels;
    private double seen = Double.NaN;
    private int count;

    PlainMoa(Schedule schedule) {
      missing = schedule.missing();
      factors = schedule.weight().factors(List.of("no", "yes"));
      regression = schedule.regression();
      String learner = schedule.learnerOption();
      try {
        classifier = (Classifier) ClassOption.cliStringToObject(learner, Classifier.class, null);
      } catch (Exception e) {
        throw new IllegalArgumentException(learner, e);
      }
      classifier.prepareForUse();
      List<Attribute> attributes =
          List.of(
              new Attribute("x"),
              new Attribute("y", List.of("a", "b", "c")),
              regression ? new Attribute("class") : new Attribute("class", List.of("no", "yes")));
      Instances instances = new Instances("points", new ArrayList<>(attributes), 0);
      instances.setClassIndex(2);
      header = new InstancesHeader(instances);
      classifier.setModelContext(header);
    }

    /** Its votes, normalised, before it learns the event's label. */
    double[] votesThenTrain(Observation incomplete) {
      Observation event = complete(incomplete);
      double[] raw = classifier.getVotesForInstance(instance(event, Double.NaN));
      if (regression) {
        return numberThenTrain(event, raw);
      }
      // Ensembles may give infinity or NaN: neither is a vote.
      double[] votes = new double[2];
      double sum = 0;
      for (int i = 0; i < Math.min(raw.length, 2); i++) {
        votes[i] = raw[i] > 0 && Double.isFinite(raw[i]) ? raw[i] : 0;
        sum += votes[i];
      }
      for (int i = 0; i < 2; i++) {
        votes[i] = sum > 0 ? votes[i] / sum : 0.5;
      }
      if (event.hasLabel()) {
        Instance instance = instance(event, event.label());
        instance.setWeight(event.weight() * factors[(int) event.label()]);
        classifier.trainOnInstance(instance);
      }
      return votes;
    }

    private double[] numberThenTrain(Observation event, double[] raw) {
      double mean = labels == 0 ? 0 : sum / labels;
      double[] votes = {raw.length > 0 && Double.isFinite(raw[0]) ? raw[0] : mean};
      if (event.hasLabel()) {
        Instance instance = instance(event, event.label());
        instance.setWeight(event.weight());
        classifier.trainOnInstance(instance);
        sum += event.label();
        labels++;
      }
      return votes;
    }

    private Observation complete(Observation event) {
      double x = event.features()[0];
      if (!missing.remembers()) {
        return event;
      }
      if (Double.isNaN(x)) {
        return event.withFeatures(new double[] {seen, event.features()[1]});
      }
      count++;
      boolean first = count == 1 || missing == MissingPolicy.LAST;
      seen = first ? x : seen + (x - seen) / count;
      return event;
    }

    private Instance instance(Observation event, double label) {
      double[] features = event.features();
      Instance instance = new DenseInstance(1, new double[] {features[0], features[1], label});
      instance.setDataset(header);
      return instance;
    }
  }
}
