/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Quantiles and distinct counts over a time, against references that keep everything. */
class SketchedWindowTest {

  private static final double NONE = Double.NaN;
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void smallWindowsAreExact() {
    History median = quantile(0.5, 32).begin();
    History distinct = distinct(128).begin();
    assertThat(median.value(NONE, 0)).isNaN();
    assertThat(distinct.value(NONE, 0)).isZero();
    for (double input : new double[] {9, 1, 6, 2, 6}) {
      median.add(input, 0);
      distinct.add(input, 0);
    }
    assertThat(median.value(NONE, 0)).isEqualTo(6);
    assertThat(distinct.value(NONE, 0)).isBetween(4.0, 4.0001);
    // The panes that the window has left behind are not in it.
    median.add(3, 59 * 60_000L);
    distinct.add(3, 59 * 60_000L);
    assertThat(median.value(NONE, 59 * 60_000L)).isEqualTo(3);
    assertThat(median.value(NONE, 60 * 60_000L)).isEqualTo(3);
    assertThat(distinct.value(NONE, 60 * 60_000L)).isBetween(1.0, 1.0001);
    assertThat(distinct.value(NONE, 59 * 60_000L - 300_000)).isBetween(4.0, 4.0001);
  }

  /** A window's form, and how many events come into it of how many different values. */
  record Load(HistoryForm.Sketched form, int events, int values, long seed) {}

  @Property(tries = 300, seed = "11", shrinking = ShrinkingMode.OFF)
  void whatNoPaneHadToThinOutIsThatOfAllThatWasKept(@ForAll("loads") Load load) {
    HistoryForm.Sketched form = load.form();
    Random random = new Random(load.seed());
    History history = form.begin();
    List<WindowReferenceTest.Event> all = new ArrayList<>();
    long width = form.resolution().toMillis();
    long now = -3 * HOUR.toMillis();
    // Into each pane go so few that quantiles are exact and distinct counts are so nearly.
    for (int i = 0; i < 7 * form.panes(); i++) {
      now += width / 6;
      long time = now - random.nextInt((int) width);
      long pane = Math.floorDiv(time, width);
      double[] in =
          all.stream()
              .filter(e -> Math.floorDiv(e.time(), width) <= pane)
              .filter(e -> Math.floorDiv(e.time(), width) > pane - form.panes())
              .mapToDouble(WindowReferenceTest.Event::input)
              .toArray();
      double found = history.value(NONE, time);
      if (form.stat() == Stat.DISTINCT) {
        double expected = Arrays.stream(in).distinct().count();
        assertThat(found).isBetween(expected * 0.8 - 1, expected * 1.2 + 1);
      } else if (in.length == 0) {
        assertThat(found).isNaN();
      } else {
        assertThat(found).isEqualTo(exact(in, form.share()));
      }
      double input = random.nextInt(12);
      history.add(input, time);
      all.add(new WindowReferenceTest.Event(input, time));
      long oldest = Math.floorDiv(newest(all), width) - form.panes();
      all.removeIf(e -> Math.floorDiv(e.time(), width) <= oldest);
    }
  }

  private static long newest(List<WindowReferenceTest.Event> events) {
    return events.stream().mapToLong(WindowReferenceTest.Event::time).max().orElseThrow();
  }

  private static double exact(double[] in, double share) {
    double[] sorted = in.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  @Property(tries = 150, seed = "12", shrinking = ShrinkingMode.OFF)
  void largeOnesAreAsNearAsTheDocumentsSay(@ForAll("loads") Load load) {
    Random random = new Random(load.seed());
    HistoryForm.Sketched form = load.form();
    double[] all = new double[load.events()];
    History history = form.begin();
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextInt(load.values());
      history.add(all[i], i * (HOUR.toMillis() - 1) / all.length);
    }
    double found = history.value(NONE, HOUR.toMillis() - 1);
    if (form.stat() == Stat.DISTINCT) {
      double expected = Arrays.stream(all).distinct().count();
      // Four standard errors.
      double error = 4 * 1.04 / Math.sqrt(form.size()) * expected;
      assertThat(found).isBetween(expected - error - 0.5, expected + error + 0.5);
    } else {
      double error = rankError(all, found, form.share());
      assertThat(error).isLessThan(3.0 / form.size());
    }
  }

