/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The policies {@link MissingPolicy#MEAN} and {@link MissingPolicy#LAST} over numeric columns of a
 * schema: makes and reads the memories of keys, {@link SeenValues}. Immutable and thread-safe.
 */
public final class MissingValues {

  private final int[] columns;
  private final boolean[] means;
  private final long fingerprint;

  /**
   * @param policies of the schema's columns, in order; those of nominal columns and those that
   *     remember nothing are passed over
   */
  MissingValues(List<MissingPolicy> policies, FeatureSchema schema) {
    this.columns =
        IntStream.range(0, schema.size())
            .filter(column -> !schema.columns().get(column).isNominal())
            .filter(column -> policies.get(column).remembers())
            .toArray();
    this.means = new boolean[columns.length];
    for (int i = 0; i < columns.length; i++) {
      means[i] = policies.get(columns[i]) == MissingPolicy.MEAN;
    }
    this.fingerprint = Long.parseUnsignedLong(schema.fingerprint(), 16);
  }

  /** The memory of a key without a past. */
  public SeenValues none() {
    return new SeenValues(this);
  }

  /**
   * The memory that {@link SeenValues#write} made the bytes of.
   *
   * @throws FeatureStateException if the bytes are broken, or of other columns
   */
  public SeenValues read(byte[] bytes) throws FeatureStateException {
    return SeenValues.read(this, bytes);
  }

  /** Stored bytes of a key. */
  int maxBytes() {
    return SeenValues.bytes(columns.length);
  }

  boolean isEmpty() {
    return columns.length == 0;
  }

  /** Whether the mean goes in the place of a missing number, by {@link #columns}; else the last. */
  boolean isMean(int i) {
    return means[i];
  }

  /** Positions in the vector, ascending. */
  int[] columns() {
    return columns;
  }

  long fingerprint() {
    return fingerprint;
  }
}
