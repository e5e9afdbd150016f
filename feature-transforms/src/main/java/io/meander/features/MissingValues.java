/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.stream.IntStream;

/**
 * The policy {@link MissingPolicy#MEAN} or {@link MissingPolicy#LAST} over the numeric columns of a
 * schema: makes and reads the memories of keys, {@link SeenValues}. Immutable and thread-safe.
 */
public final class MissingValues {

  private final MissingPolicy policy;
  private final int[] columns;
  private final long fingerprint;

  /**
   * @throws IllegalArgumentException if the policy needs no memory
   */
  public MissingValues(MissingPolicy policy, FeatureSchema schema) {
    if (!policy.remembers()) {
      throw new IllegalArgumentException(policy + " remembers nothing");
    }
    this.policy = policy;
    this.columns =
        IntStream.range(0, schema.size())
            .filter(column -> !schema.columns().get(column).isNominal())
            .toArray();
    this.fingerprint = Long.parseUnsignedLong(schema.fingerprint(), 16);
  }

  /** The memory of a key without a past. */
  public SeenValues none() {
    return new SeenValues(this);
  }

  /**
   * The memory that {@link SeenValues#write} made the bytes of; none if that was of another policy.
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

  MissingPolicy policy() {
    return policy;
  }

  /** Positions of the numeric columns, ascending. */
  int[] columns() {
    return columns;
  }

  long fingerprint() {
    return fingerprint;
  }
}
