/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * What the clocks and calendars of a zone show, worked out without making objects where the zone's
 * offset never changes. Immutable and thread-safe.
 */
public final class LocalClock {

  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  private final ZoneId zone;
  private final boolean fixed;
  private final long fixedOffset;

  public LocalClock(ZoneId zone) {
    this.zone = zone;
    this.fixed = zone.getRules().isFixedOffset();
    this.fixedOffset = fixed ? offset(Instant.EPOCH) : 0;
  }

  private long offset(Instant at) {
    return 1000L * zone.getRules().getOffset(at).getTotalSeconds();
  }

  /**
   * Milliseconds since 1970-01-01T00:00 on the zone's clocks.
   *
   * @param millis since the epoch
   */
  public long local(long millis) {
    return millis + (fixed ? fixedOffset : offset(Instant.ofEpochMilli(millis)));
  }

  /**
   * The hour of the day, 0 to 23.
   *
   * @param local as {@link #local} gives it
   */
  public static int hour(long local) {
    return (int) (Math.floorMod(local, DAY) / HOUR);
  }

  /** The minute of the hour, 0 to 59. */
  public static int minute(long local) {
    return (int) (Math.floorMod(local, HOUR) / 60_000);
  }

  /** The day of the week, 0 for Monday to 6. */
  public static int weekday(long local) {
    return (int) Math.floorMod(Math.floorDiv(local, DAY) + 3, 7L); // the epoch was a Thursday
  }

  /** The date. */
  public static LocalDate date(long local) {
    return LocalDate.ofEpochDay(Math.floorDiv(local, DAY));
  }
}
