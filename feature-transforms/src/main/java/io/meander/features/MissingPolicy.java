/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/**
 * What becomes of a missing number: a null, a NaN or an infinity. Nominal columns are not touched.
 */
public enum MissingPolicy {
  /** The learner gets it as missing. */
  KEEP,
  /** The mean of the key's values so far; missing before the first. */
  MEAN,
  /** The key's last value; missing before the first. */
  LAST,
  /** The number 0. */
  ZERO;

  /** Whether it takes a memory of what the key's events held. */
  public boolean remembers() {
    return this == MEAN || this == LAST;
  }
}
