/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoreQuantileTest {

  @Test
  void saysNothingWhileNoneMayBeAboveIt() {
    ScoreQuantile quantile = new ScoreQuantile(0.75, 8);
    quantile.add(0.3);
    quantile.add(0.1);
    quantile.add(0.4);
    assertThat(quantile.value()).isNaN();

    quantile.add(0.2); // of 4 one may be above it

    assertThat(quantile.value()).isEqualTo(0.3);
  }

  @Test
  void isThatOfTheLastScoresAlone() {
    ScoreQuantile quantile = new ScoreQuantile(0.5, 4);
    for (double score : new double[] {0.9, 0.8, 0.1, 0.2, 0.3, 0.4}) {
      quantile.add(score);
    }
    assertThat(quantile.value()).isEqualTo(0.2); // of 0.1, 0.2, 0.3, 0.4 two may be above it
  }

  @Test
  void equalsASortedWindowAlsoWhenStoredInBetween() throws IOException {
    for (double q : new double[] {0.5, 0.9, 0.995}) {
      Random random = new Random(5);
      ScoreQuantile quantile = new ScoreQuantile(q, 400);
      List<Double> all = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        double score = Math.rint(random.nextDouble() * 200) / 200; // with ties
        quantile.add(score);
        all.add(score);
        List<Double> window = all.subList(Math.max(0, all.size() - 400), all.size());
        int above = (int) Math.floor((1 - q) * window.size() + 1e-9);
        if (above == 0) {
          assertThat(quantile.value()).isNaN();
        } else {
          List<Double> sorted = window.stream().sorted().toList();
          assertThat(quantile.value()).isEqualTo(sorted.get(sorted.size() - 1 - above));
        }
        if (i % 97 == 0) {
          quantile = stored(quantile);
        }
      }
    }
  }

  private static ScoreQuantile stored(ScoreQuantile quantile) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    quantile.write(new DataOutputStream(bytes));
    return ScoreQuantile.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
