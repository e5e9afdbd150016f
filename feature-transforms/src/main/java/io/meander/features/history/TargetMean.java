/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * The mean of the labels of all events with the same value, drawn towards the mean of all labels:
 * as if so many more labels of that mean had come with it (Micci-Barreca 2001). Values share
 * buckets by their hash. As bytes: count of all labels (8 bytes), their sum (8), and for each
 * bucket count (4) and sum (8).
 */
final class TargetMean extends History {

  private final double smoothing;
  private final int[] counts;
  private final double[] sums;
  private long count;
  private double sum;

  TargetMean(int buckets, double smoothing) {
    this.smoothing = smoothing;
    this.counts = new int[buckets];
    this.sums = new double[buckets];
  }

  static int maxBytes(int buckets) {
    return Long.BYTES + Double.BYTES + buckets * (Integer.BYTES + Double.BYTES);
  }

  @Override
  public double value(double input, long time) {
    if (count == 0) {
      return Double.NaN;
    }
    double mean = sum / count;
    if (Double.isNaN(input)) {
      return mean;
    }
    int i = bucket(input);
    double weight = counts[i] + smoothing;
    return weight == 0 ? mean : (sums[i] + smoothing * mean) / weight;
  }

  @Override
  public void add(double input, long time) {
    count++;
    sum += input;
  }

  @Override
  public void addLabel(double eventInput, double input, long time) {
    add(input, time);
    if (!Double.isNaN(eventInput)) {
      counts[bucket(eventInput)]++;
      sums[bucket(eventInput)] += input;
    }
  }

  private int bucket(double hash) {
    return (int) ((long) hash % counts.length);
  }

  @Override
  public void write(ByteBuffer out) {
    out.putLong(count).putDouble(sum);
    for (int i = 0; i < counts.length; i++) {
      out.putInt(counts[i]).putDouble(sums[i]);
    }
  }

  @Override
  public void read(ByteBuffer in) {
    count = in.getLong();
    sum = in.getDouble();
    for (int i = 0; i < counts.length; i++) {
      counts[i] = in.getInt();
      sums[i] = in.getDouble();
    }
  }

  @Override
  public long liveBytes() {
    return 80 + (long) counts.length * (Integer.BYTES + Double.BYTES);
  }
}
