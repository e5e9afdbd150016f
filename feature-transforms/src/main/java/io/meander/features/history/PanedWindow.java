/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;

/**
 * A window over time, cut into panes of equal length that begin at multiples of it since the epoch.
 * At a time, the window is that time's pane and the {@code n - 1} before it, so it reaches back
 * between {@code last} less a pane and {@code last}. What comes out of order goes to its pane; what
 * is older than all panes that are kept is passed over; what is newer than the event's pane is not
 * in the event's window. The newest {@code n} panes are in a ring of slots, by a pane's index
 * modulo their number.
 *
 * <p>As bytes: index of the newest pane (8 bytes), number of panes that are not empty (1), and of
 * each, from the oldest, how many panes it is older than the newest (1), and what the subclass
 * keeps of it.
 */
abstract class PanedWindow extends History {

  /** No pane. */
  static final long NONE = Long.MIN_VALUE;

  private final int panes;
  private final long width;
  private long newest = NONE;

  /**
   * @param panes at most 255
   * @param width of one, in milliseconds
   */
  PanedWindow(int panes, long width) {
    this.panes = panes;
    this.width = width;
  }

  /**
   * @param perPane bytes that a pane takes at most
   */
  static int maxBytes(int panes, int perPane) {
    return Long.BYTES + 1 + panes * (1 + perPane);
  }

  final long pane(long time) {
    return Math.floorDiv(time, width);
  }

  final int slot(long pane) {
    return (int) Math.floorMod(pane, (long) panes);
  }

  /** The newest pane; {@link #NONE} before the first. */
  final long newest() {
    return newest;
  }

  /** Whether what came in the pane is in its slot. */
  final boolean isKept(long pane) {
    return newest != NONE && pane <= newest && pane > newest - panes;
  }

  /**
   * Makes room for a pane in which something comes.
   *
   * @return whether it is kept; else it is older than all that are
   */
  final boolean reach(long pane) {
    if (newest == NONE) {
      newest = pane;
    } else if (pane <= newest - panes) {
      return false;
    }
    if (pane > newest) {
      long ahead = pane - newest; // below 0 where it is more than a long holds
      int first = slot(newest + 1);
      int end = first + (ahead < 0 || ahead > panes ? panes : (int) ahead);
      empty(first, Math.min(end, panes));
      empty(0, Math.max(0, end - panes));
      newest = pane;
    }
    return true;
  }

  /** What is in these slots is no more; none if the first is the end. */
  abstract void empty(int from, int end);

  abstract boolean isEmpty(int slot);

  abstract void write(int slot, ByteBuffer out);

  abstract void read(int slot, ByteBuffer in);

  @Override
  public final void write(ByteBuffer out) {
    out.putLong(newest);
    int place = out.position();
    out.put((byte) 0);
    int filled = 0;
    for (int age = panes - 1; newest != NONE && age >= 0; age--) {
      int slot = slot(newest - age);
      if (!isEmpty(slot)) {
        filled++;
        out.put((byte) age);
        write(slot, out);
      }
    }
    out.put(place, (byte) filled);
  }

  @Override
  public final void read(ByteBuffer in) {
    newest = in.getLong();
    for (int left = Byte.toUnsignedInt(in.get()); left > 0; left--) {
      read(slot(newest - Byte.toUnsignedInt(in.get())), in);
    }
  }
}
