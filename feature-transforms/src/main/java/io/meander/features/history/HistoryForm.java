/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What a feature keeps of a key's past, as declared: how much that is, and what it is made of. */
public sealed interface HistoryForm extends Serializable {

  /** What a history is fed. */
  enum Input {
    /** A number. */
    NUMBER,
    /** The hash of a text, from 0 to 2^32 - 1. */
    HASH,
    /** Whether there is anything. */
    PRESENCE
  }

  /** That of a key without a past. */
  History begin();

  /** At most so many bytes, stored. */
  int maxBytes();

  /** Of the field that is remembered. */
  default Input input() {
    return Input.NUMBER;
  }

  /** Whether it goes by when things happened. */
  default boolean isTimed() {
    return false;
  }

  /** Whether the event's own value has a part in its feature. */
  default boolean comparesOwn() {
    return false;
  }

  /** What came in a time, which is cut into panes of equal length. */
  sealed interface OverTime extends HistoryForm {

    int MAX_PANES = 240;

    Duration last();

    /** Into which the time is cut. */
    int panes();

    /** The length of a pane. */
    default Duration resolution() {
      return Duration.ofMillis(last().toMillis() / panes());
    }

    /** How far off its values can be; nothing if they are exact. */
    default Optional<String> error() {
      return Optional.empty();
    }

    @Override
    default boolean isTimed() {
      return true;
    }
  }

  /**
   * Numbers over a time that a pane can hold exactly.
   *
   * @param share of values below a quantile, which this is not
   * @param panes into which the time is cut
   */
  record Window(Stat stat, double share, Duration last, int panes) implements OverTime {

    /**
     * @throws IllegalArgumentException if it cannot be kept so
     */
    public Window {
      checkPanes(last, panes);
      if (stat.isSketched()) {
        throw new IllegalArgumentException(stat.word() + " over a time takes sketches");
      }
    }

    @Override
    public History begin() {
      return new Panes(stat, panes, resolution().toMillis());
    }

    @Override
    public int maxBytes() {
      return Panes.maxBytes(stat, panes);
    }

    @Override
    public Input input() {
      return stat.isCount() ? Input.PRESENCE : Input.NUMBER;
    }
  }

  /**
   * A quantile or how many different ones there were over a time: each pane keeps a sketch.
   *
   * @param share of values below a quantile, in (0, 1)
   * @param panes into which the time is cut
   * @param size of a pane's sketch: of a quantile the numbers that it keeps, of distinct its
   *     registers
   */
  record Sketched(Stat stat, double share, Duration last, int panes, int size) implements OverTime {

    /**
     * @throws IllegalArgumentException if it cannot be kept so
     */
    public Sketched {
      checkPanes(last, panes);
      if (!stat.isSketched()) {
        throw new IllegalArgumentException("a " + stat.word() + " takes no sketch");
      }
      if (stat == Stat.QUANTILE) {
        checkShare(share);
      }
      kind(stat, share, size);
    }

    private static Sketch.Kind<?, ?> kind(Stat stat, double share, int size) {
      return stat == Stat.QUANTILE
          ? new QuantileSketch.Of(size, share)
          : new DistinctSketch.Of(size);
    }

    @Override
    public Optional<String> error() {
      return Optional.of(
          stat == Stat.QUANTILE
              ? String.format(
                  Locale.ROOT,
                  "exact up to %d numbers a pane, else 99 in 100 within %.1f%% of the numbers",
                  size,
                  100 * QuantileSketch.ERROR / size)
              : String.format(
                  Locale.ROOT, "standard error %.1f%%", 100 * new DistinctSketch.Of(size).error()));
    }

    @Override
    public History begin() {
      return panes(kind(stat, share, size));
    }

    private <S extends Sketch, U> History panes(Sketch.Kind<S, U> kind) {
      return new SketchPanes<>(kind, panes, resolution().toMillis());
    }

    @Override
    public int maxBytes() {
      return SketchPanes.maxBytes(kind(stat, share, size), panes);
    }

    @Override
    public Input input() {
      return stat == Stat.DISTINCT ? Input.HASH : Input.NUMBER;
    }
  }

  /** What came last, up to {@code n} of them. */
  record LastN(Stat stat, double share, int n) implements HistoryForm {

    /**
     * @throws IllegalArgumentException if it cannot be kept so
     */
    public LastN {
      checkNumber(n);
      if (stat.isCount()) {
        throw new IllegalArgumentException(
            "a " + stat.word() + " is over a time: set last to a duration, such as last: 1h");
      }
      if (stat == Stat.QUANTILE) {
        checkShare(share);
      }
    }

    @Override
    public History begin() {
      return new CountWindow(stat, share, n);
    }

    @Override
    public int maxBytes() {
      return LastOnes.maxBytes(n);
    }

