/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

/**
 * What model sets cost at an age: live bytes and the time to write an image, as means over those
 * that were measured. Measuring a young set takes as long as it has learned so far, so once a few
 * of its age are known only one in {@link #ONE_IN} is measured and the others are taken for
 * average: what the cache bounds is their sum. Ages are in labelled instances, by powers of {@link
 * #RATIO}. Owned by one task.
 */
final class TypicalCosts {

  /** Younger sets are not measured at all. */
  static final int FIRST = 64;

  static final int RATIO = 4;

  private static final int ENOUGH = 8;
  private static final int ONE_IN = 16;

  /** As many as a long has powers of {@link #RATIO}. */
  private static final int AGES = 32;

  private final int[] measured = new int[AGES];
  private final int[] passed = new int[AGES];
  private final double[] labels = new double[AGES];
  private final double[] bytes = new double[AGES];
  private final double[] writeNanos = new double[AGES];

  /** Whether a set of that age need not be measured itself. */
  boolean isKnown(long labelled) {
    int age = age(labelled);
    return measured[age] >= ENOUGH && ++passed[age] % ONE_IN != 0;
  }

  void measured(long labelled, long liveBytes, long nanos) {
    int age = age(labelled);
    double share = 1.0 / Math.min(++measured[age], ENOUGH);
    labels[age] += share * (labelled - labels[age]);
    bytes[age] += share * (liveBytes - bytes[age]);
    writeNanos[age] += share * (nanos - writeNanos[age]);
  }

  /** Mean live bytes of the sets of that age that were measured. */
  long bytes(long labelled) {
    return (long) bytes[age(labelled)];
  }

  /** By how much a set grows with each label from that age to the next; 0 while unknown. */
  long bytesPerLabel(long labelled) {
    int age = age(labelled);
    if (age + 1 == AGES || measured[age + 1] == 0) {
      return 0;
    }
    return (long) Math.max(0, (bytes[age + 1] - bytes[age]) / (labels[age + 1] - labels[age]));
  }

  long writeNanos(long labelled) {
    return (long) writeNanos[age(labelled)];
  }

  private static int age(long labelled) {
    int powersOfTwo = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, labelled / FIRST));
    return powersOfTwo / 2;
  }
}
