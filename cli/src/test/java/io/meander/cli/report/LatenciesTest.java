/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.models.Answer;
import io.meander.models.Answer.SlotAnswer;
import io.meander.models.Observation;
import io.meander.models.Scored;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private final Latencies latencies = new Latencies();

  @Test
  void percentilesAreOfTheLabels() {
    for (int i = 1; i <= 100; i++) {
      add(5_000, 5_000 + i * 60_000L);
    }

    assertThat(latencies.count()).isEqualTo(100);
    assertThat(latencies.seconds(0)).isCloseTo(60, within(0.06));
    assertThat(latencies.seconds(50)).isCloseTo(3000, within(3.0));
    assertThat(latencies.seconds(99)).isCloseTo(5940, within(6.0));
    assertThat(latencies.seconds(100)).isCloseTo(6000, within(6.0));
  }

  @Test
  void aBarIsTwiceAsWideAsTheOneBefore() {
    add(0, 500);
    add(0, 1_500);
    add(0, 1_600);
    add(0, 7_000);

    assertThat(latencies.bars()).extracting(Latencies.Bar::count).containsExactly(1L, 2L, 0L, 1L);
    assertThat(latencies.bars().get(3).seconds()).isCloseTo(4, within(0.01));
    assertThat(latencies.bars().get(3).toSeconds()).isCloseTo(8, within(0.02));
  }

  @Test
  void anEarlyLabelHasWaitedForNothingAndOneWithoutATimeDoesNotCount() {
    add(5_000, 1_000);
    add(Observation.NO_TIME, 1_000);
    add(5_000, Observation.NO_TIME);

    assertThat(latencies.count()).isEqualTo(1);
    assertThat(latencies.seconds(100)).isZero();
  }

  @Test
  void thereIsNothingToSayOfNone() {
    assertThat(latencies.seconds(50)).isNaN();
    assertThat(latencies.bars()).isEmpty();
  }

  private void add(long eventTime, long labelTime) {
    SlotAnswer[] slots = {new SlotAnswer("a", 1, 0, 0, 0, new double[] {1, 0})};
    Answer answer = new Answer("e", "k", eventTime, 1, slots, 0, 0, 0, new String[0]);
    latencies.add(new Scored(answer, 0, labelTime, 0));
  }
}
