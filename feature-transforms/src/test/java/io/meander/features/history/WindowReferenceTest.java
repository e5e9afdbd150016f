/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Histories against references that keep everything and begin anew for every value. */
class WindowReferenceTest {

  /** Something that happened. */
  record Event(double input, long time) {}

  @Property(tries = 600, seed = "7", shrinking = ShrinkingMode.OFF)
  void windowsOverTimeAreThoseOfAllThatWasKept(@ForAll("windows") HistoryForm.Window form) {
    for (int disorder : new int[] {1, 2_000, 60_000}) {
      Random random = new Random(form.hashCode() + disorder);
      History history = form.begin();
      List<Event> kept = new ArrayList<>();
      long width = form.resolution().toMillis();
      long now = -50_000;
      long newest = Long.MIN_VALUE;
      for (int i = 0; i < 200; i++) {
        now += random.nextInt(1_500);
        long time = now - random.nextInt(disorder);
        double expected = reference(form, kept, Math.floorDiv(time, width), width);
        double found = history.value(Double.NaN, time);
        if (Double.isNaN(expected)) {
          assertThat(found).isNaN();
        } else {
          assertThat(found).isCloseTo(expected, within(1e-9 * Math.max(1, Math.abs(expected))));
        }
        Event event = new Event(random.nextInt(100) - 30, time);
        history.add(event.input(), time);
        // Panes that were gone when the event came are so for good.
        if (newest == Long.MIN_VALUE
            || Math.floorDiv(time, width) > Math.floorDiv(newest, width) - form.panes()) {
          kept.add(event);
        }
        newest = Math.max(newest, time);
        long oldest = Math.floorDiv(newest, width) - form.panes();
        kept.removeIf(e -> Math.floorDiv(e.time(), width) <= oldest);
      }
    }
  }

  private static double reference(
      HistoryForm.Window form, List<Event> kept, long pane, long width) {
    double[] in =
        kept.stream()
            .filter(e -> Math.floorDiv(e.time(), width) <= pane)
            .filter(e -> Math.floorDiv(e.time(), width) > pane - form.panes())
            .mapToDouble(Event::input)
            .toArray();
    return form.stat() == Stat.RATE
        ? in.length / (form.last().toMillis() / 1000.0)
        : statistic(form.stat(), 0, in);
  }

