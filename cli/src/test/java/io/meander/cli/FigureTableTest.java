/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.cli.report.RunReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FigureTableTest {

  @Test
  void alignsColumnsAndShowsADashForWhatIsUndefined() {
    FigureTable table = new FigureTable();
    table.add(
        new RunReport.Line("ht", 45_312, 79.1953, 57.23, -12.5, 3, 0.51234, 0.8, 12, 3, true));
    table.add(
        new RunReport.Line(
            "no_change", 1, 100, Double.NaN, Double.NaN, Double.NaN, 1, Double.NaN, 0, 0, false));
    StringWriter text = new StringWriter();

    table.print(new PrintWriter(text, true));

    assertThat(text.toString().lines())
        .containsExactly(
            "           instances  accuracy  kappa  kappa-temporal  kappa-M  log loss     AUC  drifts",
            "ht            45,312     79.20  57.23          -12.50     3.00    0.5123  0.8000      12",
            "no_change          1    100.00      -               -        -    1.0000       -");
  }
}
