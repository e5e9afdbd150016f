/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.Random;
import moa.core.InstanceExample;
import moa.evaluation.FadingFactorClassificationPerformanceEvaluator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FadedScoreTest {

  @Test
  void eachLabelCountsHalfOfTheNext() {
    FadedClassScore score = new FadedClassScore(2, 0.5);
    score.add(1, 1, 0.5, 0, 0); // counts 1/4
    score.add(0, 1, 0.25, 0, 0); // counts 1/2
    score.add(1, 1, 1, 0, 0); // counts 1

    assertThat(score.accuracy()).isCloseTo(100 * 1.25 / 1.75, within(1e-12));
    // Always predicts 1, so it is right by chance as often as it is right.
    assertThat(score.kappa()).isCloseTo(0, within(1e-12));
    // No-change (0) is right on the second label: 0.5 of 1.75.
    assertThat(score.kappaTemporal()).isCloseTo(100 * (1.25 - 0.5) / (1.75 - 0.5), within(1e-12));
    assertThat(score.logLoss())
        .isCloseTo((0.25 * Math.log(2) + 0.5 * Math.log(4)) / 1.75, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.999, 1})
  void equalsMoasEvaluator(double factor) {
    Stream stream = Stream.generated("generators.RandomRBFGenerator -c 3", 5000);
    FadingFactorClassificationPerformanceEvaluator moa =
        new FadingFactorClassificationPerformanceEvaluator();
    moa.alphaOption.setValue(factor);
    moa.reset(3);
    FadedClassScore score = new FadedClassScore(3, factor);
    Random random = new Random(1);
    for (Stream.Row row : stream.rows()) {
      Instance instance = stream.context().instance(row.features());
      instance.setClassValue(row.label());
      int predicted = random.nextInt(3) == 0 ? random.nextInt(3) : row.label();
      double[] votes = new double[3];
      votes[predicted] = 1;
      moa.addResult(new InstanceExample(instance), votes);
      score.add(row.label(), predicted, votes[row.label()], 0, 0);
    }

    var figures = moa.getPerformanceMeasurements();
    assertThat(score.accuracy()).isCloseTo(figures[1].getValue(), within(1e-9));
    assertThat(score.kappa()).isCloseTo(figures[2].getValue(), within(1e-9));
  }

  @Test
  void staysFiniteOverALongStream() {
    FadedClassScore score = new FadedClassScore(2, 0.5);
    for (int i = 0; i < 100_000; i++) {
      score.add(i % 2, 0, 0.5, 0, 0);
    }

    // The last label was missed and counts 1, the one before was met and counts a half.
    assertThat(score.accuracy()).isCloseTo(100.0 / 3, within(1e-9));
    assertThat(score.logLoss()).isCloseTo(Math.log(2), within(1e-12));
  }

  @Test
  void nothingIsDefinedBeforeTheFirstLabel() {
    FadedClassScore score = new FadedClassScore(2, 0.9);

    assertThat(score.accuracy()).isNaN();
    assertThat(score.kappa()).isNaN();
    assertThat(score.logLoss()).isNaN();
    assertThatThrownBy(() -> new FadedClassScore(2, 0))
        .hasMessage("a fading factor is above 0 to 1, not 0.0");
  }
}
