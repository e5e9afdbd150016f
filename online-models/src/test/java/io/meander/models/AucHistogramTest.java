/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AucHistogramTest {

  @Test
  void equalsTheShareOfPairsInTheRightOrder() {
    AucHistogram histogram = new AucHistogram(128);
    histogram.add(0.1, false);
    histogram.add(0.4, false);
    histogram.add(0.35, true);
    histogram.add(0.8, true);

    assertThat(histogram.auc()).isEqualTo(0.75);
    assertThat(histogram.error()).isZero();
  }

  @Test
  void countsTiesHalf() {
    AucHistogram histogram = new AucHistogram(16);
    histogram.add(0.5, false);
    histogram.add(0.5, true);

    assertThat(histogram.auc()).isEqualTo(0.5);
    assertThat(histogram.error()).isEqualTo(0.5);
  }

  @Test
  void isUndefinedForOneClass() {
    AucHistogram histogram = new AucHistogram(16);
    histogram.add(0.5, true);

    assertThat(histogram.auc()).isNaN();
  }

  @Test
  void tellsScoresNearTheEndsApart() {
    AucHistogram histogram = new AucHistogram(16);
    histogram.add(0, false);
    histogram.add(1e-9, true);
    histogram.add(1 - 1e-6, false);
    histogram.add(1, true);

    assertThat(histogram.auc()).isEqualTo(0.75);
  }

  @Test
  void isWithinItsErrorOfTheExactAreaAndMergesExactly() {
    Random random = new Random(5);
    int n = 2000;
    double[] scores = new double[n];
    boolean[] positive = new boolean[n];
    AucHistogram whole = new AucHistogram(16);
    AucHistogram left = new AucHistogram(16);
    AucHistogram right = new AucHistogram(16);
    for (int i = 0; i < n; i++) {
      positive[i] = random.nextInt(5) == 0;
      double x = random.nextGaussian() * 3 + (positive[i] ? 1 : 0);
      scores[i] = 1 / (1 + Math.exp(-x));
      whole.add(scores[i], positive[i]);
      (i % 3 == 0 ? left : right).add(scores[i], positive[i]);
    }
    left.merge(right);

    double right2 = 0;
    double pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          right2 += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    assertThat(whole.error()).isLessThan(0.02);
    assertThat(whole.auc()).isCloseTo(right2 / pairs, within(whole.error()));
    assertThat(left.auc()).isEqualTo(whole.auc());
  }
}
