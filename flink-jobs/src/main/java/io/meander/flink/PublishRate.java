/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

/**
 * Spreads what comes due together: hands out times that are at least so far apart as a rate allows.
 * Not thread-safe.
 */
public final class PublishRate {

  private static final double SECOND = 1000;

  private final double interval;
  private double free = Double.NEGATIVE_INFINITY;

  /**
   * @param perSecond above 0
   */
  public PublishRate(double perSecond) {
    this.interval = SECOND / perSecond;
  }

  /**
   * The next time that is free, which is taken from now on.
   *
   * @param now milliseconds since the epoch
   * @return {@code now} or later
   */
  public long reserve(long now) {
    double at = Math.max((double) now, free);
    free = at + interval;
    return (long) Math.ceil(at);
  }
}
