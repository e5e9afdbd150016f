/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How far votes can be taken as probabilities, as counts and sums that merge exactly: the Brier
 * score (G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
 * Weather Review 78, 1950: the sum over all classes, 0 to 2) and, over bins of equal width of the
 * predicted class's vote, how often it was right. Mutable, owned by one thread.
 */
public final class Calibration {

  /** Of equal width from 0 to 1. */
  public static final int BINS = 10;

  private final long[] counts = new long[BINS];
  private final long[] correct = new long[BINS];

  /** Of the bins that something fell into; null for the others. */
  private final FixedSum[] confidence = new FixedSum[BINS];

  private final FixedSum squares = new FixedSum();

  /**
   * One bin that is not empty.
   *
   * @param confidence mean vote for the predicted class
   * @param accuracy share of right predictions, 0 to 1
   */
  public record Bin(double from, double to, long count, double confidence, double accuracy) {}

  /**
   * Counts one scored label.
   *
   * @param votes one per class, adding up to 1
   */
  public void add(int label, int predicted, double[] votes) {
    double sum = 0;
    for (int c = 0; c < votes.length; c++) {
      double off = votes[c] - (c == label ? 1 : 0);
      sum += off * off;
    }
    squares.add(sum);
    double vote = votes[predicted];
    int bin = Math.min(BINS - 1, (int) (vote * BINS));
    counts[bin]++;
    confidence(bin).add(vote);
    if (predicted == label) {
      correct[bin]++;
    }
  }

  public void merge(Calibration other) {
    for (int i = 0; i < BINS; i++) {
      if (other.counts[i] > 0) {
        counts[i] += other.counts[i];
        correct[i] += other.correct[i];
        confidence(i).merge(other.confidence[i]);
      }
    }
    squares.merge(other.squares);
  }

  /**
   * Layout: the sum of squares; the number of bins that are not empty, and of each its index, its
   * count and how many were correct (varints), and the sum of its votes.
   */
  void write(DataOutput out) throws IOException {
    squares.write(out);
    Varints.write(Arrays.stream(counts).filter(count -> count > 0).count(), out);
    for (int i = 0; i < BINS; i++) {
      if (counts[i] > 0) {
        Varints.write(i, out);
        Varints.write(counts[i], out);
        Varints.write(correct[i], out);
        confidence[i].write(out);
      }
    }
  }

  /** Takes over what {@link #write} wrote. */
  void read(DataInput in) throws IOException {
    squares.read(in);
    int bins = Varints.read(in, BINS);
    for (int i = 0; i < bins; i++) {
      int bin = Varints.read(in, BINS - 1);
      counts[bin] = Varints.read(in);
      correct[bin] = Varints.read(in);
      confidence(bin).read(in);
    }
  }

  /** 0 (certain and right) to 2 (certain and wrong); NaN before the first label. */
  public double brier() {
    return squares.value() / instances();
  }

  /**
   * The expected calibration error: by how much votes and shares of right predictions differ, mean
   * over instances, 0 to 1; NaN before the first label.
   */
  public double error() {
    double sum = 0;
    for (int i = 0; i < BINS; i++) {
      sum += counts[i] == 0 ? 0 : Math.abs(correct[i] - confidence[i].value());
    }
    return sum / instances();
  }

  /** Bin {@code i}, or null if nothing fell into it. */
  public Bin binOrNull(int i) {
    return counts[i] == 0
        ? null
        : new Bin(
            (double) i / BINS,
            (i + 1.0) / BINS,
            counts[i],
            confidence[i].value() / counts[i],
            (double) correct[i] / counts[i]);
  }

  private FixedSum confidence(int bin) {
    if (confidence[bin] == null) {
      confidence[bin] = new FixedSum();
    }
    return confidence[bin];
  }

  private long instances() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
