/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * One drift or warning of one slot's error, repeats of the same one merged, a slot that outgrew its
 * limit, one that serves no more since another is better, or a drift of a watched feature.
 *
 * @param slot empty if it is a feature's
 * @param instance the key's labelled instances so far, this one included, from 1
 * @param eventTime of the labelled event, or {@link Observation#NO_TIME}
 * @param detector option string of the detector that raised it, or the limit or policy
 * @param errorBefore share of misses over about the last 1000 labels of the slot's life, this one
 *     included, 0 to 1; NaN if unknown
 * @param errorAfter share of misses over about the last 50, likewise
 * @param action what was really done about it
 * @param switchedTo id of the slot that serves from now on, if {@code action} is {@link
 *     Action#SWITCH}; else empty
 * @param featureOrNull what drifted, if it is no slot's: then the errors are means of its values,
 *     or shares of missing ones
 * @param evidenceOrNull what speaks for that slot, where the {@link ServePolicy} chose it
 */
public record DriftSignal(
    String key,
    String slot,
    long incarnation,
    String detector,
    Level level,
    long instance,
    long eventTime,
    double errorBefore,
    double errorAfter,
    Action action,
    String switchedTo,
    FeatureWatchSpec featureOrNull,
    Evidence evidenceOrNull) {

  /**
   * What speaks for a slot that serves from now on.
   *
   * @param error its share of misses over about the last 1000 labels of its life, 0 to 1
   * @param won labels on which it was right and the slot that served was not, as far as they are
   *     counted
   * @param lost labels on which it was the other way round
   * @param confidence that it is not just as good, 0 to 1, by a sequential sign test over these
   */
  public record Evidence(double error, long won, long lost, double confidence) {}

  /** An alarm of a slot's error that moved no serving. */
  public DriftSignal(
      String key,
      String slot,
      long incarnation,
      String detector,
      Level level,
      long instance,
      long eventTime,
      double errorBefore,
      double errorAfter,
      Action action) {
    this(
        key,
        slot,
        incarnation,
        detector,
        level,
        instance,
        eventTime,
        errorBefore,
        errorAfter,
        action,
        "",
        null,
        null);
  }

  /**
   * What a slot's present life tells of itself.
   *
   * @param detector what raised it
   */
  static DriftSignal of(
      ModelSet set, Slot slot, String detector, Level level, Action action, String switchedTo) {
    return of(set, slot, detector, level, action, switchedTo, null);
  }

  /**
   * The same with what speaks for the other slot.
   *
   * @param evidenceOrNull null if nothing is weighed
   */
  static DriftSignal of(
      ModelSet set,
      Slot slot,
      String detector,
      Level level,
      Action action,
      String switchedTo,
      Evidence evidenceOrNull) {
    return new DriftSignal(
        set.key(),
        slot.id(),
        slot.incarnation(),
        detector,
        level,
        set.labels,
        set.lastEventTime,
        slot.watch().recent().before(),
        slot.watch().recent().late(),
        action,
        switchedTo,
        null,
        evidenceOrNull);
  }

  /** How sure the detector is. */
  public enum Level {
    WARNING,
    DRIFT,
    /** No detector's: the slot's learner is larger than its {@link SizeLimit}. */
    OUTGROWN,
    /** No detector's: by the {@link ServePolicy}, another slot serves from now on. */
    PROMOTED,
    /** No detector's: the slot that a promotion put aside is better and serves again. */
    ROLLED_BACK
  }

  /** What was done about it. */
  public enum Action {
    /** It was told, and no model changed. */
    ALERT,
    /** A background learner began to learn in the slot. */
    START_BACKGROUND,
    /** The slot began anew with a fresh learner. */
    RESET,
    /** The background learner took the slot over. */
    REPLACE,
    /** Serving moved to another slot. */
    SWITCH,
    /** The slot learns from instances of more weight for a while. */
    BOOST,
    /** The slot's learner votes on and learns no more. */
    STOP_LEARNING
  }
}
