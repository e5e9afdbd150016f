/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ImageRuleTest {

  private static final long MICRO = 1000;
  private static final long MILLI = 1000 * MICRO;
  private static final ImageRule RULE = ImageRule.of(Duration.ofMillis(100));

  @Test
  void aCheapModelIsWrittenWhenReplayTakesTwentyTimesAsLongAsWriting() {
    assertThat(RULE.isDue(20 * MILLI - 1, MILLI, MILLI, 0)).isFalse();
    assertThat(RULE.isDue(20 * MILLI, MILLI, MILLI, 0)).isTrue();
    // 5 µs an instance: 4,000 instances to an image, and a twentieth of the time.
    assertThat(RULE.instances(5 * MICRO, MILLI, MILLI)).isEqualTo(4000);
    assertThat(RULE.cost(5 * MICRO, MILLI, MILLI)).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void theLoadBoundWinsOverTheCost() {
    // Writing takes 10 ms, so k alone would let replay take 200 ms.
    assertThat(RULE.isDue(89 * MILLI, 10 * MILLI, 10 * MILLI, 0)).isFalse();
    assertThat(RULE.isDue(90 * MILLI, 10 * MILLI, 10 * MILLI, 0)).isTrue();
    assertThat(RULE.cost(150 * MICRO, 10 * MILLI, 10 * MILLI)).isCloseTo(1 / 9.0, within(1e-12));
  }

  @Test
  void imagesNeverCostMoreThanLearningEvenIfTheBoundCannotBeKept() {
    assertThat(RULE.isDue(299 * MILLI, 300 * MILLI, 400 * MILLI, 0)).isFalse();
    assertThat(RULE.isDue(300 * MILLI, 300 * MILLI, 400 * MILLI, 0)).isTrue();
    assertThat(RULE.cost(150 * MICRO, 300 * MILLI, 400 * MILLI)).isEqualTo(1);
  }

  @Test
  void theLogIsBoundedInBytes() {
    assertThat(RULE.isDue(1, MILLI, MILLI, (4L << 20) - 1)).isFalse();
    assertThat(RULE.isDue(1, MILLI, MILLI, 4L << 20)).isTrue();
  }

  @Property
  void isNeverDueWithoutALogAndStaysDueOnceItIs(
      @ForAll @LongRange(min = 0, max = 1L << 40) long replay,
      @ForAll @LongRange(min = 0, max = 1L << 35) long write,
      @ForAll @LongRange(min = 0, max = 1L << 35) long read) {
    assertThat(RULE.isDue(0, write, read, 0)).isFalse();
    if (RULE.isDue(replay, write, read, 0)) {
      assertThat(RULE.isDue(replay + 1, write, read, 0)).isTrue();
    }
  }

  @Test
  void refusesBoundsThatAreNone() {
    assertThatThrownBy(() -> ImageRule.of(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
