/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * Watches one slot's error. Detectors repeat themselves for one drift (ADWIN every 32 instances):
 * an alarm within {@link #REPEAT_WITHIN} labelled instances of the last one of its level is a
 * repeat and raises nothing. Mutable, owned by one slot.
 */
final class DriftWatch {

  /** In labelled instances of the key; three of ADWIN's checks and a little. */
  static final long REPEAT_WITHIN = 100;

  private static final long NEVER = Long.MIN_VALUE / 2;

  private final DriftSpec spec;
  private final ChangeDetector detector;
  private final ChangeDetector warningOrNull;
  private long lastDrift;
  private long lastWarning;

  /** What the last error raised; not part of the state, since a fact clears it at once. */
  private DriftSignal.Level raised;

  private double before = Double.NaN;

  DriftWatch(DriftSpec spec) {
    this(
        spec,
        Detectors.create(spec.detector()),
        spec.warningDetector().map(Detectors::create).orElse(null),
        NEVER,
        NEVER);
  }

  DriftWatch(
      DriftSpec spec,
      ChangeDetector detector,
      ChangeDetector warningOrNull,
      long lastDrift,
      long lastWarning) {
    this.spec = spec;
    this.detector = detector;
    this.warningOrNull = warningOrNull;
    this.lastDrift = lastDrift;
    this.lastWarning = lastWarning;
  }

  /**
   * @param error 0 for a hit, 1 for a miss
   * @param instance the key's labelled instances, this one included
   */
  void add(double error, long instance) {
    before = detector.getEstimation();
    detector.input(error);
    boolean drift = detector.getChange();
    boolean warning = detector.getWarningZone();
    if (warningOrNull != null) {
      warningOrNull.input(error);
      warning |= warningOrNull.getChange();
    }
    raised = null;
    if (drift) {
      if (instance - lastDrift > REPEAT_WITHIN) {
        raised = DriftSignal.Level.DRIFT;
      }
      lastDrift = instance;
    } else if (warning) {
      if (instance - lastWarning > REPEAT_WITHIN) {
        raised = DriftSignal.Level.WARNING;
      }
      lastWarning = instance;
    }
  }

  /** What the last error raised and nobody has dealt with, or null. */
  DriftSignal.Level raised() {
    return raised;
  }

  void dealtWith() {
    raised = null;
  }

  DriftSpec spec() {
    return spec;
  }

  ChangeDetector detector() {
    return detector;
  }

  ChangeDetector warningOrNull() {
    return warningOrNull;
  }

  long lastDrift() {
    return lastDrift;
  }

  long lastWarning() {
    return lastWarning;
  }

  /** The detector's estimate before the last error. */
  double estimateBefore() {
    return before;
  }

  double estimate() {
    return detector.getEstimation();
  }

  /** Option string of the detector that raises alarms of a level. */
  String detectorOf(DriftSignal.Level level) {
    return level == DriftSignal.Level.WARNING
        ? spec.warningDetector().orElse(spec.detector())
        : spec.detector();
  }
}
