/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.function.Function;
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
  private final RecentError recent;
  private long lastDrift;
  private long lastWarning;

  /** What the last error raised; not part of the state, since a fact clears it at once. */
  private DriftSignal.Level raised;

  DriftWatch(DriftSpec spec, Target target) {
    this(spec, target.watchesBothWays(), NEVER, NEVER);
  }

  private DriftWatch(DriftSpec spec, boolean bothWays, long lastDrift, long lastWarning) {
    this(
        spec,
        detector(spec.detector(), bothWays),
        spec.warningDetector().map(text -> detector(text, bothWays)).orElse(null),
        new RecentError(),
        lastDrift,
        lastWarning);
  }

  DriftWatch(
      DriftSpec spec,
      ChangeDetector detector,
      ChangeDetector warningOrNull,
      RecentError recent,
      long lastDrift,
      long lastWarning) {
    this.spec = spec;
    this.detector = detector;
    this.warningOrNull = warningOrNull;
    this.recent = recent;
    this.lastDrift = lastDrift;
    this.lastWarning = lastWarning;
  }

  /** The same watch over another learner: fresh detectors, the last alarms known. */
  DriftWatch renewed() {
    return new DriftWatch(spec, detector instanceof BothWays, lastDrift, lastWarning);
  }

  private static ChangeDetector detector(String optionString, boolean bothWays) {
    return detector(optionString, bothWays, Detectors::create);
  }

  /** What watches an error, of fresh detectors that are made so. */
  static ChangeDetector detector(
      String optionString, boolean bothWays, Function<String, ChangeDetector> made) {
    return bothWays
        ? new BothWays(made.apply(optionString), made.apply(optionString))
        : made.apply(optionString);
  }

  /** The same life watched by other rules: detectors that change begin anew. */
  DriftWatch by(DriftSpec other) {
    boolean same =
        other.detector().equals(spec.detector())
            && other.warningDetector().equals(spec.warningDetector())
            && other.signal() == spec.signal();
    boolean bothWays = detector instanceof BothWays;
    DriftWatch fresh = same ? this : new DriftWatch(other, bothWays, lastDrift, lastWarning);
    return new DriftWatch(
        other, fresh.detector, fresh.warningOrNull, recent, lastDrift, lastWarning);
  }

  /**
   * @param error of the slot's prediction, see {@link Target#error}
   * @param signal what the detectors are fed, 0 at best and 1 at worst
   * @param instance the key's labelled instances, this one included
   */
  void add(double error, double signal, long instance) {
    recent.add(error);
    detector.input(signal);
    boolean drift = detector.getChange();
    boolean warning = detector.getWarningZone();
    if (warningOrNull != null) {
      warningOrNull.input(signal);
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

  RecentError recent() {
    return recent;
  }

  long lastDrift() {
    return lastDrift;
  }

  long lastWarning() {
    return lastWarning;
  }

  /** Option string of the detector that raises alarms of a level. */
  String detectorOf(DriftSignal.Level level) {
    return level == DriftSignal.Level.WARNING
        ? spec.warningDetector().orElse(spec.detector())
        : spec.detector();
  }
}
