/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TypicalCostsTest {

  private final TypicalCosts costs = new TypicalCosts();

  @Test
  void aFewOfAnAgeAreMeasuredAndThenOneInSixteen() {
    int asked = 0;
    for (int key = 0; key < 8 + 160; key++) {
      if (!costs.isKnown(64)) {
        asked++;
        costs.measured(64, 1000, 50);
      }
    }

    assertThat(asked).isEqualTo(8 + 10);
    assertThat(costs.isKnown(256)).isFalse();
  }

  @Test
  void anAgeReachesToFourTimesItsBeginning() {
    costs.measured(64, 1000, 50);
    costs.measured(255, 3000, 70);
    costs.measured(256, 9000, 90);

    assertThat(costs.bytes(100)).isEqualTo(2000);
    assertThat(costs.writeNanos(64)).isEqualTo(60);
    assertThat(costs.bytes(1023)).isEqualTo(9000);
  }

  @Test
  void growthIsThatFromOneAgeToTheNext() {
    costs.measured(64, 1000, 50);
    assertThat(costs.bytesPerLabel(64)).isZero();

    costs.measured(264, 5000, 50);

    assertThat(costs.bytesPerLabel(64)).isEqualTo(20);
    assertThat(costs.bytesPerLabel(264)).isZero();
  }

  @Test
  void meansFollowWhatWasMeasuredLately() {
    for (int i = 0; i < 8; i++) {
      costs.measured(64, 1000, 50);
    }
    for (int i = 0; i < 100; i++) {
      costs.measured(64, 4000, 50);
    }

    assertThat(costs.bytes(64)).isBetween(3990L, 4000L);
  }
}
