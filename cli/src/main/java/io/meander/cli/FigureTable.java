/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.report.RunReport;
import java.io.PrintWriter;
import java.util.Locale;

/** Figures of predictors as a text table, a line each. */
final class FigureTable {

  private final TextTable table =
      new TextTable(
          "",
          "instances",
          "accuracy",
          "kappa",
          "kappa-temporal",
          "kappa-M",
          "log loss",
          "AUC",
          "drifts");

  /** Drifts are shown of slots only: nothing else is watched. */
  void add(RunReport.Line row) {
    table.add(
        row.predictor(),
        String.format(Locale.ROOT, "%,d", row.instances()),
        figure(row.accuracy(), 2),
        figure(row.kappa(), 2),
        figure(row.kappaTemporal(), 2),
        figure(row.kappaM(), 2),
        figure(row.logLoss(), 4),
        figure(row.auc(), 4),
        row.slot() ? String.format(Locale.ROOT, "%,d", row.drifts()) : "");
  }

  void print(PrintWriter out) {
    table.print(out);
  }

  /** Undefined figures show as a dash. */
  static String figure(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
