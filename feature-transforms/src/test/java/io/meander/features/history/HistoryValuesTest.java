/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Values worked out by hand. */
class HistoryValuesTest {

  private static final double NONE = Double.NaN;
  private static final long MINUTE = 60_000;

  @Test
  void aWindowOverTimeForgetsPaneByPane() {
    History mean = window(Stat.MEAN, Duration.ofHours(1), 60).begin();
    assertThat(mean.value(NONE, 0)).isNaN();
    mean.add(10, 0);
    mean.add(20, 30 * MINUTE + 5);
    assertThat(mean.value(NONE, 30 * MINUTE + 5)).isEqualTo(15);
    assertThat(mean.value(NONE, 60 * MINUTE - 1)).isEqualTo(15);
    // The pane of minute 0 is the sixty-first, however early in it the number was.
    assertThat(mean.value(NONE, 60 * MINUTE)).isEqualTo(20);
    assertThat(mean.value(NONE, 90 * MINUTE)).isNaN();
  }

  @Test
  void everyStatOfAWindow() {
    double[] inputs = {4, 8, 6, 2};
    assertThat(ofWindow(Stat.COUNT, inputs)).isEqualTo(4);
    assertThat(ofWindow(Stat.RATE, inputs)).isEqualTo(4 / 60.0);
    assertThat(ofWindow(Stat.SUM, inputs)).isEqualTo(20);
    assertThat(ofWindow(Stat.MEAN, inputs)).isEqualTo(5);
    assertThat(ofWindow(Stat.MIN, inputs)).isEqualTo(2);
    assertThat(ofWindow(Stat.MAX, inputs)).isEqualTo(8);
    assertThat(ofWindow(Stat.STD, inputs)).isEqualTo(Math.sqrt(20 / 3.0), within(1e-12));
    for (Stat stat : new Stat[] {Stat.COUNT, Stat.RATE, Stat.SUM}) {
      assertThat(ofWindow(stat)).as(stat.word()).isZero();
    }
    for (Stat stat : new Stat[] {Stat.MEAN, Stat.MIN, Stat.MAX, Stat.STD}) {
      assertThat(ofWindow(stat)).as(stat.word()).isNaN();
    }
    assertThat(ofWindow(Stat.STD, 3)).isNaN();
  }

  @Test
  void whatComesOutOfOrderGoesToItsPaneWhileThatIsKept() {
    History sum = window(Stat.SUM, Duration.ofMinutes(10), 10).begin();
    sum.add(1, 20 * MINUTE);
    sum.add(2, 12 * MINUTE);
    sum.add(4, 10 * MINUTE); // its pane is gone
    assertThat(sum.value(NONE, 20 * MINUTE)).isEqualTo(3);
    assertThat(sum.value(NONE, 21 * MINUTE)).isEqualTo(3);
    assertThat(sum.value(NONE, 22 * MINUTE)).isEqualTo(1);
    // An event that is late itself does not see what happened after it.
    assertThat(sum.value(NONE, 19 * MINUTE)).isEqualTo(2);
    assertThat(sum.value(NONE, 5 * MINUTE)).isZero();
  }

  @Test
  void timesBeforeTheEpochHavePanesToo() {
    History count = window(Stat.COUNT, Duration.ofMinutes(2), 2).begin();
    count.add(1, -MINUTE - 1);
    count.add(1, -1);
    assertThat(count.value(NONE, -1)).isEqualTo(2);
    assertThat(count.value(NONE, 0)).isEqualTo(1);
  }

  @Test
  void aWindowOverTheLastOnes() {
    assertThat(lastThree(Stat.MEAN, 0, 100, 1, 2, 6)).isEqualTo(3);
    assertThat(lastThree(Stat.SUM, 0, 100, 1, 2, 6)).isEqualTo(9);
    assertThat(lastThree(Stat.MIN, 0, 0, 1, 2, 6)).isEqualTo(1);
    assertThat(lastThree(Stat.MAX, 0, 100, 1, 2, 6)).isEqualTo(6);
    assertThat(lastThree(Stat.STD, 0, 100, 1, 2, 6)).isEqualTo(Math.sqrt(7), within(1e-12));
    assertThat(lastThree(Stat.DISTINCT, 0, 1, 5, 7, 5)).isEqualTo(2);
    assertThat(lastThree(Stat.QUANTILE, 0.5, 9, 1, 6, 2)).isEqualTo(2);
    assertThat(lastThree(Stat.QUANTILE, 0.9, 9, 1, 6, 2)).isEqualTo(6);
    assertThat(lastThree(Stat.QUANTILE, 0.5, 9)).isEqualTo(9);
    assertThat(lastThree(Stat.QUANTILE, 0.5)).isNaN();
    assertThat(lastThree(Stat.DISTINCT, 0)).isZero();
  }

  @Test
  void lagAndDelta() {
    History lag = new HistoryForm.Lag(2, false).begin();
    History delta = new HistoryForm.Lag(2, true).begin();
    for (double input : new double[] {3, 5}) {
      assertThat(lag.value(9, 0)).isNaN();
      assertThat(delta.value(9, 0)).isNaN();
      lag.add(input, 0);
      delta.add(input, 0);
    }
    assertThat(lag.value(NONE, 0)).isEqualTo(3);
    assertThat(delta.value(10, 0)).isEqualTo(7);
    assertThat(delta.value(NONE, 0)).isNaN();
    lag.add(8, 0);
    assertThat(lag.value(9, 0)).isEqualTo(5);
  }

