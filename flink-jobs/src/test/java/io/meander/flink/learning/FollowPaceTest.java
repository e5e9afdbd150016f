/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FollowPaceTest {

  private static final int MANY = FollowPace.FEW + 1;
  private static final long MILLI = 1_000_000;

  private long now = 17 * MILLI;
  private final FollowPace pace = new FollowPace(() -> now);

  @Test
  void fewKeysAreNeverHeldUp() {
    for (int i = 0; i < 100; i++) {
      assertThat(pace.follows(FollowPace.FEW)).isTrue();
      now += 50 * MILLI;
      pace.done();
    }
  }

  @Test
  void manyKeysTakeATenthOfTheTimeAtMost() {
    long began = now;
    long following = 0;
    while (now < began + 10_000 * MILLI) {
      if (pace.follows(MANY)) {
        now += MILLI / 2;
        following += MILLI / 2;
        pace.done();
      }
      now += MILLI / 10; // an event that is just answered
    }
    assertThat(following).isBetween(950 * MILLI, 1_010 * MILLI);
  }

  @Test
  void aPauseSavesUpFiveMillisecondsAtMost() {
    now += 60_000 * MILLI;
    assertThat(pace.follows(MANY)).isTrue();
    now += 6 * MILLI;
    pace.done();

    assertThat(pace.follows(MANY)).isFalse();
    now += 9 * MILLI;
    assertThat(pace.follows(MANY)).isTrue();
  }

  @Test
  void whatDoesNotFollowIsNotCharged() {
    assertThat(pace.follows(MANY)).isTrue();
    now += 6 * MILLI;
    pace.done();
    assertThat(pace.follows(MANY)).isFalse();
    now += 10_000 * MILLI;
    pace.done();

    assertThat(pace.follows(MANY)).isTrue();
  }
}
