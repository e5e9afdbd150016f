/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * A window over time, cut into panes of equal length that begin at multiples of it since the epoch.
 * At a time, the window is that time's pane and the {@code n - 1} before it, so it reaches back
 * between {@code last} less a pane and {@code last}. What comes out of order goes to its pane; what
 * is older than all panes that are kept is passed over; what is newer than the event's pane is not
 * in the event's window.
 *
 * <p>As bytes: index of the newest pane (8 bytes), number of panes that are not empty (1), and of
 * each, from the oldest, how many panes it is older than the newest (1), its count (4) and its
 * doubles.
 */
final class Panes extends History {

  private static final long NONE = Long.MIN_VALUE;

  private final Stat stat;
  private final long width;
  private final double seconds;
  private final int[] counts;
  private final double[] firsts;
  private final double[] squares;
  private long newest = NONE;

  /** All panes of the window that ends with {@link #summedPane} but that one. */
  private final Tally summed = new Tally();

  private long summedPane = NONE;
  private final Tally whole = new Tally();

  /**
   * @param panes at most 255
   * @param width of one, in milliseconds
   */
  Panes(Stat stat, int panes, long width) {
    this.stat = stat;
    this.width = width;
    this.seconds = panes * (width / 1000.0);
    this.counts = new int[panes];
    this.firsts = stat.perPane() > 0 ? new double[panes] : null;
    this.squares = stat.perPane() > 1 ? new double[panes] : null;
  }

  static int maxBytes(Stat stat, int panes) {
    return Long.BYTES + 1 + panes * (1 + Integer.BYTES + stat.perPane() * Double.BYTES);
  }

  @Override
  public double value(double input, long time) {
    long pane = Math.floorDiv(time, width);
    if (pane != summedPane) {
      summed.clear();
      summedPane = pane;
      if (newest != NONE) {
        long to = Math.min(pane - 1, newest);
        long from = Math.max(pane, newest) - counts.length + 1;
        int i = slot(from);
        for (long p = from; p <= to; p++) {
          includeSlot(summed, i);
          i = i + 1 == counts.length ? 0 : i + 1;
        }
      }
    }
    whole.set(summed);
    if (newest != NONE && pane <= newest && pane > newest - counts.length) {
      include(whole, pane);
    }
    return whole.value(stat, seconds);
  }

  private void include(Tally tally, long pane) {
    includeSlot(tally, slot(pane));
  }

  private void includeSlot(Tally tally, int i) {
    tally.add(stat, counts[i], firsts == null ? 0 : firsts[i], squares == null ? 0 : squares[i]);
  }

  @Override
  public void add(double input, long time) {
    long pane = Math.floorDiv(time, width);
    if (newest == NONE) {
      newest = pane;
    } else if (pane <= newest - counts.length) {
      return;
    }
    advance(pane);
    if (pane != summedPane) {
      summedPane = NONE;
    }
    Tally tally = whole;
    int i = slot(pane);
    tally.clear();
    include(tally, pane);
    tally.add(stat, input);
    put(i, tally.count, tally.first, tally.squares);
  }

  private void put(int i, int count, double first, double spread) {
    counts[i] = count;
    if (firsts != null) {
      firsts[i] = first;
    }
    if (squares != null) {
      squares[i] = spread;
    }
  }

  private void advance(long pane) {
    if (pane <= newest) {
      return;
    }
    long from = Math.max(newest + 1, pane - counts.length + 1);
    for (long p = from; p - pane <= 0; p++) { // ends after the last of all longs too
      put(slot(p), 0, 0, 0);
    }
    newest = pane;
  }

  private int slot(long pane) {
    return (int) Math.floorMod(pane, (long) counts.length);
  }

  @Override
  public void write(ByteBuffer out) {
    out.putLong(newest);
    int place = out.position();
    out.put((byte) 0);
    int used = 0;
    for (int age = counts.length - 1; newest != NONE && age >= 0; age--) {
      int i = slot(newest - age);
      if (counts[i] > 0) {
        used++;
        out.put((byte) age).putInt(counts[i]);
        if (firsts != null) {
          out.putDouble(firsts[i]);
        }
        if (squares != null) {
          out.putDouble(squares[i]);
        }
      }
    }
    out.put(place, (byte) used);
  }

  @Override
  public void read(ByteBuffer in) {
    newest = in.getLong();
    for (int left = Byte.toUnsignedInt(in.get()); left > 0; left--) {
      int i = slot(newest - Byte.toUnsignedInt(in.get()));
      put(
          i,
          in.getInt(),
          firsts == null ? 0 : in.getDouble(),
          squares == null ? 0 : in.getDouble());
    }
  }

  @Override
  public long liveBytes() {
    return 200 + (long) counts.length * (Integer.BYTES + stat.perPane() * Double.BYTES);
  }
}
