/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * A {@link PanedWindow} whose panes keep a {@link Tally} each. As bytes, a pane is its count (4)
 * and its doubles.
 */
final class Panes extends PanedWindow {

  private final Stat stat;
  private final double seconds;
  private final int[] counts;
  private final double[] firsts;
  private final double[] squares;

  /** The slots whose count is not 0: of many panes, few are, where events are rare. */
  private final BitSet used;

  /** All panes of the window that ends with {@link #summedPane} but that one. */
  private final Tally summed = new Tally();

  private long summedPane = NONE;
  private final Tally whole = new Tally();

  /**
   * @param panes at most 255
   * @param width of one, in milliseconds
   */
  Panes(Stat stat, int panes, long width) {
    super(panes, width);
    this.stat = stat;
    this.seconds = panes * (width / 1000.0);
    this.counts = new int[panes];
    this.used = new BitSet(panes);
    this.firsts = stat.perPane() > 0 ? new double[panes] : null;
    this.squares = stat.perPane() > 1 ? new double[panes] : null;
  }

  static int maxBytes(Stat stat, int panes) {
    return PanedWindow.maxBytes(panes, Integer.BYTES + stat.perPane() * Double.BYTES);
  }

  @Override
  public double value(double input, long time) {
    long pane = pane(time);
    if (pane != summedPane) {
      summed.clear();
      summedPane = pane;
      long newest = newest();
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
    if (isKept(pane)) {
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
    long pane = pane(time);
    if (!reach(pane)) {
      return;
    }
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
  @Override
  void empty(int from, int end) {
    used.clear(from, end);
  }

  @Override
  boolean isEmpty(int slot) {
    return !used.get(slot);
  }

  @Override
  void write(int slot, ByteBuffer out) {
    out.putInt(counts[slot]);
    if (firsts != null) {
      out.putDouble(firsts[slot]);
    }
    if (squares != null) {
      out.putDouble(squares[slot]);
    }
  }

  @Override
  void read(int slot, ByteBuffer in) {
    put(
        slot,
        in.getInt(),
        firsts == null ? 0 : in.getDouble(),
        squares == null ? 0 : in.getDouble());
  }

  @Override
  public long liveBytes() {
    return 264
        + counts.length / 8
        + (long) counts.length * (Integer.BYTES + stat.perPane() * Double.BYTES);
  }
}
