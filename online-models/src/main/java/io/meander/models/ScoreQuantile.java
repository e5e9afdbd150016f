/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The quantile of a slot's last anomaly scores: of {@code n} of them it is the one above which
 * there are at most {@code floor((1 - quantile) * n)}. Exact. Only scores that can still become it
 * are kept, that is those with fewer newer and no smaller ones than there are places above it: the
 * k-skyband of K. Mouratidis, S. Bakiras, D. Papadias, "Continuous monitoring of top-k queries over
 * sliding windows", SIGMOD 2006. Of {@code N} scores in random order about {@code k (1 + ln(N /
 * k))} are kept, with {@code k = (1 - quantile) N}; if they fall all the time, all of them.
 * Mutable, owned by one slot.
 */
final class ScoreQuantile {

  /** Of a product that is a whole number but for rounding. */
  private static final double ROUNDING = 1e-9;

  private static final int FIRST_CAPACITY = 16;

  private final double quantile;
  private final int last;

  /** Places that the quantile may take among the largest of a full window, itself included. */
  private final int places;

  private long seen;
  private int kept;

  /** In the order of their arrival, the oldest first. */
  private double[] scores = new double[FIRST_CAPACITY];

  /** Number of each, from 1 on. */
  private long[] numbers = new long[FIRST_CAPACITY];

  /** How many newer ones are no smaller. */
  private int[] newer = new int[FIRST_CAPACITY];

  private double value = Double.NaN;

  /**
   * @param quantile above 0, below 1
   * @param last scores in the window
   */
  ScoreQuantile(double quantile, int last) {
    this.quantile = quantile;
    this.last = last;
    this.places = above(quantile, last) + 1;
  }

  /** How many of {@code n} scores may be above the quantile; with none of them it says nothing. */
  static int above(double quantile, int n) {
    return n - (int) Math.ceil(quantile * n - ROUNDING);
  }

  boolean isOf(Decision.Anomalous rule) {
    return rule.quantile() == quantile && rule.last() == last;
  }

  /** Takes in a score; the oldest leaves a full window. */
  void add(double score) {
    seen++;
    int to = 0;
    for (int i = 0; i < kept; i++) {
      int over = scores[i] <= score ? newer[i] + 1 : newer[i];
      if (numbers[i] > seen - last && over < places) {
        scores[to] = scores[i];
        numbers[to] = numbers[i];
        newer[to++] = over;
      }
    }
    if (to == scores.length) {
      scores = Arrays.copyOf(scores, 2 * to);
      numbers = Arrays.copyOf(numbers, 2 * to);
      newer = Arrays.copyOf(newer, 2 * to);
    }
    scores[to] = score;
    numbers[to] = seen;
    newer[to++] = 0;
    kept = to;
    value = quantile();
  }

  /** NaN while there are so few scores that none may be above it. */
  double value() {
    return value;
  }

  private double quantile() {
    int above = above(quantile, (int) Math.min(seen, last));
    if (above == 0) {
      return Double.NaN;
    }
    double[] sorted = Arrays.copyOf(scores, kept);
    Arrays.sort(sorted);
    return sorted[kept - 1 - above];
  }

  ScoreQuantile copy() {
    ScoreQuantile copy = new ScoreQuantile(quantile, last);
    copy.seen = seen;
    copy.kept = kept;
    copy.scores = scores.clone();
    copy.numbers = numbers.clone();
    copy.newer = newer.clone();
    copy.value = value;
    return copy;
  }

  /** About what it takes on the heap. */
  long bytes() {
    return 120 + 20L * scores.length;
  }

  /**
   * Layout: quantile double, last int, scores seen long, number of those kept int, of each: score
   * double, its number long, newer ones that are no smaller int.
   */
  void write(DataOutput out) throws IOException {
    out.writeDouble(quantile);
    out.writeInt(last);
    out.writeLong(seen);
    out.writeInt(kept);
    for (int i = 0; i < kept; i++) {
      out.writeDouble(scores[i]);
      out.writeLong(numbers[i]);
      out.writeInt(newer[i]);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it ends too early or holds more scores than its window
   */
  static ScoreQuantile read(DataInput in) throws IOException {
    ScoreQuantile read = new ScoreQuantile(in.readDouble(), in.readInt());
    read.seen = in.readLong();
    read.kept = in.readInt();
    if (read.kept < 0 || read.kept > read.last) {
      throw new IOException("a window of " + read.last + " scores keeps " + read.kept);
    }
    int capacity = Math.max(FIRST_CAPACITY, read.kept);
    read.scores = new double[capacity];
    read.numbers = new long[capacity];
    read.newer = new int[capacity];
    for (int i = 0; i < read.kept; i++) {
      read.scores[i] = in.readDouble();
      read.numbers[i] = in.readLong();
      read.newer[i] = in.readInt();
    }
    read.value = read.kept == 0 ? Double.NaN : read.quantile();
    return read;
  }
}
