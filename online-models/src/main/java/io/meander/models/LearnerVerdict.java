/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * What the learners' contract found of one of MOA's learners.
 *
 * @param name without the {@code moa.classifiers.} prefix
 * @param reason why it is refused; of a supported one, what it cannot take, or empty
 */
record LearnerVerdict(String name, Task task, boolean supported, String reason) {

  /** Reasons, or parts of one, of supported learners. */
  static final String NO_MISSING_VALUES = "no missing values";

  static final String TWO_CLASSES_ONLY = "two classes only";

  static final String PRINTS = "prints to standard output";

  private static final String SUPPORTED = "supported";
  private static final String REFUSED = "refused";

  /** A line of the list: name, task, verdict and, in quotes, the reason. */
  String line() {
    return "%s,%s,%s,\"%s\""
        .formatted(
            name,
            task.name().toLowerCase(java.util.Locale.ROOT),
            supported ? SUPPORTED : REFUSED,
            reason.replace('"', '\''));
  }

  static LearnerVerdict parse(String line) {
    String[] parts = line.split(",", 4);
    if (parts.length < 4 || !(parts[2].equals(SUPPORTED) || parts[2].equals(REFUSED))) {
      throw new IllegalArgumentException("not a line of the learners' list: " + line);
    }
    return new LearnerVerdict(
        parts[0],
        Task.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT)),
        parts[2].equals(SUPPORTED),
        parts[3].substring(1, parts[3].length() - 1));
  }
}
