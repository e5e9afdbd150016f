/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.Optional;

/**
 * How a slot's error is watched.
 *
 * @param detector MOA's option string of a change detector
 * @param warning option string of a second, laxer detector whose alarms are warnings; null for none
 *     (detectors with a warning zone of their own warn without it)
 */
public record DriftSpec(String detector, String warning) implements Serializable {

  /** ADWIN with delta 0.002, alerts only: learning is exactly MOA's. */
  public static final DriftSpec DEFAULT = new DriftSpec("ADWINChangeDetector -a 0.002", null);

  public Optional<String> warningDetector() {
    return Optional.ofNullable(warning);
  }
}
