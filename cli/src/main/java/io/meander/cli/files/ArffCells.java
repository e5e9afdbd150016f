/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.util.ArrayList;
import java.util.List;

/**
 * The cells of a line of ARFF: parted by commas, trimmed, in single or double quotes if need be. A
 * {@code %} outside of quotes begins a comment, wherever it stands.
 */
final class ArffCells {

  private static final String MISSING = "?";

  private final List<String> cells = new ArrayList<>();
  private final StringBuilder cell = new StringBuilder();
  private final boolean missingAsNull;
  private boolean quoted;

  private ArffCells(boolean missingAsNull) {
    this.missingAsNull = missingAsNull;
  }

  /** The texts of a list of values. */
  static List<String> split(String line) {
    return new ArffCells(false).read(line);
  }

  /** The texts of a row, null for a {@code ?} that is not in quotes. */
  static List<String> row(String line) {
    return new ArffCells(true).read(line);
  }

  static String unquote(String name) {
    return split(name).get(0);
  }

  /** The line up to its comment, trimmed. */
  static String withoutComment(String line) {
    char quote = 0;
    char before = ',';
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == '\\') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '%') {
        return line.substring(0, i).strip();
      } else if ((c == '\'' || c == '"') && opensQuote(before)) {
        quote = c;
      }
      before = c;
    }
    return line.strip();
  }

  private static boolean opensQuote(char before) {
    return before == ',' || before == '{' || Character.isWhitespace(before);
  }

  private List<String> read(String line) {
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quote != 0 && i + 1 < line.length()) {
        cell.append(line.charAt(++i));
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote != 0) {
        cell.append(c);
      } else if ((c == '\'' || c == '"') && cell.toString().isBlank()) {
        quote = c;
        quoted = true;
        cell.setLength(0);
      } else if (c == ',') {
        end();
      } else if (!quoted || !Character.isWhitespace(c)) {
        cell.append(c);
      }
    }
    end();
    return cells;
  }

  private void end() {
    String text = quoted ? cell.toString() : cell.toString().strip();
    cells.add(missingAsNull && !quoted && text.equals(MISSING) ? null : text);
    cell.setLength(0);
    quoted = false;
  }
}