  @Property(tries = 400, seed = "8", shrinking = ShrinkingMode.OFF)
  void windowsOverTheLastOnesAreThoseOfAllThatCame(@ForAll("lasts") HistoryForm.LastN form) {
    Random random = new Random(form.hashCode());
    History history = form.begin();
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double[] in =
          all.subList(Math.max(0, all.size() - form.n()), all.size()).stream()
              .mapToDouble(Double::doubleValue)
              .toArray();
      double expected = statistic(form.stat(), form.share(), in);
      if (Double.isNaN(expected)) {
        assertThat(history.value(Double.NaN, 0)).isNaN();
      } else {
        assertThat(history.value(Double.NaN, 0)).isCloseTo(expected, within(1e-9));
      }
      all.add((double) random.nextInt(15));
      history.add(all.get(i), 0);
    }
  }

  @Property(tries = 300, seed = "9", shrinking = ShrinkingMode.OFF)
  void weightedMeansAreThoseOfAllThatCame(@ForAll long seed) {
    Random random = new Random(seed);
    Duration halfLife = Duration.ofSeconds(1 + random.nextInt(100));
    History byTime = new HistoryForm.Weighted(halfLife, 0).begin();
    History byNumber = new HistoryForm.Weighted(null, 5).begin();
    List<Event> all = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 100; i++) {
      now += random.nextInt(3_000);
      Event event = new Event(random.nextInt(100), now - random.nextInt(2_000));
      all.add(event);
      byTime.add(event.input(), event.time());
      byNumber.add(event.input(), event.time());
      long newest = all.stream().mapToLong(Event::time).max().orElseThrow();
      double sum = 0;
      double weights = 0;
      double sumByNumber = 0;
      double weightsByNumber = 0;
      for (int j = 0; j <= i; j++) {
        double weight = Math.pow(0.5, (newest - all.get(j).time()) / (double) halfLife.toMillis());
        sum += weight * all.get(j).input();
        weights += weight;
        double ofNumber = Math.pow(0.5, (i - j) / 5.0);
        sumByNumber += ofNumber * all.get(j).input();
        weightsByNumber += ofNumber;
      }
      assertThat(byTime.value(Double.NaN, now)).isCloseTo(sum / weights, within(1e-9));
      assertThat(byNumber.value(Double.NaN, now))
          .isCloseTo(sumByNumber / weightsByNumber, within(1e-9));
    }
  }

  @Property(tries = 100, seed = "10", shrinking = ShrinkingMode.OFF)
  void frequenciesAreNeverTooLowAndSeldomTooHigh(@ForAll long seed) {
    int width = 64;
    Random random = new Random(seed);
    History seen = new HistoryForm.Seen(width).begin();
    int[] counts = new int[300];
    int n = 1000;
    for (int i = 0; i < n; i++) {
      int value = random.nextInt(1 + random.nextInt(counts.length));
      counts[value]++;
      seen.add(hash(value), 0);
    }
    int beyond = 0;
    for (int value = 0; value < counts.length; value++) {
      double found = seen.value(hash(value), 0);
      assertThat(found).isGreaterThanOrEqualTo(counts[value]);
      beyond += found > counts[value] + Math.E / width * n ? 1 : 0;
    }
    // Below e^-3 of the values, a twentieth, by the sketch's bound.
    assertThat(beyond).isLessThanOrEqualTo(counts.length / 20);
  }

  private static double hash(int value) {
    return (double) (value * 7_919L % 4_294_967_296L);
  }

  private static double statistic(Stat stat, double share, double[] in) {
    double mean = Arrays.stream(in).average().orElse(Double.NaN);
    return switch (stat) {
      case COUNT -> in.length;
      case SUM -> Arrays.stream(in).sum();
      case MEAN -> mean;
      case MIN -> Arrays.stream(in).min().orElse(Double.NaN);
      case MAX -> Arrays.stream(in).max().orElse(Double.NaN);
      case STD ->
          in.length < 2
              ? Double.NaN
              : Math.sqrt(
                  Arrays.stream(in).map(x -> (x - mean) * (x - mean)).sum() / (in.length - 1));
      case DISTINCT -> {
        Set<Double> different = new HashSet<>();
        Arrays.stream(in).forEach(different::add);
        yield different.size();
      }
      case QUANTILE -> {
        double[] sorted = in.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
          if ((i + 1.0) / sorted.length >= share) {
            yield sorted[i];
          }
        }
        yield Double.NaN;
      }
      case RATE -> throw new IllegalArgumentException("of time");
    };
  }

  @Provide
  Arbitrary<HistoryForm.Window> windows() {
    return Arbitraries.of(
            HistoryContractTest.FORMS.stream()
                .filter(HistoryForm.Window.class::isInstance)
                .map(HistoryForm.Window.class::cast)
                .toList())
        .flatMap(
            form ->
                Arbitraries.integers()
                    .between(1, 40)
                    .map(
                        seconds ->
                            new HistoryForm.Window(
                                form.stat(),
                                form.share(),
                                Duration.ofSeconds((long) seconds * form.panes()),
                                form.panes())));
  }

  @Provide
  Arbitrary<HistoryForm.LastN> lasts() {
    return Arbitraries.of(Stat.values())
        .filter(stat -> !stat.isCount())
        .flatMap(
            stat ->
                Arbitraries.integers()
                    .between(1, 30)
                    .map(n -> new HistoryForm.LastN(stat, n % 9 / 10.0 + 0.1, n)));
  }
}
