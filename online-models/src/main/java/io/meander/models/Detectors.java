/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.classifiers.core.driftdetection.STEPD;

/** Makes drift detectors of MOA's option strings. Thread-safe. */
public final class Detectors {

  /** Trials remembered: a spec is read more than once, and names few detectors. */
  private static final int REMEMBERED = 64;

  private static final Set<String> HITS_AND_MISSES = Set.of("EDDM", "RDDM", "STEPD");

  private static final Set<String> WARNING =
      Set.of("DDM", "EDDM", "EWMAChartDM", "HDDM_A_Test", "HDDM_W_Test", "RDDM", "STEPD");

  private static final Map<String, Optional<String>> OBJECTIONS = remembered();
  private static final Map<String, Optional<String>> OBJECTIONS_WITHIN = remembered();

  private static final FreshCopies<String> COPIES = new FreshCopies<>();

  private Detectors() {}

  /** Names that an option string may begin with. */
  public static Set<String> names() {
    return MoaOptions.names(ChangeDetector.class).keySet();
  }

  /**
   * Checks that MOA takes the string, and that what it makes can be stored and continued exactly:
   * see {@link DetectorTrial}.
   *
   * @throws OptionStringException if not, with the reason
   */
  public static void check(String optionString) {
    OBJECTIONS
        .computeIfAbsent(optionString, text -> new DetectorTrial(() -> made(text)).objection())
        .ifPresent(
            reason -> {
              throw new OptionStringException(
                  "'" + optionString + "' " + reason, optionString, List.of(), null);
            });
  }

  /**
   * Why a learner cannot hold such a detector, as the end of a sentence; empty if it can. There it
   * is MOA's own, whatever stands for it in a slot's drift.
   */
  static Optional<String> objectionWithinLearner(String optionString) {
    return OBJECTIONS_WITHIN.computeIfAbsent(
        optionString, text -> new DetectorTrial(() -> prepared(moas(text))).objection());
  }

  /**
   * Whether it takes nothing between a hit, 0, and a miss, 1: EDDM counts from one miss to the
   * next, the others keep the last inputs without their fractions.
   */
  public static boolean takesOnlyHitsAndMisses(String optionString) {
    return HITS_AND_MISSES.contains(name(optionString));
  }

  /** Whether it may be in a warning zone of its own. */
  public static boolean warns(String optionString) {
    return WARNING.contains(name(optionString));
  }

  private static String name(String optionString) {
    String first = optionString.trim().split("\\s+", 2)[0];
    return first.substring(first.lastIndexOf('.') + 1);
  }

  static ChangeDetector create(String optionString) {
    return COPIES.make(optionString, ChangeDetector.class, null, () -> made(optionString));
  }

  /** As {@link #create}, as MOA makes it of the option string. */
  static ChangeDetector made(String optionString) {
    return prepared(exact(moas(optionString)));
  }

  private static ChangeDetector moas(String optionString) {
    return MoaOptions.create(optionString, ChangeDetector.class, "drift detector");
  }

  private static ChangeDetector prepared(ChangeDetector detector) {
    detector.prepareForUse();
    detector.resetLearning();
    return detector;
  }

  /** What stands for a detector of MOA that by itself is not exact, or cannot run. */
  private static ChangeDetector exact(ChangeDetector detector) {
    if (detector instanceof HDDM_W_Test options) {
      return new HddmW(options);
    }
    return detector instanceof STEPD options ? new Stepd(options) : detector;
  }

  private static Map<String, Optional<String>> remembered() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Optional<String>> eldest) {
            return size() > REMEMBERED;
          }
        });
  }
}
