/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link PanedWindow} whose panes keep a {@link Sketch} each, which is what they are as bytes.
 *
 * @param <S> the sketch of a pane
 * @param <U> several of them together
 */
final class SketchPanes<S extends Sketch, U> extends PanedWindow {

  private final Sketch.Kind<S, U> kind;

  /** By slot; null where nothing came. */
  private final List<S> ring = new ArrayList<>();

  /** All panes of the window that ends with {@link #unitedPane} but that one. */
  private U unitedOrNull;

  private long unitedPane = NONE;

  /**
   * @param panes at most 255
   * @param width of one, in milliseconds
   */
  SketchPanes(Sketch.Kind<S, U> kind, int panes, long width) {
    super(panes, width);
    this.kind = kind;
    for (int i = 0; i < panes; i++) {
      ring.add(null);
    }
  }

  static int maxBytes(Sketch.Kind<?, ?> kind, int panes) {
    return PanedWindow.maxBytes(panes, kind.maxBytes());
  }

  @Override
  public double value(double input, long time) {
    long pane = pane(time);
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
    return isKept(pane) ? ring.get(slot(pane)) : null;
  }

  @Override
  public void add(double input, long time) {
    long pane = pane(time);
    if (!reach(pane)) {
      return;
    }
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

  @Override
  void empty(int from, int end) {
    for (int slot = from; slot < end; slot++) {
      ring.set(slot, null);
    }
  }

  @Override
  boolean isEmpty(int slot) {
    return ring.get(slot) == null;
  }

  @Override
  void write(int slot, ByteBuffer out) {
    ring.get(slot).write(out);
  }

  @Override
  void read(int slot, ByteBuffer in) {
    S sketch = kind.empty();
    sketch.read(in);
    ring.set(slot, sketch);
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
