/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What shares of the numbers are below which, from at most {@code size} of them: the sketch of
 * Karnin, Lang and Liberty (<i>Optimal Quantile Approximation in Streams</i>, 2016), with the
 * sampler of its section 4 in the place of the lowest levels, so that its memory does not grow with
 * the count. Of up to {@code size} numbers it is exact. Where that paper throws coins, the count
 * and the newest number are hashed: the same numbers in the same order make the same sketch.
 *
 * <p>As bytes: the exponent of the lowest level's weight (1 byte), how many numbers are kept on
 * each of the {@value #LEVELS} levels (2 each), how many came since the last was kept (4) and which
 * of them stands for all (8), how many came in all (4), and the numbers, the lowest level first (8
 * each).
 */
final class QuantileSketch implements Sketch {

  /**
   * By so much over the size a rank is off at most, 99 times in 100, where the numbers are spread
   * over twelve panes: found by trying, on normal and on uniform ones.
   */
  static final double ERROR = 1.2;

  private static final int LEVELS = 6;

  /** A level holds so much of what the one above it may. */
  private static final double SHRINK = 2.0 / 3;

  /** Numbers and the weights that they stand for, in ascending order of the numbers. */
  record Weighted(double[] numbers, long[] weights) {}

  /**
   * @param size numbers that one keeps, from 16 to 1000
   * @param share of numbers below the quantile
   */
  record Of(int size, double share) implements Sketch.Kind<QuantileSketch, Weighted> {

    static final int MIN = 16;
    static final int MAX = 1000;

    /**
     * @throws IllegalArgumentException if there are no such sketches
     */
    Of {
      if (size < MIN || size > MAX) {
        throw new IllegalArgumentException(
            "a sketch of a quantile keeps from " + MIN + " to " + MAX + " numbers, not " + size);
      }
    }

    @Override
    public QuantileSketch empty() {
      return new QuantileSketch(size);
    }

    @Override
    public int maxBytes() {
      return 1
          + LEVELS * Short.BYTES
          + Integer.BYTES
          + Double.BYTES
          + Integer.BYTES
          + size * Double.BYTES;
    }

    @Override
    public Weighted union(List<QuantileSketch> sketches) {
      int all = sketches.stream().mapToInt(sketch -> sketch.kept() + 1).sum();
      double[] numbers = new double[all];
      long[] weights = new long[all];
      int end = 0;
      for (QuantileSketch sketch : sketches) {
        end = sketch.put(numbers, weights, end);
      }
      return sorted(numbers, weights, end);
    }

    /** The least number that has at least that share of all at or below it. */
    @Override
    public double value(Weighted union, QuantileSketch lastOrNull) {
      Weighted last = union(lastOrNull == null ? List.of() : List.of(lastOrNull));
      long total = Arrays.stream(union.weights).sum() + Arrays.stream(last.weights).sum();
      double least = share * total;
      long below = 0;
      int i = 0;
      int j = 0;
      double number = Double.NaN;
      while (i < union.numbers.length || j < last.numbers.length) {
        boolean ofUnion =
            j == last.numbers.length
                || (i < union.numbers.length && union.numbers[i] <= last.numbers[j]);
        number = ofUnion ? union.numbers[i] : last.numbers[j];
        below += ofUnion ? union.weights[i++] : last.weights[j++];
        if (below >= least) {
          return number;
        }
      }
      return number;
    }

    /** The first {@code end} of them, by Shell's method. */
    private static Weighted sorted(double[] numbers, long[] weights, int end) {
      double[] n = Arrays.copyOf(numbers, end);
      long[] w = Arrays.copyOf(weights, end);
      for (int gap = end / 2; gap > 0; gap /= 2) {
        for (int i = gap; i < end; i++) {
          double number = n[i];
          long weight = w[i];
          int j = i;
          for (; j >= gap && n[j - gap] > number; j -= gap) {
            n[j] = n[j - gap];
            w[j] = w[j - gap];
          }
          n[j] = number;
          w[j] = weight;
        }
      }
      return new Weighted(n, w);
    }
  }

  private final int size;

  /** Of level 0 a weight of 2 to the {@link #exponent} each, of the next twice that. */
  private final double[][] levels = new double[LEVELS][];

  private final int[] kept = new int[LEVELS];
  private int exponent;

  /** How many came since the last was kept, and the one that stands for all of them. */
  private int waiting;

  private double candidate;
  private int count;

  private QuantileSketch(int size) {
    this.size = size;
    Arrays.fill(levels, new double[0]);
  }

  private int kept() {
    return Arrays.stream(kept).sum();
  }

  /** Where the numbers that come after these go. */
  private int put(double[] numbers, long[] weights, int from) {
    int to = from;
    for (int level = 0; level < LEVELS; level++) {
      for (int i = 0; i < kept[level]; i++) {
        numbers[to] = levels[level][i];
        weights[to++] = 1L << (exponent + level);
      }
    }
    if (waiting > 0) {
      numbers[to] = candidate;
      weights[to++] = waiting;
    }
    return to;
  }

  @Override
  public void add(double input) {
    count++;
    waiting++;
    if (Integer.remainderUnsigned((int) (hash(input, 0) >>> 32), waiting) == 0) {
      candidate = input;
    }
    if (waiting < 1 << exponent) {
      return;
    }
    while (kept() >= size) {
      compact(input);
    }
    // Unless the sampling has just become sparser.
    if (waiting == 1 << exponent) {
      waiting = 0;
      keep(0, candidate);
    }
  }

  private void keep(int level, double number) {
    if (kept[level] == levels[level].length) {
      levels[level] = Arrays.copyOf(levels[level], Math.max(4, 2 * kept[level]));
    }
    levels[level][kept[level]++] = number;
  }

  /** Makes room: halves the lowest level that holds more than its part. */
  private void compact(double input) {
    int top = LEVELS - 1;
    while (top > 0 && kept[top] == 0) {
      top--;
    }
    double room = size * (1 - SHRINK);
    int level = top;
    double part = room;
    for (int i = top; i >= 0; i--, part *= SHRINK) {
      if (kept[i] >= Math.max(2, (int) part)) {
        level = i;
      }
    }
    if (level == LEVELS - 1) {
      rise(input);
      level--;
    }
    halve(input, level);
  }

  /** The lowest level goes: what comes from now on is sampled half as often. */
  private void rise(double input) {
    halve(input, 0);
    if (kept[0] == 1) {
      // It stands for half of what a kept one does now: as often one as none of two such.
      if (hash(input, LEVELS) < 0) {
        keep(1, levels[0][0]);
      }
      kept[0] = 0;
    }
    double[] lowest = levels[0];
    System.arraycopy(levels, 1, levels, 0, LEVELS - 1);
    System.arraycopy(kept, 1, kept, 0, LEVELS - 1);
    levels[LEVELS - 1] = lowest;
    kept[LEVELS - 1] = 0;
    exponent++;
  }

  /** Of two neighbours one goes up, with the weight of both; of an odd number the last stays. */
  private void halve(double input, int level) {
    double[] numbers = levels[level];
    int pairs = kept[level] / 2;
    boolean odd = kept[level] % 2 == 1;
    double last = odd ? numbers[kept[level] - 1] : 0;
    Arrays.sort(numbers, 0, 2 * pairs);
    int other = hash(input, level + 1) < 0 ? 1 : 0;
    for (int i = 0; i < pairs; i++) {
      keep(level + 1, numbers[2 * i + other]);
    }
    kept[level] = odd ? 1 : 0;
    if (odd) {
      numbers[0] = last;
    }
  }

  /**
   * The coin: the finaliser of SplitMix64 (Steele, Lea and Flood 2014) over the count, the number
   * that came last, so that panes of the same count throw different ones, and the use.
   */
  private long hash(double input, int use) {
    long z = Double.doubleToLongBits(input) + (count * 16L + use + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public void write(ByteBuffer out) {
    out.put((byte) exponent);
    for (int level = 0; level < LEVELS; level++) {
      out.putShort((short) kept[level]);
    }
    out.putInt(waiting).putDouble(waiting == 0 ? 0 : candidate).putInt(count);
    for (int level = 0; level < LEVELS; level++) {
      for (int i = 0; i < kept[level]; i++) {
        out.putDouble(levels[level][i]);
      }
    }
  }

  @Override
  public void read(ByteBuffer in) {
    exponent = in.get();
    for (int level = 0; level < LEVELS; level++) {
      kept[level] = in.getShort();
      levels[level] = new double[kept[level]];
    }
    waiting = in.getInt();
    candidate = in.getDouble();
    count = in.getInt();
    for (int level = 0; level < LEVELS; level++) {
      for (int i = 0; i < kept[level]; i++) {
        levels[level][i] = in.getDouble();
      }
    }
  }

  @Override
  public long liveBytes() {
    return 200 + 8L * Arrays.stream(levels).mapToInt(level -> level.length).sum();
  }
}