    @Override
    public Input input() {
      return stat == Stat.DISTINCT ? Input.HASH : Input.NUMBER;
    }
  }

  /**
   * The number so many before, or how far the event's own is from it.
   *
   * @param by 1 for the one before
   */
  record Lag(int by, boolean difference) implements HistoryForm {
    public Lag {
      checkNumber(by);
    }

    @Override
    public History begin() {
      return new Lagged(by, difference);
    }

    @Override
    public int maxBytes() {
      return LastOnes.maxBytes(by);
    }

    @Override
    public boolean comparesOwn() {
      return difference;
    }
  }

  /** How long ago the last one was, in seconds. */
  record Since() implements HistoryForm {
    @Override
    public History begin() {
      return new SinceLast();
    }

    @Override
    public int maxBytes() {
      return SinceLast.BYTES;
    }

    @Override
    public Input input() {
      return Input.PRESENCE;
    }

    @Override
    public boolean isTimed() {
      return true;
    }
  }

  /**
   * A mean in which the newer weighs more.
   *
   * @param halfLifeOrNull after which the weight is half; null if that goes by number
   * @param number of those that came since, after which the weight is half; above 0
   */
  record Weighted(Duration halfLifeOrNull, double number) implements HistoryForm {
    public Weighted {
      if (halfLifeOrNull == null && !(number > 0 && number <= 1e9)) {
        throw new IllegalArgumentException(
            "a half-life is a duration, or a number above 0 and at most 1e9, not " + number);
      }
    }

    @Override
    public History begin() {
      return halfLifeOrNull == null
          ? Ewma.byNumber(number)
          : Ewma.byTime(Math.max(1, halfLifeOrNull.toMillis()));
    }

    @Override
    public int maxBytes() {
      return Ewma.BYTES;
    }

    @Override
    public boolean isTimed() {
      return halfLifeOrNull != null;
    }
  }

  /** The event's own number on the scale of those before. */
  record Scaled(boolean byDeviation) implements HistoryForm {
    @Override
    public History begin() {
      return new Scaling(byDeviation);
    }

    @Override
    public int maxBytes() {
      return Scaling.BYTES;
    }

    @Override
    public boolean comparesOwn() {
      return true;
    }
  }

  /** How often the event's own value came before. */
  record Seen(int width) implements HistoryForm {

    public static final int MAX_WIDTH = 65_536;

    public Seen {
      if (width < 2 || width > MAX_WIDTH) {
        throw new IllegalArgumentException(
            "a sketch is from 2 to " + MAX_WIDTH + " wide, not " + width);
      }
    }

    @Override
    public History begin() {
      return new Frequency(width);
    }

    @Override
    public int maxBytes() {
      return Frequency.maxBytes(width);
    }

    @Override
    public Input input() {
      return Input.HASH;
    }

    @Override
    public boolean comparesOwn() {
      return true;
    }
  }

  /**
   * The mean label of events with the event's own value.
   *
   * @param smoothing labels of the overall mean that are added to each value's
   */
  record Target(int buckets, double smoothing) implements HistoryForm {

    public static final int MAX_BUCKETS = 65_536;

    public Target {
      if (buckets < 1 || buckets > MAX_BUCKETS) {
        throw new IllegalArgumentException(
            "there are from 1 to " + MAX_BUCKETS + " buckets, not " + buckets);
      }
      if (!(smoothing >= 0 && smoothing <= 1e9)) {
        throw new IllegalArgumentException("smoothing is from 0 to 1e9, not " + smoothing);
      }
    }

    @Override
    public History begin() {
      return new TargetMean(buckets, smoothing);
    }

    @Override
    public int maxBytes() {
      return TargetMean.maxBytes(buckets);
    }

    @Override
    public Input input() {
      return Input.HASH;
    }

    @Override
    public boolean comparesOwn() {
      return true;
    }
  }

  private static void checkPanes(Duration last, int panes) {
    if (panes < 1 || panes > OverTime.MAX_PANES) {
      throw new IllegalArgumentException(
          "a window has from 1 to " + OverTime.MAX_PANES + " panes, not " + panes);
    }
    if (last.toMillis() < panes || last.compareTo(Duration.ofDays(3650)) > 0) {
      throw new IllegalArgumentException(
          "a window of " + panes + " panes is from " + panes + "ms to 3650d long");
    }
    if (last.toMillis() % panes != 0) {
      throw new IllegalArgumentException(
          "a window of "
              + last.toMillis()
              + "ms cannot be cut into "
              + panes
              + " panes of whole milliseconds; set panes to a divisor");
    }
  }

  private static void checkShare(double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("a quantile is above 0 and below 1, not " + share);
    }
  }

  private static void checkNumber(int n) {
    if (n < 1 || n > 10_000) {
      throw new IllegalArgumentException("so many are from 1 to 10000, not " + n);
    }
  }
}
