/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

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

  /**
   * Figures of one predictor; percentages 0 to 100 but for log loss and AUC.
   *
   * @param drifts below 0 for a predictor that is not watched
   */
  record Row(
      String name,
      long instances,
      double accuracy,
      double kappa,
      double kappaTemporal,
      double kappaM,
      double logLoss,
      double auc,
      long drifts) {}

  void add(Row row) {
    lines.add(
        List.of(
            row.name(),
            String.format(Locale.ROOT, "%,d", row.instances()),
            figure(row.accuracy(), 2),
            figure(row.kappa(), 2),
            figure(row.kappaTemporal(), 2),
            figure(row.kappaM(), 2),
            figure(row.logLoss(), 4),
            figure(row.auc(), 4),
            row.drifts() < 0 ? "" : String.format(Locale.ROOT, "%,d", row.drifts())));
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
