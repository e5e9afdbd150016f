/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The rows of a CSV file as RFC 4180 has them: cells parted by commas, spaces around them dropped,
 * in double quotes if need be, where a quote is doubled and a line may end. A row with a broken
 * quote costs that line alone; the next row begins on the next line. Empty lines are no rows.
 */
final class CsvLines implements Closeable {

  /** A quote that is not closed within as many characters is broken. */
  static final int LONGEST_QUOTE = 1 << 16;

  private final BufferedReader in;

  /** Lines that were read in search of a quote's end, to be read again. */
  private final Deque<String> again = new ArrayDeque<>();

  CsvLines(BufferedReader in) {
    this.in = in;
  }

  /**
   * One row.
   *
   * @param cells null if the row is broken
   * @param text as it stands in the file
   * @param broken why, null if it is not
   */
  record Line(List<String> cells, String text, String broken) {}

  /** The next row, or null after the last. */
  Line next() throws IOException {
    String first = line();
    while (first != null && first.isBlank()) {
      first = line();
    }
    if (first == null) {
      return null;
    }
    if (first.indexOf('"') < 0) {
      return new Line(plain(first), first, null);
    }
    Deque<String> more = new ArrayDeque<>();
    StringBuilder text = new StringBuilder(first);
    CsvCells cells = new CsvCells();
    CsvCells.End end = cells.read(first);
    while (end == CsvCells.End.WITHIN_QUOTES && text.length() <= LONGEST_QUOTE) {
      String line = line();
      if (line == null) {
        break;
      }
      more.addLast(line);
      text.append('\n').append(line);
      end = cells.read(line);
    }
    if (end == CsvCells.End.OF_ROW) {
      return new Line(cells.cells(), text.toString(), null);
    }
    while (!more.isEmpty()) {
      again.addFirst(more.removeLast());
    }
    return new Line(
        null,
        first,
        end == CsvCells.End.WITHIN_QUOTES
            ? "opens a quote that is not closed"
            : "has text after a closing quote; a quote within quotes is written twice");
  }

  private static List<String> plain(String line) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    for (int comma = line.indexOf(','); comma >= 0; comma = line.indexOf(',', from)) {
      cells.add(line.substring(from, comma).strip());
      from = comma + 1;
    }
    cells.add(line.substring(from).strip());
    return cells;
  }

  private String line() throws IOException {
    return again.isEmpty() ? in.readLine() : again.removeFirst();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
