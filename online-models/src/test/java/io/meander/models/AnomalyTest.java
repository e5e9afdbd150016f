/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Instance;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.Map;
import java.util.Random;
import moa.classifiers.oneclass.HSTrees;
import org.junit.jupiter.api.Test;

/** Scores of what is unusual, learned without labels. */
class AnomalyTest {

  private static final String LEARNER = "oneclass.HSTrees -t 10 -h 8";
  private static final Decision.Anomalous RULE = new Decision.Anomalous(Double.NaN, 0.95, 200, 300);
  private static final LogCompression COMPRESSION = new LogCompression();

  private static ModelContext context(AnomalyTarget.Learns learns) {
    return new ModelContext(
        new FeatureSchema(List.of(Column.numeric("x"), Column.numeric("y"))),
        new AnomalyTarget(AnomalyTarget.CLASSES, learns));
  }

  private static Deployment deployment() {
    DriftSpec drift = DriftSpec.DEFAULT.watching(DriftSpec.Signal.SCORE);
    return new Deployment(
        1,
        List.of(new SlotSpec("hs", LEARNER, 7)),
        "hs",
        new DriftPolicies(drift),
        List.of(),
        Map.of(),
        ServePolicy.CHAMPION.deciding(RULE));
  }

  /** One in 50 is far from the others. */
  private static double[] row(Random random, boolean unusual) {
    double at = unusual ? 0.95 : 0.3 + 0.05 * random.nextGaussian();
    return new double[] {at, unusual ? random.nextDouble() : at + 0.02 * random.nextGaussian()};
  }

  private static void apply(Reducer reducer, ModelSet set, FactWriter log, Fact fact) {
    reducer.apply(set, fact);
    log.add(set, fact);
  }

  private void learnsLike(AnomalyTarget.Learns learns, boolean lateLabels) {
    ModelContext context = context(learns);
    Reducer reducer = new Reducer(context);
    ModelSet set = new ModelSet("k", context.target());
    FactWriter log = new FactWriter(context);
    HSTrees plain = new HSTrees();
    plain.numTreesOption.setValue(10);
    plain.maxDepthOption.setValue(8);
    plain.setRandomSeed(7);
    plain.prepareForUse();
    plain.setModelContext(context.header());
    ScoreQuantile threshold = new ScoreQuantile(0.95, 200);
    long trained = 0;
    int called = 0;
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      boolean unusual = i % 50 == 49;
      double label = unusual ? AnomalyTarget.ANOMALY : AnomalyTarget.NORMAL;
      double[] features = row(random, unusual);
      reducer.decideTouched(set, deployment(), 0, 0).forEach(f -> apply(reducer, set, log, f));
      Answer answer =
          reducer.answer(set, new Observation(0, "e", "k", 0, features, label, new String[0]));

      Instance instance = context.instance(features);
      instance.setClassValue(AnomalyTarget.NORMAL);
      double score = plain.getVotesForInstance(instance)[1];
      double[] votes = answer.servedAnswer().votes();
      assertThat(AnomalyTarget.score(votes)).isEqualTo(score);
      double expected = trained < 300 ? Double.NaN : threshold.value();
      assertThat(Double.valueOf(AnomalyTarget.threshold(votes)))
          .isEqualTo(Double.valueOf(expected));
      assertThat(answer.servedAnswer().predicted()).isEqualTo(score > expected ? 1 : 0);
      called += score > expected ? 1 : 0;

      if (learns == AnomalyTarget.Learns.ALL && lateLabels) {
        apply(reducer, set, log, reducer.decideLearned(set, features, answer, 1));
        apply(reducer, set, log, reducer.decideLabelled(set, null, answer, label, 1));
      } else {
        apply(reducer, set, log, reducer.decideLabelled(set, features, answer, label, 1));
      }
      if (learns == AnomalyTarget.Learns.ALL || !unusual) {
        if (trained >= 300) {
          threshold.add(score);
        }
        plain.trainOnInstance(instance);
        trained++;
      }
    }
    assertThat(called).isPositive();
    assertThat(set.slot("hs").trainedInstances()).isEqualTo(trained);
    assertThat(set.slot("hs").score().instances()).isEqualTo(2000);
    assertThat(set.slot("hs").score().figure(Figure.AUC)).isGreaterThan(0.9);

    ModelSetCodec codec = new ModelSetCodec(context);
    byte[] image = codec.write(set).bytes();
    ModelSet replayed = new ModelSet("k", context.target());
    new Replay(context, new Reducer(context)).run(replayed, List.of(log.close(0, COMPRESSION)));
    ModelSet read = codec.read("k", image).set();
    assertThat(codec.write(codec.read("k", codec.write(replayed).bytes()).set()).bytes())
        .isEqualTo(codec.write(read).bytes());
  }

  @Test
  void scoresAreMoasWhereLabelsCome() {
    learnsLike(AnomalyTarget.Learns.ALL, false);
  }

  @Test
  void lateLabelsOnlyScore() {
    learnsLike(AnomalyTarget.Learns.ALL, true);
  }

  @Test
  void learnsTheNormalOnesAlone() {
    learnsLike(AnomalyTarget.Learns.NORMAL, true);
  }
}
