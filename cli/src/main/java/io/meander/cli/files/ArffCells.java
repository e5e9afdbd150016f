/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.util.ArrayList;
import java.util.List;

/**
 * The cells of a line of ARFF: parted by commas, trimmed, in single or double quotes if need be.
 */
final class ArffCells {

  private ArffCells() {}

  static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    char quote = 0;
    boolean quoted = false;
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
        cells.add(quoted ? cell.toString() : cell.toString().strip());
        cell.setLength(0);
        quoted = false;
      } else if (!quoted || !Character.isWhitespace(c)) {
        cell.append(c);
      }
    }
    cells.add(quoted ? cell.toString() : cell.toString().strip());
    return cells;
  }

  static String unquote(String name) {
    return split(name).get(0);
  }
}
