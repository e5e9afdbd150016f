/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VotesTest {

  @Test
  void areAsLongAsTheClassListAndAddUpToOne() {
    assertThat(Votes.normalised(new double[] {3}, 3)).containsExactly(1, 0, 0);
    assertThat(Votes.normalised(new double[] {1, 3}, 2)).containsExactly(0.25, 0.75);
    assertThat(Votes.normalised(new double[] {1, 1, 7}, 2)).containsExactly(0.5, 0.5);
  }

  @Test
  void areEqualWhereTheLearnerGaveNone() {
    assertThat(Votes.normalised(new double[0], 2)).containsExactly(0.5, 0.5);
    assertThat(Votes.normalised(new double[] {0, 0}, 2)).containsExactly(0.5, 0.5);
    assertThat(Votes.normalised(new double[] {Double.NaN, -1}, 4))
        .containsExactly(0.25, 0.25, 0.25, 0.25);
    assertThat(Votes.normalised(new double[] {Double.POSITIVE_INFINITY, 1}, 2))
        .containsExactly(0, 1);
  }

  @Test
  void predictTheirFirstMaximum() {
    assertThat(Votes.predicted(new double[0])).isZero();
    assertThat(Votes.predicted(new double[] {1, 2, 2})).isEqualTo(1);
    assertThat(Votes.predicted(new double[] {0, 0})).isZero();
  }
}
