/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/**
 * How a slot's error is watched, and what is done about its alarms.
 *
 * @param detector MOA's option string of a change detector
 * @param warning option string of a second, laxer detector whose alarms are warnings; null for none
 *     (detectors with a warning zone of their own warn without it)
 * @param signal what the detectors are fed
 * @param boost what {@link OnDrift#BOOST} does; unused otherwise
 * @param backgroundInstances a background learner that no drift has called for is dropped after
 *     this many labelled instances of the key, at least 1
 */
public record DriftSpec(
    String detector,
    String warning,
    Signal signal,
    OnWarning onWarning,
    OnDrift onDrift,
    Boost boost,
    long backgroundInstances)
    implements Serializable {

  public static final long BACKGROUND_INSTANCES = 1000;

  /** ADWIN with delta 0.002, alerts only: learning is exactly MOA's. */
  public static final DriftSpec DEFAULT = new DriftSpec("ADWINChangeDetector -a 0.002", null);

  /** The slot's error, watched for alerts only. */
  public DriftSpec(String detector, String warning) {
    this(
        detector,
        warning,
        Signal.ERROR,
        OnWarning.NONE,
        OnDrift.ALERT,
        Boost.DEFAULT,
        BACKGROUND_INSTANCES);
  }

  /** What is watched, 0 at best and 1 at worst. */
  public enum Signal {
    /** 1 for a miss, 0 for a hit. */
    ERROR,
    /** Negative logarithm of the true class's vote, clipped at 0.001, over its largest value. */
    LOG_LOSS,
    /**
     * 1 less the true class's vote; of a regression the absolute error, scaled by how far labels
     * are from their mean, see {@link NumberTarget#signal}.
     */
    ABSOLUTE_ERROR,
    /** Of anomalies the score. */
    SCORE
  }

  /** What is done at a warning, beside telling it. */
  public enum OnWarning {
    NONE,
    /** A background learner begins to learn in the slot. */
    START_BACKGROUND
  }

  /** What is done at a drift, beside telling it. */
  public enum OnDrift {
    ALERT,
    /** The slot begins anew with a fresh learner. */
    RESET,
    /** The background learner takes the slot over; without one, as {@link #RESET}. */
    REPLACE,
    /** Serving moves to the slot with the least recent error, if that is another. */
    SWITCH,
    /** The slot learns from instances of more weight for a while. */
    BOOST
  }

  /**
   * @param weight factor on an instance's weight, above 0
   * @param instances for which it holds, labelled ones of the key, at least 1
   */
  public record Boost(double weight, long instances) implements Serializable {
    public static final Boost DEFAULT = new Boost(4, 500);
  }

  public Optional<String> warningDetector() {
    return Optional.ofNullable(warning);
  }

  /** The same watch of another signal. */
  public DriftSpec watching(Signal other) {
    return new DriftSpec(detector, warning, other, onWarning, onDrift, boost, backgroundInstances);
  }

  /** The same watch with another policy. */
  public DriftSpec with(OnWarning onWarning, OnDrift onDrift) {
    return new DriftSpec(detector, warning, signal, onWarning, onDrift, boost, backgroundInstances);
  }

  /**
   * Layout: detector, warning detector UTF ("" for none), a byte: 0 if all else is as in {@link
   * #DEFAULT}; 1 otherwise, and then signal, on warning, on drift UTF, boost's weight double and
   * instances long, background's instances long.
   */
  public void write(DataOutput out) throws IOException {
    out.writeUTF(detector);
    out.writeUTF(warning == null ? "" : warning);
    boolean alertsOnly = equals(new DriftSpec(detector, warning));
    out.writeByte(alertsOnly ? 0 : 1);
    if (alertsOnly) {
      return;
    }
    out.writeUTF(signal.name());
    out.writeUTF(onWarning.name());
    out.writeUTF(onDrift.name());
    out.writeDouble(boost.weight());
    out.writeLong(boost.instances());
    out.writeLong(backgroundInstances);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it ends too early or names a policy that this release does not know
   */
  public static DriftSpec read(DataInput in) throws IOException {
    String detector = in.readUTF();
    String warningText = in.readUTF();
    String warning = warningText.isEmpty() ? null : warningText;
    if (in.readByte() == 0) {
      return new DriftSpec(detector, warning);
    }
    try {
      return new DriftSpec(
          detector,
          warning,
          Signal.valueOf(in.readUTF()),
          OnWarning.valueOf(in.readUTF()),
          OnDrift.valueOf(in.readUTF()),
          new Boost(in.readDouble(), in.readLong()),
          in.readLong());
    } catch (IllegalArgumentException e) {
      throw new IOException("a drift policy that this release does not know", e);
    }
  }
}
