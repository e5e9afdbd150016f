/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * What every history keeps to: the same additions give the same values and bytes, whether or not it
 * was written and read in between; it never takes more bytes than its form says; asking changes
 * nothing; nothing known is a defined value.
 */
class HistoryContractTest {

  static final List<HistoryForm> FORMS =
      Stream.of(
              Arrays.stream(Stat.values())
                  .filter(stat -> !stat.isSketched())
                  .flatMap(
                      stat ->
                          Stream.of(
                              HistoryValuesTest.window(stat, Duration.ofMinutes(1), 60),
                              HistoryValuesTest.window(stat, Duration.ofMillis(60), 60),
                              HistoryValuesTest.window(stat, Duration.ofSeconds(7), 7))),
              Arrays.stream(Stat.values())
                  .filter(Stat::isSketched)
                  .flatMap(
                      stat ->
                          Stream.of(
                              new HistoryForm.Sketched(stat, 0.7, Duration.ofMinutes(1), 12, 16),
                              new HistoryForm.Sketched(stat, 0.1, Duration.ofHours(9), 3, 256))),
              Arrays.stream(Stat.values())
                  .filter(stat -> !stat.isCount())
                  .map(stat -> new HistoryForm.LastN(stat, 0.75, 10)),
              Stream.of(
                  new HistoryForm.Lag(1, false),
                  new HistoryForm.Lag(4, true),
                  new HistoryForm.Since(),
                  new HistoryForm.Weighted(Duration.ofSeconds(20), 0),
                  new HistoryForm.Weighted(null, 6.58),
                  new HistoryForm.Scaled(true),
                  new HistoryForm.Scaled(false),
                  new HistoryForm.Seen(8),
                  new HistoryForm.Target(8, 3)))
          .flatMap(forms -> forms)
          .map(form -> (HistoryForm) form)
          .toList();

  /** The first moment of the year 1. */
  private static final long EARLIEST = -62_135_596_800_000L;

  private static final double[] EXTREMES = {
    0, -0.0, 1, -1, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 1e300, -1e300
  };

  /**
   * @param outOfOrder by how many milliseconds times may go back
   */
  record Past(long seed, HistoryForm form, int events, int outOfOrder, int step) {}

  @Property(tries = 1500, seed = "5", shrinking = ShrinkingMode.OFF)
  void storedAndReadItIsTheSame(@ForAll("pasts") Past past) {
    Random random = new Random(past.seed());
    History kept = past.form().begin();
    History again = past.form().begin();
    boolean labels = past.form() instanceof HistoryForm.Target;
    long now = 1_000_000;
    for (int i = 0; i < past.events(); i++) {
      now += random.nextInt(past.step());
      long time = now - random.nextInt(past.outOfOrder());
      double input = random.nextInt(10) == 0 ? random.nextGaussian() * 1e9 : random.nextInt(20);
      double own = past.form().comparesOwn() ? Math.abs(random.nextInt(50)) : Double.NaN;
      if (random.nextInt(3) == 0) {
        Double first = kept.value(own, time);
        assertThat((Double) kept.value(own, time)).isEqualTo(first);
        assertThat((Double) again.value(own, time)).isEqualTo(first);
      }
      if (labels) {
        double value = random.nextInt(5) == 0 ? Double.NaN : own;
        kept.addLabel(value, input, time);
        again.addLabel(value, input, time);
      } else {
        kept.add(input, time);
        again.add(input, time);
      }
      if (random.nextInt(4) == 0) {
        byte[] bytes = bytes(past.form(), again);
        again = past.form().begin();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        again.read(in);
        assertThat(in.hasRemaining()).isFalse();
        assertThat(bytes(past.form(), again)).isEqualTo(bytes);
      }
    }
    assertThat(bytes(past.form(), again)).isEqualTo(bytes(past.form(), kept));
  }

  @Property(tries = 200, seed = "6", shrinking = ShrinkingMode.OFF)
  void withoutAPastOrAnInputItIsDefined(@ForAll("pasts") Past past) {
    double value = past.form().begin().value(Double.NaN, 5);
    assertThat(Double.isNaN(value) || value == 0).isTrue();
  }

  /** What was answered can always be remembered, and whatever was remembered be asked for. */
  @Property(tries = 3000, seed = "7", shrinking = ShrinkingMode.OFF)
  void nothingFailsWhateverComes(@ForAll("pasts") Past past) {
    Random random = new Random(past.seed());
    HistoryForm form = past.form();
    History history = form.begin();
    long[] times = {
      EARLIEST, -1, 0, 1, 1_000_000, 253_402_300_799_999L, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };
    long near = times[random.nextInt(times.length)];
    for (int i = 0; i < past.events(); i++) {
      if (random.nextInt(20) == 0) {
        near = times[random.nextInt(times.length)];
      }
      long apart = random.nextLong(2L * past.step()) - past.step();
      long time = apart > Long.MAX_VALUE - Math.max(0, near) ? Long.MAX_VALUE : near + apart;
      time = Math.max(EARLIEST, time);
      double input = input(form, random);
      history.value(random.nextInt(4) == 0 ? Double.NaN : input, time);
      if (form instanceof HistoryForm.Target) {
        double label = EXTREMES[random.nextInt(EXTREMES.length)];
        history.addLabel(random.nextInt(4) == 0 ? Double.NaN : input, label, time);
      } else if (random.nextBoolean()) {
        history.add(input, time);
      } else {
        history.addLabel(Double.NaN, input, time);
      }
      if (random.nextInt(10) == 0) {
        byte[] bytes = bytes(form, history);
        history = form.begin();
        history.read(ByteBuffer.wrap(bytes));
      }
    }
  }

  private static double input(HistoryForm form, Random random) {
    return switch (form.input()) {
      case PRESENCE -> 1;
      case HASH -> random.nextInt(4) == 0 ? 0xffffffffL : Integer.toUnsignedLong(random.nextInt());
      case NUMBER ->
          random.nextBoolean() ? random.nextGaussian() : EXTREMES[random.nextInt(EXTREMES.length)];
    };
  }

  @Provide
  Arbitrary<Past> pasts() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.of(FORMS),
            Arbitraries.integers().between(1, 300),
            Arbitraries.of(1, 500, 30_000),
            Arbitraries.of(1, 300, 5_000, 100_000))
        .as(Past::new);
  }

  private static byte[] bytes(HistoryForm form, History history) {
    ByteBuffer out = ByteBuffer.allocate(form.maxBytes());
    history.write(out);
    return Arrays.copyOf(out.array(), out.position());
  }
}
