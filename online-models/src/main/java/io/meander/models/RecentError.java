/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A slot's mean error, lately and before: two fading means over the labelled instances of its
 * present life, about the last 50 and the last 1000. Of classes it is the share of misses, of
 * numbers the mean absolute error. Comparable between slots and detectors, whatever the detectors
 * make of their input. Mutable, owned by one {@link DriftWatch}.
 */
final class RecentError {

  /** A mean over fewer labels says nothing of a slot. */
  static final long MIN_SEEN = 30;

  private static final double LATE = 1 / 50.0;
  private static final double LONG = 1 / 1000.0;

  private long seen;
  private double late;
  private double before;

  RecentError() {
    this(0, 0, 0);
  }

  private RecentError(long seen, double late, double before) {
    this.seen = seen;
    this.late = late;
    this.before = before;
  }

  void add(double error) {
    seen++;
    late += Math.max(LATE, 1.0 / seen) * (error - late);
    before += Math.max(LONG, 1.0 / seen) * (error - before);
  }

  /** Layout: seen long, late, before double. */
  void write(DataOutput out) throws IOException {
    out.writeLong(seen);
    out.writeDouble(late);
    out.writeDouble(before);
  }

  static RecentError read(DataInput in) throws IOException {
    return new RecentError(in.readLong(), in.readDouble(), in.readDouble());
  }

  /** Labels that it covers, those that have faded included. */
  long seen() {
    return seen;
  }

  boolean isTelling() {
    return seen >= MIN_SEEN;
  }

  /** NaN before the first. */
  double late() {
    return seen == 0 ? Double.NaN : late;
  }

  /** NaN before the first. */
  double before() {
    return seen == 0 ? Double.NaN : before;
  }
}
