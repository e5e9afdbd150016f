/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.yahoo.labs.samoa.instances.Instance;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import moa.core.InstanceExample;
import moa.evaluation.BasicRegressionPerformanceEvaluator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers predicted, scored, watched and combined. */
class RegressionTest {

  private static final ModelContext CONTEXT =
      new ModelContext(
          new FeatureSchema(
              List.of(
                  Column.numeric("x"),
                  Column.numeric("y"),
                  new Column("n", IntStream.range(0, 5).mapToObj(i -> "v" + i).toList()))),
          new NumberTarget());

  /** An event and its label. */
  record Row(double[] features, double label) {}

  /** A slope and a step, turned round half-way. */
  private static List<Row> rows(int count) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      int n = random.nextInt(5);
      double label = (i < count / 2 ? 10 * x : 10 - 10 * x) + (y > 0.5 ? 4 : 0) + n;
      rows.add(new Row(new double[] {x, y, n}, label + 0.3 * random.nextGaussian()));
    }
    return rows;
  }

  private static Deployment deployment(DriftSpec drift, ServePolicy serve, String... learners) {
    List<SlotSpec> slots = new ArrayList<>();
    for (String learner : learners) {
      slots.add(new SlotSpec("s" + slots.size(), learner, 7));
    }
    return new Deployment(1, slots, "s0", new DriftPolicies(drift), List.of(), Map.of(), serve);
  }

  private static final LogCompression COMPRESSION = new LogCompression();

  private static final DriftSpec WATCHED =
      DriftSpec.DEFAULT.watching(DriftSpec.Signal.ABSOLUTE_ERROR);

  /** One key's model set, and all that its rows gave. */
  private static final class Numbers {
    final Reducer reducer = new Reducer(CONTEXT);
    final ModelSet set = new ModelSet("k", CONTEXT.target());
    final List<Fact> facts = new ArrayList<>();
    final Score served = CONTEXT.target().newScore();
    final Deployment deployment;

    Numbers(Deployment deployment) {
      this.deployment = deployment;
    }

    Numbers learn(List<Row> rows) {
      rows.forEach(this::learn);
      return this;
    }

    Answer learn(Row row) {
      reducer.decideTouched(set, deployment, 0, 0).forEach(this::apply);
      Answer answer =
          reducer.answer(
              set, new Observation(0, "e", "k", 0, row.features(), row.label(), new String[0]));
      double reference = set.reference(row.label());
      served.add(
          row.label(), answer.servedAnswer().predicted(), Double.NaN, answer.noChange(), reference);
      apply(reducer.decideLabelled(set, row.features(), answer, row.label(), 1));
      reducer.decideAlarmed(set).forEach(this::apply);
      reducer.decidePromoted(set).forEach(this::apply);
      return answer;
    }

    void apply(Fact fact) {
      facts.add(fact);
      reducer.apply(set, fact);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trees.FIMTDD",
        "rules.AMRulesRegressor",
        "meta.AdaptiveRandomForestRegressor -s 3",
        "trees.ORTO",
        "rules.functions.Perceptron",
        "functions.SGD -o SQUAREDLOSS -r 0.01"
      })
  void equalsMoa(String learner) {
    List<Row> rows = rows(3000);

    Score score =
        new Numbers(deployment(WATCHED, ServePolicy.CHAMPION, learner)).learn(rows).served;

    Learner plain = Learners.create(new SlotSpec("s0", learner, 7), CONTEXT);
    BasicRegressionPerformanceEvaluator moa = new BasicRegressionPerformanceEvaluator();
    for (Row row : rows) {
      Instance instance = CONTEXT.instance(row.features());
      double[] votes = plain.votes(instance).clone();
      if (votes.length == 0) {
        votes = new double[] {0}; // SGD before it has learned: no number is the mean of no labels
      }
      instance.setClassValue(row.label());
      moa.addResult(new InstanceExample(instance), votes);
      plain.train(instance);
    }
    assertThat(score.instances()).isEqualTo(3000);
    assertThat(score.figure(Figure.MAE)).isEqualTo(moa.getMeanError());
    assertThat(score.figure(Figure.RMSE)).isEqualTo(moa.getSquareError());
    assertThat(score.figure(Figure.R2)).isEqualTo(moa.getCoefficientOfDetermination());
    assertThat(score.figure(Figure.ACCURACY)).isNaN();
  }

  @Test
  void figuresOfHandComputedErrors() {
    Score score = new NumberScore();
    score.add(3, 1, Double.NaN, 0, 0); // error 2, off the mean by 3
    score.add(5, 6, Double.NaN, 3, 3); // 1, 2
    score.add(4, 4, Double.NaN, 5, 4); // 0, 0

    assertThat(score.figure(Figure.MAE)).isEqualTo(1);
    assertThat(score.figure(Figure.RMSE)).isEqualTo(Math.sqrt(5 / 3.0));
    assertThat(score.figure(Figure.R2)).isEqualTo(1 - 5 / 13.0);

    FadedScore faded = new NumberTarget().newFadedScore(0.5);
    faded.add(3, 1, Double.NaN, 0, 0); // counts 1/4
    faded.add(5, 6, Double.NaN, 3, 3); // counts 1/2
    faded.add(4, 4, Double.NaN, 5, 4); // counts 1
    assertThat(faded.figure(Figure.MAE)).isCloseTo((0.5 + 0.5) / 1.75, within(1e-12));
    assertThat(faded.figure(Figure.R2)).isCloseTo(1 - (1 + 0.5) / (2.25 + 2), within(1e-12));
  }

  @Test
  void baselinesAreTheLastKnownLabelAndTheMean() {
    Numbers numbers = new Numbers(deployment(WATCHED, ServePolicy.CHAMPION, "trees.FIMTDD"));

    Answer first = numbers.learn(new Row(new double[] {0, 0, 0}, 4));
    Answer second = numbers.learn(new Row(new double[] {0, 0, 0}, 8));
    Answer third = numbers.learn(new Row(new double[] {0, 0, 0}, 0));

    assertThat(List.of(first.noChange(), second.noChange(), third.noChange()))
        .containsExactly(0.0, 4.0, 8.0);
    assertThat(List.of(first.typical(), second.typical(), third.typical()))
        .containsExactly(0.0, 4.0, 6.0);
    assertThat(third.servedAnswer().votes()).hasSize(1);
  }

  @Test
  void anImageAndTheLogGiveTheSameModelSet() {
    DriftSpec acting =
        new DriftSpec(
            "ADWINChangeDetector -a 0.05",
            "ADWINChangeDetector -a 0.3",
            DriftSpec.Signal.ABSOLUTE_ERROR,
            DriftSpec.OnWarning.START_BACKGROUND,
            DriftSpec.OnDrift.REPLACE,
            DriftSpec.Boost.DEFAULT,
            200);
    Deployment deployment =
        deployment(
            acting,
            ServePolicy.of(ServePolicy.Kind.VOTE),
            "trees.FIMTDD",
            "rules.AMRulesRegressor");
    Numbers numbers = new Numbers(deployment);
    FactWriter log = new FactWriter(CONTEXT);
    ModelSetCodec codec = new ModelSetCodec(CONTEXT);

    byte[] image = null;
    List<byte[]> chunks = new ArrayList<>();
    int logged = 0;
    ModelSet counter = new ModelSet("k", CONTEXT.target());
    for (Row row : rows(2500)) {
      numbers.learn(row);
      for (; logged < numbers.facts.size(); logged++) {
        counter.position++;
        log.add(counter, numbers.facts.get(logged));
      }
      if (numbers.set.labels() == 1200) {
        image = codec.write(numbers.set).bytes();
        log.clear();
      } else if (image != null && numbers.set.labels() % 300 == 0) {
        chunks.add(log.close(0, COMPRESSION));
      }
    }
    chunks.add(log.close(0, COMPRESSION));

    ModelSet replayed = codec.read("k", image).set();
    new Replay(CONTEXT, new Reducer(CONTEXT)).run(replayed, chunks);

    assertThat(numbers.facts).anyMatch(Fact.Replaced.class::isInstance);
    assertThat(codec.write(codec.read("k", codec.write(replayed).bytes()).set()).bytes())
        .isEqualTo(codec.write(codec.read("k", codec.write(numbers.set).bytes()).set()).bytes());
    Observation next =
        new Observation(0, "e", "k", 0, new double[] {0.2, 0.9, 3}, Observation.NO_LABEL, null);
    assertThat(new Reducer(CONTEXT).answer(replayed, next).servedAnswer().votes())
        .isEqualTo(numbers.reducer.answer(numbers.set, next).servedAnswer().votes());
  }

  @Test
  void anErrorThatFallsIsADriftToo() {
    List<Integer> alarms = alarms(CONTEXT.target());

    assertThat(alarms.get(0)).isBetween(1001, 1100);
    assertThat(alarms).anyMatch(at -> at > 2000 && at <= 2100);
    assertThat(alarms(Learning.TWO)).allMatch(at -> at > 2000).isNotEmpty();
  }

  /** Of a signal that falls after 1000 and rises after 2000. */
  private static List<Integer> alarms(Target target) {
    DriftWatch watch = new DriftWatch(WATCHED, target);
    Random random = new Random(3);
    List<Integer> alarms = new ArrayList<>();
    for (int i = 1; i <= 3000; i++) {
      double middle = i <= 1000 ? 0.5 : i <= 2000 ? 0.2 : 0.6;
      watch.add(0, middle + 0.1 * random.nextDouble(), i);
      if (watch.raised() == DriftSignal.Level.DRIFT) {
        alarms.add(i);
      }
    }
    return alarms;
  }

  @Test
  void detectorsAreFedTheErrorScaledByTheLabelsSpread() {
    NumberTarget target = new NumberTarget();
    KnownLabels known = target.newKnownLabels();
    known.add(4); // 4 from 0
    known.add(8); // 4 from 4
    known.add(2); // 4 from 6

    DriftSpec.Signal signal = DriftSpec.Signal.ABSOLUTE_ERROR;
    assertThat(target.signal(signal, 0, Double.NaN, known)).isZero();
    assertThat(target.signal(signal, 4, Double.NaN, known)).isEqualTo(0.5);
    assertThat(target.signal(signal, 12, Double.NaN, known)).isEqualTo(0.75);
    assertThat(target.signal(signal, Double.POSITIVE_INFINITY, Double.NaN, known)).isOne();
    assertThat(target.signal(signal, 1, Double.NaN, target.newKnownLabels())).isOne();
  }

  @Test
  void aVoteIsTheMeanWeightedByOneOverTheSquaredError() {
    NumberTarget target = new NumberTarget();
    double[] weights = target.weights(new double[] {1, 2, Double.NaN, 0});
    // Against the largest error, 2: a half, 1, none, at least a thousandth.
    assertThat(weights).containsExactly(4, 1, 0, 1e6);

    double[][] votes = {{10}, {20}, {1000}};
    assertThat(target.combined(new double[] {4, 1, 0}, votes)).containsExactly(12);
    assertThat(target.weights(new double[] {0, 0})).containsExactly(0, 0);
  }

  @Test
  void theBetterSlotIsPromotedByAShareOfTheError() {
    Numbers numbers =
        new Numbers(
            deployment(
                WATCHED,
                new ServePolicy(ServePolicy.Kind.BEST, 50, 0.1),
                "rules.functions.TargetMean",
                "trees.FIMTDD"));

    numbers.learn(rows(1500));

    assertThat(numbers.facts)
        .filteredOn(Fact.Promoted.class::isInstance)
        .containsExactly(new Fact.Promoted("s1", Fact.Promoted.Cause.BEST));
  }

  @Test
  void whatIsNotFiniteIsAnsweredWithTheMean() {
    NumberTarget target = new NumberTarget();
    assertThat(target.votes(new double[] {Double.NaN}, 3)).containsExactly(3);
    assertThat(target.votes(new double[] {Double.NEGATIVE_INFINITY}, 3)).containsExactly(3);
    assertThat(target.votes(new double[0], 3)).containsExactly(3);
    assertThat(target.votes(new double[] {-1e300}, 3)).containsExactly(-1e300);
  }
}
