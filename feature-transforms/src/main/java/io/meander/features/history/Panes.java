/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.BitSet;

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

  /** The slots whose count is not 0: of many panes, few are, where events are rare. */
  private final BitSet used;

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
    this.used = new BitSet(panes);
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
        if (from <= to) {
          int first = slot(from);
          int end = first + (int) (to - from) + 1;
          includeSlots(first, Math.min(end, counts.length));
          includeSlots(0, end - counts.length);
        }
      }
    }
    whole.set(summed);
    if (newest != NONE && pane <= newest && pane > newest - counts.length) {
      include(whole, pane);
    }
    return whole.value(stat, seconds);
  }

  /** Adds up slots whose panes follow one another. */
  private void includeSlots(int from, int end) {
    for (int i = used.nextSetBit(from); i >= 0 && i < end; i = used.nextSetBit(i + 1)) {
      includeSlot(summed, i);
    }
  }

  private void include(Tally tally, long pane) {
    includeSlot(tally, slot(pane));
  }

  private void includeSlot(Tally tally, int i) {
    if (!used.get(i)) {
      return;
    }
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
    used.set(i, count > 0);
    if (firsts != null) {
      firsts[i] = first;
    }
    if (squares != null) {
      squares[i] = spread;
    }
  }

  /** Only what is used is looked at, so that what was in a slot before may stay there. */
  private void advance(long pane) {
    if (pane <= newest) {
      return;
    }
    long ahead = pane - newest; // below 0 where it is more than a long holds
    int first = slot(newest + 1);
    int end = first + (ahead < 0 || ahead > counts.length ? counts.length : (int) ahead);
    used.clear(first, Math.min(end, counts.length));
    used.clear(0, Math.max(0, end - counts.length));
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
    int filled = 0;
    for (int age = counts.length - 1; newest != NONE && age >= 0; age--) {
      int i = slot(newest - age);
      if (used.get(i)) {
        filled++;
        out.put((byte) age).putInt(counts[i]);
        if (firsts != null) {
          out.putDouble(firsts[i]);
        }
        if (squares != null) {
          out.putDouble(squares[i]);
        }
      }
    }
    out.put(place, (byte) filled);
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
    return 264
        + counts.length / 8
        + (long) counts.length * (Integer.BYTES + stat.perPane() * Double.BYTES);
  }
}
