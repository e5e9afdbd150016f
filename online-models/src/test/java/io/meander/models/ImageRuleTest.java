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
    assertThat(RULE.dueOrNull(20 * MILLI - 1, MILLI, MILLI, 0, 0)).isNull();
    assertThat(RULE.dueOrNull(20 * MILLI, MILLI, MILLI, 0, 0)).isEqualTo(ImageRule.Reason.REPLAY);
    // 5 µs an instance: 4,000 instances to an image, and a twentieth of the time.
    assertThat(RULE.instances(5 * MICRO, MILLI, MILLI)).isEqualTo(4000);
    assertThat(RULE.cost(5 * MICRO, MILLI, MILLI)).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void theLoadBoundWinsOverTheCost() {
    // Writing takes 10 ms, so k alone would let replay take 200 ms.
    assertThat(RULE.dueOrNull(89 * MILLI, 10 * MILLI, 10 * MILLI, 0, 0)).isNull();
    assertThat(RULE.dueOrNull(90 * MILLI, 10 * MILLI, 10 * MILLI, 0, 0))
        .isEqualTo(ImageRule.Reason.LOAD_BOUND);
    assertThat(RULE.cost(150 * MICRO, 10 * MILLI, 10 * MILLI)).isCloseTo(1 / 9.0, within(1e-12));
  }

  @Test
  void imagesNeverCostMoreThanLearningEvenIfTheBoundCannotBeKept() {
    assertThat(RULE.dueOrNull(299 * MILLI, 300 * MILLI, 400 * MILLI, 0, 0)).isNull();
    assertThat(RULE.dueOrNull(300 * MILLI, 300 * MILLI, 400 * MILLI, 0, 0))
        .isEqualTo(ImageRule.Reason.LOAD_BOUND);
    assertThat(RULE.cost(150 * MICRO, 300 * MILLI, 400 * MILLI)).isEqualTo(1);
  }

  @Test
  void theLogIsBoundedInBytes() {
    assertThat(RULE.dueOrNull(1, MILLI, MILLI, (4L << 20) - 1, 0)).isNull();
    assertThat(RULE.dueOrNull(1, MILLI, MILLI, 4L << 20, 0)).isEqualTo(ImageRule.Reason.LOG_BYTES);
  }

  @Test
  void aKeyThatIsLoadedOftenIsWrittenSooner() {
    // Loaded once, as after a restore: as if it had stayed.
    assertThat(RULE.dueOrNull(19 * MILLI, MILLI, MILLI, 0, 1)).isNull();
    assertThat(RULE.dueOrNull(2 * MILLI - 1, MILLI, MILLI, 0, 2)).isNull();
    assertThat(RULE.dueOrNull(2 * MILLI, MILLI, MILLI, 0, 2)).isEqualTo(ImageRule.Reason.LOADS);
    // Eight replays of a quarter millisecond or less: an image of a millisecond has paid.
    assertThat(RULE.dueOrNull(MILLI / 4 - 1, MILLI, MILLI, 0, 9)).isNull();
    assertThat(RULE.dueOrNull(MILLI / 4, MILLI, MILLI, 0, 9)).isEqualTo(ImageRule.Reason.LOADS);
  }

  @Property
  void isNeverDueWithoutALogAndStaysDueOnceItIs(
      @ForAll @LongRange(min = 0, max = 1L << 40) long replay,
      @ForAll @LongRange(min = 0, max = 1L << 35) long write,
      @ForAll @LongRange(min = 0, max = 1L << 35) long read) {
    assertThat(RULE.dueOrNull(0, write, read, 0, 0)).isNull();
    if (RULE.dueOrNull(replay, write, read, 0, 0) != null) {
      assertThat(RULE.dueOrNull(replay + 1, write, read, 0, 0)).isNotNull();
    }
  }

  @Test
  void refusesBoundsThatAreNone() {
    assertThatThrownBy(() -> ImageRule.of(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
