/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.report.RunReport;
import io.meander.models.Task;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of predictors as a text table, a line each. */
final class FigureTable {

  private final Task task;
  private final TextTable table;

  FigureTable(Task task) {
    this.task = task;
    List<String> heads = new ArrayList<>(List.of("", "instances"));
    task.figures().forEach(figure -> heads.add(figure.title()));
    heads.add("drifts");
    this.table = new TextTable(heads.toArray(String[]::new));
  }

  /** Drifts are shown of slots only: nothing else is watched. */
  void add(RunReport.Line row) {
    List<String> cells = new ArrayList<>();
    cells.add(row.predictor());
    cells.add(String.format(Locale.ROOT, "%,d", row.instances()));
    task.figures().forEach(figure -> cells.add(figure(row.figure(figure), figure.decimals())));
    cells.add(row.slot() ? String.format(Locale.ROOT, "%,d", row.drifts()) : "");
    table.add(cells.toArray(String[]::new));
  }

  void print(PrintWriter out) {
    table.print(out);
  }

  /** Undefined figures show as a dash. */
  static String figure(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
