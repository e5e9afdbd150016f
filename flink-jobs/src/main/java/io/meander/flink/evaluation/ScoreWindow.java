/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Score;
import io.meander.models.Target;

/**
 * The scores of the last full window of labels. Scores come in parts that are not cut, so a window
 * is at least as long as asked for, and by less than one part longer. Owned by one thread; the last
 * one may be read by others.
 */
final class ScoreWindow {

  private final Target target;
  private final int size;

  private Score open;
  private volatile Score last;

  /**
   * @param size in scored labels, at least 1
   */
  ScoreWindow(Target target, int size) {
    this.target = target;
    this.size = size;
    this.open = target.newScore();
    this.last = target.newScore();
  }

  /** Whether that made the window full. */
  boolean add(Score part) {
    open.merge(part);
    if (open.instances() < size) {
      return false;
    }
    last = open;
    open = target.newScore();
    return true;
  }

  /** Not to be changed; without labels before the first window is full. */
  Score last() {
    return last;
  }
}