  /** How far the share asked for is from the shares that the value stands for. */
  private static double rankError(double[] all, double found, double share) {
    double below = Arrays.stream(all).filter(x -> x < found).count() / (double) all.length;
    double upTo = Arrays.stream(all).filter(x -> x <= found).count() / (double) all.length;
    return Math.max(0, Math.max(below - share, share - upTo));
  }

  @Test
  void quantilesAreOffByWhatTheDocumentsSay() {
    for (int size : new int[] {16, 32, 64, 256}) {
      for (int panes : new int[] {1, 12}) {
        double[] errors = new double[2000];
        Random random = new Random(size);
        for (int i = 0; i < errors.length; i++) {
          double share = 0.05 + 0.9 * random.nextDouble();
          History history =
              new HistoryForm.Sketched(Stat.QUANTILE, share, HOUR, panes, size).begin();
          double[] all = new double[6000];
          for (int j = 0; j < all.length; j++) {
            all[j] = random.nextGaussian();
            history.add(all[j], j * 600L);
          }
          errors[i] = rankError(all, history.value(NONE, HOUR.toMillis() - 1), share);
        }
        Arrays.sort(errors);
        // What the documents say of 99 in 100.
        double bound = (panes == 12 ? 1.2 : 4.5) / size;
        assertThat(errors[1980]).as("size %d, %d panes", size, panes).isBetween(bound / 3, bound);
      }
    }
  }

  @Test
  void aSketchKeepsItsBoundsHoweverManyComeAndInWhateverOrder() {
    for (int size : new int[] {16, 32, 1000}) {
      QuantileSketch sketch = new QuantileSketch.Of(size, 0.5).empty();
      int max = new QuantileSketch.Of(size, 0.5).maxBytes();
      for (int i = 0; i < 3_000_000; i++) {
        sketch.add(i);
        if (i % 1009 == 0) {
          ByteBuffer out = ByteBuffer.allocate(max);
          sketch.write(out);
        }
      }
      QuantileSketch.Of kind = new QuantileSketch.Of(size, 0.5);
      double median = kind.value(kind.union(List.of()), sketch);
      assertThat(median / 3_000_000).isBetween(0.5 - 6.0 / size, 0.5 + 6.0 / size);
    }
  }

  @Test
  void refusesWhatCannotBeKept() {
    assertThatThrownBy(() -> quantile(0.5, 8))
        .hasMessage("a sketch of a quantile keeps from 16 to 1000 numbers, not 8");
    assertThatThrownBy(() -> quantile(1, 32))
        .hasMessage("a quantile is above 0 and below 1, not 1.0");
    assertThatThrownBy(() -> distinct(100))
        .hasMessageStartingWith(
            "a sketch of distinct values has a power of two of registers, from 16 to 4096");
    assertThatThrownBy(() -> new HistoryForm.Sketched(Stat.MEAN, 0.5, HOUR, 12, 32))
        .hasMessage("a mean takes no sketch");
  }

  @Provide
  Arbitrary<Load> loads() {
    return Arbitraries.randomValue(
        random ->
            new Load(
                random.nextBoolean()
                    ? quantile(0.05 + 0.9 * random.nextDouble(), 16 << random.nextInt(4))
                    : distinct(64 << random.nextInt(4)),
                1000 + random.nextInt(9000),
                1 + random.nextInt(5000),
                random.nextLong()));
  }

  private static HistoryForm.Sketched quantile(double share, int size) {
    return new HistoryForm.Sketched(Stat.QUANTILE, share, HOUR, 12, size);
  }

  private static HistoryForm.Sketched distinct(int registers) {
    return new HistoryForm.Sketched(Stat.DISTINCT, 0.5, HOUR, 12, registers);
  }
}
