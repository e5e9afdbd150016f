/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AucHistogramTest {

  @Test
  void equalsTheShareOfPairsInTheRightOrder() {
    for (int exactUpTo : new int[] {0, 4}) {
      AucHistogram histogram = new AucHistogram(exactUpTo, 128);
      histogram.add(0.8, true);
      histogram.add(0.1, false);
      histogram.add(0.35, true);
      histogram.add(0.4, false);

      assertThat(histogram.auc()).isEqualTo(0.75);
      assertThat(histogram.error()).isZero();
    }
  }

  @Test
  void countsTiesHalf() {
    AucHistogram kept = new AucHistogram(2, 16);
    AucHistogram binned = new AucHistogram(1, 16);
    for (AucHistogram histogram : new AucHistogram[] {kept, binned}) {
      histogram.add(0.5, true);
      histogram.add(0.5, false);
      assertThat(histogram.auc()).isEqualTo(0.5);
    }

    assertThat(kept.error()).isZero();
    assertThat(binned.error()).isEqualTo(0.5);
  }

  @Test
  void tellsNeighboursApartWhileScoresAreKept() {
    AucHistogram histogram = new AucHistogram(4, 1);
    histogram.add(Math.nextUp(0.25), true);
    histogram.add(0.25, false);
    assertThat(histogram.auc()).isEqualTo(1);
    histogram.add(-0.0, true);
    histogram.add(0.0, false);
    // Positives at 0 and just above 0.25, negatives at 0 and 0.25: tie, lost; won, won.
    assertThat(histogram.auc()).isEqualTo(2.5 / 4);

    histogram.add(0.9, true);
    assertThat(histogram.auc()).isEqualTo(4.0 / 6);
    assertThat(histogram.error()).isEqualTo(2.0 / 2 / 6);
  }

  @Test
  void refusesWhatIsNoScoreAndWhatDoesNotMerge() {
    AucHistogram histogram = new AucHistogram(4, 16);
    assertThatThrownBy(() -> histogram.add(Double.NaN, true)).hasMessageContaining("not NaN");
    assertThatThrownBy(() -> histogram.merge(new AucHistogram(4, 32)))
        .hasMessage("4 scores and 16 bins against 4 and 32");
    assertThatThrownBy(() -> new AucHistogram(4, 12)).hasMessageContaining("power of two");
  }

  @Test
  void isUndefinedForOneClass() {
    AucHistogram histogram = new AucHistogram(0, 16);
    histogram.add(0.5, true);

    assertThat(histogram.auc()).isNaN();
  }

  @Test
  void tellsScoresNearTheEndsApart() {
    AucHistogram histogram = new AucHistogram(0, 16);
    histogram.add(0, false);
    histogram.add(1e-9, true);
    histogram.add(1 - 1e-6, false);
    histogram.add(1, true);

    assertThat(histogram.auc()).isEqualTo(0.75);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 700, 1999, 2000, 5000})
  void isWithinItsErrorOfTheExactAreaAndMergesExactly(int exactUpTo) {
    Random random = new Random(5);
    int n = 2000;
    double[] scores = new double[n];
    boolean[] positive = new boolean[n];
    AucHistogram whole = new AucHistogram(exactUpTo, 16);
    AucHistogram left = new AucHistogram(exactUpTo, 16);
    AucHistogram right = new AucHistogram(exactUpTo, 16);
    for (int i = 0; i < n; i++) {
      positive[i] = random.nextInt(5) == 0;
      double x = random.nextGaussian() * 3 + (positive[i] ? 1 : 0);
      // Some scores come again.
      scores[i] = random.nextInt(4) == 0 ? random.nextInt(9) / 8.0 : 1 / (1 + Math.exp(-x));
      whole.add(scores[i], positive[i]);
      (i % 3 == 0 ? left : right).add(scores[i], positive[i]);
      if (i % 97 == 0) {
        whole.auc();
        left.auc();
      }
    }
    AucHistogram other = new AucHistogram(exactUpTo, 16);
    other.merge(right);
    other.merge(left);
    left.merge(right);

    double inOrder = 0;
    double pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          inOrder += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    double exact = inOrder / pairs;
    if (exactUpTo < n) {
      assertThat(whole.error()).isGreaterThan(0).isLessThan(0.03);
      assertThat(whole.auc()).isCloseTo(exact, within(whole.error()));
    } else {
      assertThat(whole.error()).isZero();
      assertThat(whole.auc()).isEqualTo(exact);
    }
    assertThat(left.auc()).isEqualTo(whole.auc());
    assertThat(other.auc()).isEqualTo(whole.auc());
    assertThat(left.error()).isEqualTo(whole.error());
  }
}
