/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * When a slot's model is published: whichever comes first.
 *
 * @param everyInstances instances learned since the last publication
 * @param everyTimeOrNull processing time after which a publication is due if anything was learned,
 *     see {@link #nextTime}; null where a run must not depend on the clock
 */
public record PublishPolicy(long everyInstances, Duration everyTimeOrNull, boolean onDrift)
    implements Serializable {

  public Optional<Duration> everyTime() {
    return Optional.ofNullable(everyTimeOrNull);
  }

  /**
   * When the key's next publication by time is due that was last published, or has come up, at a
   * time. Each key has moments of its own, {@link #everyTime} apart, so that keys that began
   * together are spread over that time instead of coming due together.
   *
   * @param time milliseconds since the epoch
   * @return later than {@code time} by at most {@link #everyTime}
   */
  public long nextTime(String key, long time) {
    return nextTime(key, time, everyTimeOrNull);
  }

  /** The same of whatever is told by key. */
  public static long nextTime(String key, long time, Duration everyTime) {
    long every = Math.max(1, everyTime.toMillis());
    long phase = Math.floorMod(mixed(key.hashCode()), every);
    return Math.floorDiv(time - phase, every) * every + phase + every;
  }

  /**
   * Texts that differ little have hash codes that differ little: the factor is 2^64 over the golden
   * ratio.
   */
  private static long mixed(int hash) {
    return (hash * 0x9E3779B97F4A7C15L) >>> 20;
  }
}
