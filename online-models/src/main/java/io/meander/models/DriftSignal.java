/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * One drift or warning of one slot, repeats of the same one merged.
 *
 * @param instance the key's labelled instances so far, this one included, from 1
 * @param eventTime of the labelled event, or {@link Observation#NO_TIME}
 * @param detector option string of the detector that raised it
 * @param errorBefore the detector's estimate of the error at the previous label; NaN if unknown
 * @param errorAfter its estimate now
 * @param action what was done about it
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
    Action action) {

  /** How sure the detector is. */
  public enum Level {
    WARNING,
    DRIFT
  }

  /** What a drift policy does about it. */
  public enum Action {
    ALERT
  }
}
