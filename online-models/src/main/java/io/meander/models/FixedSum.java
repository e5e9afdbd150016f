/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A sum of numbers that is the same whatever the order they are added in and however parts of it
 * are merged: each is cut once, to a multiple of 2^-63, and the rest is whole numbers. Mutable,
 * owned by one thread.
 */
final class FixedSum {

  private static final double LARGEST = 0x1p53;

  private long whole;

  /** Of 2^-64. */
  private long fraction;

  /**
   * @param value 0 to 2^53
   */
  void add(double value) {
    if (!(value >= 0 && value <= LARGEST)) {
      throw new IllegalArgumentException("a number is 0 to 2^53, not " + value);
    }
    long down = (long) value;
    add(down, (long) ((value - down) * 0x1p63) << 1);
  }

  void merge(FixedSum other) {
    add(other.whole, other.fraction);
  }

  double value() {
    return whole + (fraction >>> 1) * 0x1p-63;
  }

  /** Layout: the whole part and the fraction of 2^-64, unsigned; long each. */
  void write(DataOutput out) throws IOException {
    out.writeLong(whole);
    out.writeLong(fraction);
  }

  /** Takes over what {@link #write} wrote. */
  void read(DataInput in) throws IOException {
    whole = in.readLong();
    fraction = in.readLong();
  }

  private void add(long whole, long fraction) {
    long sum = this.fraction + fraction;
    this.whole += whole + (Long.compareUnsigned(sum, fraction) < 0 ? 1 : 0);
    this.fraction = sum;
  }
}
