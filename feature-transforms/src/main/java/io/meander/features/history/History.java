/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * What one feature keeps of one key's past. The same additions give the same values, bit for bit,
 * whether or not it was written and read in between. Nothing fails, whatever numbers and times come
 * (from the year 1 on): an event that was answered can always be remembered. Mutable, owned by one
 * thread.
 */
public abstract class History {

  /**
   * The feature of an event that comes now; changes nothing that can be seen.
   *
   * @param input what the event itself brings, NaN if nothing
   * @param time of the event, in milliseconds since the epoch; any number where {@link
   *     HistoryForm#isTimed} is false
   * @return NaN where nothing is known yet; an infinity or NaN where the numbers were too large
   */
  public abstract double value(double input, long time);

  /**
   * Something happened.
   *
   * @param input a number, or a text's hash; never NaN
   * @param time when, as for {@link #value}
   */
  public abstract void add(double input, long time);

  /**
   * A label came.
   *
   * @param eventInput what its event brought, NaN if nothing
   * @param input a number of the label's, never NaN
   * @param time when
   */
  public void addLabel(double eventInput, double input, long time) {
    add(input, time);
  }

  /** At most as many bytes as the form says, see there for the layout. */
  public abstract void write(ByteBuffer out);

  /** Into a history without a past: what {@link #write} wrote. */
  public abstract void read(ByteBuffer in);

  /** Estimated bytes on the heap. */
  public abstract long liveBytes();
}
