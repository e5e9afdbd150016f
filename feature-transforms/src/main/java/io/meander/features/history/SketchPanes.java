/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A window over time of panes, as {@link Panes}, that keep a {@link Sketch} each. As bytes: index
 * of the newest pane (8 bytes), number of panes that are not empty (1), and of each, from the
 * oldest, how many panes it is older than the newest (1), and its sketch.
 *
 * @param <S> the sketch of a pane
 * @param <U> several of them together
 */
final class SketchPanes<S extends Sketch, U> extends History {

  private static final long NONE = Long.MIN_VALUE;

  private final Sketch.Kind<S, U> kind;
  private final long width;

  /** By the pane's index modulo their number; null where nothing came. */
  private final List<S> ring = new ArrayList<>();

  private long newest = NONE;

  /** All panes of the window that ends with {@link #unitedPane} but that one. */
  private U unitedOrNull;

  private long unitedPane = NONE;

  /**
   * @param panes at most 255
   * @param width of one, in milliseconds
   */
  SketchPanes(Sketch.Kind<S, U> kind, int panes, long width) {
    this.kind = kind;
    this.width = width;
    for (int i = 0; i < panes; i++) {
      ring.add(null);
    }
  }

  static int maxBytes(Sketch.Kind<?, ?> kind, int panes) {
    return Long.BYTES + 1 + panes * (1 + kind.maxBytes());
  }

  @Override
  public double value(double input, long time) {
    long pane = Math.floorDiv(time, width);
    if (unitedOrNull == null || pane != unitedPane) {
      List<S> closed = new ArrayList<>();
      for (long p = pane - ring.size() + 1; p < pane; p++) {
        S sketch = sketch(p);
        if (sketch != null) {
          closed.add(sketch);
        }
      }
      unitedOrNull = kind.union(closed);
      unitedPane = pane;
    }
    return kind.value(unitedOrNull, sketch(pane));
  }

  /** Of a pane; null if it is not kept, or nothing came. */
  private S sketch(long pane) {
    boolean kept = newest != NONE && pane <= newest && pane > newest - ring.size();
    return kept ? ring.get(slot(pane)) : null;
  }

  @Override
  public void add(double input, long time) {
    long pane = Math.floorDiv(time, width);
    if (newest != NONE && pane <= newest - ring.size()) {
      return;
    }
    advance(pane);
    if (pane != unitedPane) {
      unitedOrNull = null;
    }
    S sketch = ring.get(slot(pane));
    if (sketch == null) {
      sketch = kind.empty();
      ring.set(slot(pane), sketch);
    }
    sketch.add(input);
  }

  private void advance(long pane) {
    if (newest == NONE) {
      newest = pane;
    }
    for (long p = Math.max(newest + 1, pane - ring.size() + 1);
        pane > newest && p - pane <= 0; // ends after the last of all longs too
        p++) {
      ring.set(slot(p), null);
    }
    newest = Math.max(newest, pane);
  }

  private int slot(long pane) {
    return (int) Math.floorMod(pane, (long) ring.size());
  }

  @Override
  public void write(ByteBuffer out) {
    out.putLong(newest);
    int place = out.position();
    out.put((byte) 0);
    int used = 0;
    for (int age = ring.size() - 1; age >= 0; age--) {
      S sketch = newest == NONE ? null : sketch(newest - age);
      if (sketch != null) {
        used++;
        out.put((byte) age);
        sketch.write(out);
      }
    }
    out.put(place, (byte) used);
  }

  @Override
  public void read(ByteBuffer in) {
    newest = in.getLong();
    for (int left = Byte.toUnsignedInt(in.get()); left > 0; left--) {
      int i = slot(newest - Byte.toUnsignedInt(in.get()));
      S sketch = kind.empty();
      sketch.read(in);
      ring.set(i, sketch);
    }
  }

  @Override
  public long liveBytes() {
    long bytes = 120 + 8L * ring.size();
    for (S sketch : ring) {
      bytes += sketch == null ? 0 : sketch.liveBytes();
    }
    // What is kept of all of them together is about as large as the largest.
    return bytes + kind.maxBytes();
  }
}
