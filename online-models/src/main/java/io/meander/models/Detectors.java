/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;
import java.util.Set;
import moa.classifiers.core.driftdetection.ChangeDetector;

/** Makes drift detectors of MOA's option strings. Thread-safe. */
public final class Detectors {

  private Detectors() {}

  /** Names that an option string may begin with. */
  public static Set<String> names() {
    return MoaOptions.names(ChangeDetector.class).keySet();
  }

  /**
   * Checks that MOA takes the string and that what it makes can be stored.
   *
   * @throws OptionStringException if not, with the reason
   */
  public static void check(String optionString) {
    ChangeDetector detector = create(optionString);
    try {
      detector.input(0);
      JavaObjects.write(detector, null);
    } catch (ModelFormatException e) {
      throw new OptionStringException(
          "'" + optionString + "' cannot be stored: " + e.getMessage(), optionString, List.of(), e);
    }
  }

  static ChangeDetector create(String optionString) {
    ChangeDetector detector =
        MoaOptions.create(optionString, ChangeDetector.class, "drift detector");
    detector.prepareForUse();
    detector.resetLearning();
    return detector;
  }
}
