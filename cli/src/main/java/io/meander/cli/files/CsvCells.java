/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.util.ArrayList;
import java.util.List;

/** The cells of one row of CSV that has quotes, taken line by line until the row has ended. */
final class CsvCells {

  /** Where a line left the row. */
  enum End {
    OF_ROW,
    /** The row goes on in the next line. */
    WITHIN_QUOTES,
    /** Text stands behind a closing quote. */
    BROKEN
  }

  private enum At {
    START,
    PLAIN,
    QUOTED,
    /** Behind a quote within quotes: the end of the cell, or the first of two. */
    QUOTE
  }

  private final List<String> cells = new ArrayList<>();
  private final StringBuilder cell = new StringBuilder();
  private At at = At.START;

  /** Whether a space stands behind the closing quote. */
  private boolean closed;

  End read(String line) {
    if (at == At.QUOTED) {
      cell.append('\n');
    }
    for (int i = 0; i < line.length(); i++) {
      if (!take(line.charAt(i))) {
        return End.BROKEN;
      }
    }
    if (at == At.QUOTED) {
      return End.WITHIN_QUOTES;
    }
    end();
    return End.OF_ROW;
  }

  List<String> cells() {
    return cells;
  }

  private boolean take(char c) {
    switch (at) {
      case START, PLAIN -> {
        if (c == ',') {
          end();
        } else if (c == '"' && at == At.START) {
          cell.setLength(0);
          at = At.QUOTED;
        } else {
          cell.append(c);
          at = at == At.START && Character.isWhitespace(c) ? At.START : At.PLAIN;
        }
      }
      case QUOTED -> {
        if (c == '"') {
          at = At.QUOTE;
        } else {
          cell.append(c);
        }
      }
      case QUOTE -> {
        if (c == ',') {
          end();
        } else if (c == '"' && !closed) {
          cell.append(c);
          at = At.QUOTED;
        } else if (Character.isWhitespace(c)) {
          closed = true;
        } else {
          return false;
        }
      }
    }
    return true;
  }

  private void end() {
    boolean quoted = at == At.QUOTE;
    cells.add(quoted ? cell.toString() : cell.toString().strip());
    cell.setLength(0);
    closed = false;
    at = At.START;
  }
}
