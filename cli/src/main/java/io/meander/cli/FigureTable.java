/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.report.RunReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of predictors as a text table, a line each. */
final class FigureTable {

  private static final List<String> HEADINGS =
      List.of(
          "",
          "instances",
          "accuracy",
          "kappa",
          "kappa-temporal",
          "kappa-M",
          "log loss",
          "AUC",
          "drifts");

  private final List<List<String>> lines = new ArrayList<>(List.of(HEADINGS));

  /** Drifts are shown of slots only: nothing else is watched. */
  void add(RunReport.Line row) {
    lines.add(
        List.of(
            row.predictor(),
            String.format(Locale.ROOT, "%,d", row.instances()),
            figure(row.accuracy(), 2),
            figure(row.kappa(), 2),
            figure(row.kappaTemporal(), 2),
            figure(row.kappaM(), 2),
            figure(row.logLoss(), 4),
            figure(row.auc(), 4),
            row.slot() ? String.format(Locale.ROOT, "%,d", row.drifts()) : ""));
  }

  void print(PrintWriter out) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - line.get(i).length());
        text.append(i == 0 ? line.get(i) + padding : "  " + padding + line.get(i));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  /** Undefined figures show as a dash. */
  static String figure(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
