/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Sums of labels that are numbers. Layout: count long, last, sum, sum of the distances from the
 * mean before each double.
 */
final class KnownNumbers extends KnownLabels {

  private long count;
  private double last;
  private double sum;
  private double distances;

  @Override
  void add(double label) {
    distances += Math.abs(label - typical());
    sum += label;
    last = label;
    count++;
  }

  @Override
  double last() {
    return last;
  }

  @Override
  double typical() {
    return count == 0 ? 0 : sum / count;
  }

  /** The mean before it, as MOA's coefficient of determination takes it. */
  @Override
  double reference(double label) {
    return typical();
  }

  @Override
  double spread() {
    return count == 0 ? 0 : distances / count;
  }

  @Override
  long bytes() {
    return 64;
  }

  @Override
  void write(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeDouble(last);
    out.writeDouble(sum);
    out.writeDouble(distances);
  }

  @Override
  void read(DataInput in) throws IOException {
    count = in.readLong();
    last = in.readDouble();
    sum = in.readDouble();
    distances = in.readDouble();
  }
}
