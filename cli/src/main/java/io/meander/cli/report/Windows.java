/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Board;
import io.meander.models.Figures;
import io.meander.models.Observation;
import io.meander.models.Scored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Figures over tumbling windows of scored labels, in the order of the labels. Of a window that has
 * ended only its numbers are kept, so that a long run does not fill the heap.
 */
final class Windows {

  private final int size;
  private final Board overall;
  private final Supplier<Board> newBoard;
  private final List<Window> closed = new ArrayList<>();
  private Board board;
  private long scored;
  private long fromTime = Observation.NO_TIME;
  private long toTime = Observation.NO_TIME;

  /**
   * One window.
   *
   * @param of each predictor's figures, in the order of {@link Board#rows}; the faded ones are the
   *     run's at the window's end
   * @param from number of its first scored label, from 1
   * @param to number of its last
   * @param fromTime time of its first label, or {@link Observation#NO_TIME}
   */
  record Window(Map<String, Figures.Row> of, long from, long to, long fromTime, long toTime) {}

  /**
   * @param overall figures of the whole run, which fade beyond the windows; each label is added to
   *     it first
   */
  Windows(int size, Board overall, Supplier<Board> newBoard) {
    this.size = size;
    this.overall = overall;
    this.newBoard = newBoard;
    this.board = newBoard.get();
  }

  void add(Scored label) {
    if (scored % size == 0) {
      fromTime = label.labelTime();
    }
    board.add(label);
    scored++;
    toTime = label.labelTime();
    if (scored % size == 0) {
      close();
    }
  }

  /** All windows, the last one cut short where the labels ended. */
  List<Window> all() {
    List<Window> all = new ArrayList<>(closed);
    if (scored % size != 0) {
      all.add(open());
    }
    return all;
  }

  private void close() {
    closed.add(open());
    board = newBoard.get();
  }

  private Window open() {
    Map<String, Figures.Row> of = new LinkedHashMap<>();
    board.rows().forEach((id, figures) -> of.put(id, figures.row().fadedAs(overall.of(id))));
    return new Window(of, scored - (scored - 1) % size, scored, fromTime, toTime);
  }
}
