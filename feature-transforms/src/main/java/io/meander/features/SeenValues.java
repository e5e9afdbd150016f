/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.nio.ByteBuffer;

/**
 * What one key's numeric columns held so far, from which missing values are filled in. The same
 * vectors in the same order give the same memory and the same filled vectors, bit for bit, whether
 * or not it was written and read in between. Mutable, owned by one thread.
 *
 * <p>As bytes, big-endian: format version (1 byte, {@value #VERSION}), the schema's fingerprint (8
 * bytes), then for each column that is filled in from memory, in order, the number of values so far
 * (8 bytes) and their mean, or the last of them, as the policy is (8 bytes). Without a value so
 * far: 0 and 0.
 */
public final class SeenValues {

  private static final byte VERSION = 1;
  private static final int HEADER = 1 + Long.BYTES;
  private static final int PER_COLUMN = Long.BYTES + Double.BYTES;

  private final MissingValues rules;
  private final long[] counts;
  private final double[] values;

  SeenValues(MissingValues rules) {
    this.rules = rules;
    this.counts = new long[rules.columns().length];
    this.values = new double[rules.columns().length];
  }

  /** Of a key's memory of so many columns. */
  static int bytes(int columns) {
    return HEADER + columns * PER_COLUMN;
  }

  /**
   * Fills in a vector's missing numbers and remembers the others.
   *
   * @param vector one value per column of the schema, not changed
   * @return the vector itself if there was nothing to fill in, else another one
   */
  public double[] complete(double[] vector) {
    double[] filled = filled(vector);
    int[] columns = rules.columns();
    for (int i = 0; i < columns.length; i++) {
      double value = vector[columns[i]];
      if (!Double.isNaN(value)) {
        remember(i, value);
      }
    }
    return filled;
  }

  /** As {@link #complete}, remembering nothing. */
  public double[] filled(double[] vector) {
    double[] filled = vector;
    int[] columns = rules.columns();
    for (int i = 0; i < columns.length; i++) {
      if (Double.isNaN(vector[columns[i]]) && counts[i] > 0) {
        if (filled == vector) {
          filled = vector.clone();
        }
        filled[columns[i]] = values[i];
      }
    }
    return filled;
  }

  private void remember(int i, double value) {
    counts[i]++;
    if (!rules.isMean(i)) {
      values[i] = value;
      return;
    }
    double step = (value - values[i]) / counts[i];
    // Where the difference is larger than a double can be, the weighted parts are not.
    values[i] =
        Double.isInfinite(step)
            ? values[i] * ((counts[i] - 1.0) / counts[i]) + value / counts[i]
            : values[i] + step;
  }

  /** Takes over what another one remembers of the same columns. */
  void takeOver(FeatureSchema schema, SeenValues other, FeatureSchema others) {
    for (int i = 0; i < counts.length; i++) {
      int column = others.columns().indexOf(schema.columns().get(rules.columns()[i]));
      for (int j = 0; column >= 0 && j < other.counts.length; j++) {
        if (other.rules.columns()[j] == column) {
          counts[i] = other.counts[j];
          values[i] = other.values[j];
        }
      }
    }
  }

  /** Its bytes, see the class. */
  public byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(bytes(counts.length));
    out.put(VERSION).putLong(rules.fingerprint());
    for (int i = 0; i < counts.length; i++) {
      out.putLong(counts[i]).putDouble(values[i]);
    }
    return out.array();
  }

  static SeenValues read(MissingValues rules, byte[] bytes) throws FeatureStateException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER) {
      throw new FeatureStateException("has only " + bytes.length + " bytes");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new FeatureStateException(
          "is of format " + version + ", and this version reads format " + VERSION);
    }
    if (in.getLong() != rules.fingerprint()) {
      throw new FeatureStateException("is of other feature columns than the spec's");
    }
    SeenValues seen = new SeenValues(rules);
    if (in.remaining() != seen.counts.length * PER_COLUMN) {
      throw new FeatureStateException("has " + bytes.length + " bytes, which does not fit");
    }
    for (int i = 0; i < seen.counts.length; i++) {
      seen.counts[i] = in.getLong();
      seen.values[i] = in.getDouble();
    }
    return seen;
  }

  /** Estimated bytes on the heap. */
  public long liveBytes() {
    return 64 + (long) counts.length * PER_COLUMN;
  }
}
