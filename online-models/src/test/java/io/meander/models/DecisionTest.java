/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecisionTest {

  @Test
  void aThresholdFavoursAClass() {
    Decision decision = new Decision.Threshold(1, 0.3);
    assertThat(decision.of(new double[] {0.7, 0.3}, 0)).isEqualTo(1);
    assertThat(decision.of(new double[] {0.71, 0.29}, 0)).isZero();
    Decision strict = new Decision.Threshold(0, 0.9);
    assertThat(strict.of(new double[] {0.8, 0.1, 0.1}, 0)).isEqualTo(1);
    assertThat(strict.of(new double[] {0.9, 0.05, 0.05}, 0)).isZero();
  }

  @Test
  void theLeastExpectedCostDecides() {
    // A missed yes costs 5, a false alarm 1: yes pays from a vote of 1/6 on.
    Decision decision = new Decision.LeastCost(List.of(0.0, 1.0, 5.0, 0.0));
    assertThat(decision.of(new double[] {0.83, 0.17}, 0)).isEqualTo(1);
    assertThat(decision.of(new double[] {0.84, 0.16}, 0)).isZero();
    assertThat(new Decision.LeastCost(List.of(0.0, 1.0, 1.0, 0.0)).of(new double[] {0.5, 0.5}, 1))
        .isZero();
  }

  @Test
  void whatIsServedFollowsItAndTheSlotsDoNot() {
    Stream stream = Stream.generated("generators.AgrawalGenerator -b", 600);
    Deployment plain = Learning.deployment(new FreezeSpec.AfterInstances(100), "bayes.NaiveBayes");
    Deployment deciding =
        new Deployment(
            1,
            plain.slots(),
            plain.champion(),
            plain.drift(),
            plain.twins(),
            plain.limits(),
            ServePolicy.CHAMPION.deciding(new Decision.Threshold(1, 0.1)));
    Learning one = new Learning(stream.context(), plain);
    Learning other = new Learning(stream.context(), deciding);
    int differ = 0;
    for (Stream.Row row : stream.rows()) {
      Answer a = one.learn(row);
      Answer b = other.learn(row);
      assertThat(b.slots()[0].predicted()).isEqualTo(a.slots()[0].predicted());
      Answer.SlotAnswer served = b.servedAnswer();
      assertThat(served.votes()).isEqualTo(a.slots()[0].votes());
      assertThat(served.slot()).isEqualTo("s0");
      assertThat(served.trainedInstances()).isEqualTo(a.slots()[0].trainedInstances());
      assertThat(served.predicted()).isEqualTo(served.votes()[1] >= 0.1 ? 1 : 0);
      if (b.frozenAnswer() != null) {
        assertThat(b.frozenAnswer().predicted())
            .isEqualTo(b.frozenAnswer().votes()[1] >= 0.1 ? 1 : 0);
      }
      differ += served.predicted() == a.servedAnswer().predicted() ? 0 : 1;
    }
    assertThat(differ).isGreaterThan(20);
    assertThat(other.set.slot(SlotSpec.FROZEN)).isNotNull();
    assertThat(other.set.slot("s0").score().figure(Figure.ACCURACY))
        .isEqualTo(one.set.slot("s0").score().figure(Figure.ACCURACY));
  }

  @Test
  void isInTheImageAndTheLog() {
    Stream stream = Stream.generated("generators.AgrawalGenerator", 50);
    Random random = new Random(1);
    for (Decision decision :
        List.of(
            ServePolicy.FIRST_MAXIMUM,
            new Decision.Threshold(1, random.nextDouble()),
            new Decision.LeastCost(List.of(0.0, 1.0, 4.0, 0.5)))) {
      Deployment plain = Learning.deployment(null, "bayes.NaiveBayes");
      Learning learning =
          new Learning(
              stream.context(),
              new Deployment(
                  1,
                  plain.slots(),
                  plain.champion(),
                  plain.drift(),
                  plain.twins(),
                  plain.limits(),
                  ServePolicy.of(ServePolicy.Kind.BEST).deciding(decision)));
      learning.learnAll(stream.rows());
      ModelSetCodec codec = new ModelSetCodec(stream.context());
      ModelSet read = codec.read("all", codec.write(learning.set).bytes()).set();
      assertThat(read.serve.decision()).isEqualTo(decision);
    }
  }
}
