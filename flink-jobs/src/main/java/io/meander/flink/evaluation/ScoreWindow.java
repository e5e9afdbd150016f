/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Figures;
import java.util.function.Supplier;

/**
 * A predictor's figures of the last full window of labels. They come in parts that are not cut, so
 * a window is at least as long as asked for, and by less than one part longer. Owned by one thread;
 * the last one may be read by others.
 */
final class ScoreWindow {

  private final int size;
  private final Supplier<Figures> empty;

  private Figures open;
  private volatile Figures last;

  /**
   * @param size in scored labels, at least 1
   */
  ScoreWindow(int size, Supplier<Figures> empty) {
    this.size = size;
    this.empty = empty;
    this.open = empty.get();
    this.last = empty.get();
  }

  /** Whether that made the window full. */
  boolean add(Figures part) {
    open.merge(part);
    if (open.instances() < size) {
      return false;
    }
    last = open;
    open = empty.get();
    return true;
  }

  /** Not to be changed; without labels before the first window is full. */
  Figures last() {
    return last;
  }
}
