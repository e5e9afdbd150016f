/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Lines of cells in columns, the first aligned to the left, the others to the right. */
final class TextTable {

  private final List<String[]> lines = new ArrayList<>();

  TextTable(String... headings) {
    lines.add(headings);
  }

  /** As many cells as there are headings. */
  void add(String... cells) {
    if (cells.length != lines.get(0).length) {
      throw new IllegalArgumentException(
          cells.length + " cells in a table of " + lines.get(0).length);
    }
    lines.add(cells);
  }

  void print(PrintWriter out) {
    int[] widths = new int[lines.get(0).length];
    for (String[] line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    for (String[] line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - line[i].length());
        text.append(i == 0 ? line[i] + padding : "  " + padding + line[i]);
      }
      out.println(text.toString().stripTrailing());
    }
  }
}