  @Test
  void sinceLast() {
    History since = new HistoryForm.Since().begin();
    assertThat(since.value(1, 1000)).isNaN();
    since.add(1, 1000);
    assertThat(since.value(1, 3500)).isEqualTo(2.5);
    since.add(1, 500);
    assertThat(since.value(1, 3500)).isEqualTo(2.5);
    assertThat(since.value(1, 700)).isZero();
  }

  @Test
  void aMeanWithAHalfLifeInTime() {
    History ewma = new HistoryForm.Weighted(Duration.ofHours(1), 0).begin();
    assertThat(ewma.value(NONE, 0)).isNaN();
    ewma.add(10, 0);
    assertThat(ewma.value(NONE, 99 * MINUTE)).isEqualTo(10);
    ewma.add(40, 60 * MINUTE); // the first weighs half
    assertThat(ewma.value(NONE, 60 * MINUTE)).isEqualTo((5 + 40) / 1.5, within(1e-12));
    ewma.add(100, 0); // late, and as old as the first
    assertThat(ewma.value(NONE, 60 * MINUTE)).isEqualTo((5 + 40 + 50) / 2.0, within(1e-12));
  }

  @Test
  void aMeanWithAHalfLifeInNumbers() {
    History ewma = new HistoryForm.Weighted(null, 2).begin();
    ewma.add(8, 0);
    ewma.add(0, 0);
    ewma.add(2, 0);
    double w = Math.sqrt(0.5);
    assertThat(ewma.value(NONE, 0)).isEqualTo((8 * 0.5 + 2) / (0.5 + w + 1), within(1e-12));
  }

  @Test
  void scaling() {
    History deviations = new HistoryForm.Scaled(true).begin();
    History range = new HistoryForm.Scaled(false).begin();
    assertThat(range.value(5, 0)).isNaN();
    for (double input : new double[] {2, 4, 6}) {
      deviations.add(input, 0);
      range.add(input, 0);
    }
    assertThat(deviations.value(10, 0)).isEqualTo(3);
    assertThat(range.value(3, 0)).isEqualTo(0.25);
    assertThat(range.value(1, 0)).isZero();
    assertThat(range.value(7, 0)).isEqualTo(1);
    assertThat(range.value(NONE, 0)).isNaN();
    assertThat(deviations.value(NONE, 0)).isNaN();
  }

  @Test
  void scalingOfWhatWasAlwaysTheSame() {
    History deviations = new HistoryForm.Scaled(true).begin();
    History range = new HistoryForm.Scaled(false).begin();
    for (int i = 0; i < 2; i++) {
      assertThat(deviations.value(3, 0)).isNaN();
      deviations.add(3, 0);
      range.add(3, 0);
    }
    assertThat(deviations.value(9, 0)).isZero();
    assertThat(range.value(3, 0)).isEqualTo(0.5);
    assertThat(range.value(4, 0)).isEqualTo(1);
  }

  @Test
  void frequency() {
    History seen = new HistoryForm.Seen(64).begin();
    assertThat(seen.value(17, 0)).isZero();
    seen.add(17, 0);
    seen.add(17, 0);
    seen.add(4_000_000_000.0, 0);
    assertThat(seen.value(17, 0)).isEqualTo(2);
    assertThat(seen.value(4_000_000_000.0, 0)).isEqualTo(1);
    assertThat(seen.value(NONE, 0)).isNaN();
  }

  @Test
  void targetMeansAreDrawnTowardsTheOverallMean() {
    History target = new HistoryForm.Target(8, 2).begin();
    assertThat(target.value(3, 0)).isNaN();
    target.addLabel(3, 1, 0);
    target.addLabel(3, 1, 0);
    target.addLabel(4, 0, 0);
    target.addLabel(NONE, 0, 0); // of no value, but a label
    assertThat(target.value(3, 0)).isEqualTo((2 + 2 * 0.5) / 4);
    assertThat(target.value(4, 0)).isEqualTo((0 + 2 * 0.5) / 3, within(1e-12));
    assertThat(target.value(5, 0)).isEqualTo(0.5);
    assertThat(target.value(NONE, 0)).isEqualTo(0.5);
    History bare = new HistoryForm.Target(8, 0).begin();
    bare.addLabel(3, 1, 0);
    assertThat(bare.value(4, 0)).isEqualTo(1);
  }

  @Test
  void refusesWhatCannotBeKept() {
    assertThatThrownBy(() -> window(Stat.MEAN, Duration.ofMillis(5), 10))
        .hasMessage("a window of 10 panes is from 10ms to 3650d long");
    assertThatThrownBy(() -> window(Stat.MEAN, Duration.ofSeconds(1), 60))
        .hasMessageContaining("set panes to a divisor");
    assertThatThrownBy(() -> new HistoryForm.LastN(Stat.COUNT, 0, 5))
        .hasMessage("a count is over a time: set last to a duration, such as last: 1h");
    assertThatThrownBy(() -> new HistoryForm.LastN(Stat.MEAN, 0, 0))
        .hasMessage("so many are from 1 to 10000, not 0");
  }

  static HistoryForm.Window window(Stat stat, Duration last, int panes) {
    return new HistoryForm.Window(stat, 0.5, last, panes);
  }

  private static double ofWindow(Stat stat, double... inputs) {
    History history = window(stat, Duration.ofMinutes(1), 60).begin();
    for (int i = 0; i < inputs.length; i++) {
      history.add(inputs[i], i * 10_000L);
    }
    return history.value(NONE, 45_000);
  }

  private static double lastThree(Stat stat, double share, double... inputs) {
    History history = new HistoryForm.LastN(stat, stat == Stat.QUANTILE ? share : 0.5, 3).begin();
    for (double input : inputs) {
      history.add(input, 0);
    }
    return history.value(NONE, 0);
  }
}
