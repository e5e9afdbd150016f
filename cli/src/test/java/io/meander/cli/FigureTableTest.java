/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.cli.report.RunReport;
import io.meander.models.Figure;
import io.meander.models.Task;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FigureTableTest {

  @Test
  void alignsColumnsAndShowsADashForWhatIsUndefined() {
    FigureTable table = new FigureTable(Task.CLASSIFICATION);
    table.add(line("ht", 45_312, 79.1953, 57.23, -12.5, 3, 0.51234, 0.8, 12, true));
    double none = Double.NaN;
    table.add(line("no_change", 1, 100, none, none, none, 1, none, 0, false));
    StringWriter text = new StringWriter();

    table.print(new PrintWriter(text, true));

    assertThat(text.toString().lines())
        .containsExactly(
            "           instances  accuracy  kappa  kappa-temporal  kappa-M  log loss     AUC  drifts",
            "ht            45,312     79.20  57.23          -12.50     3.00    0.5123  0.8000      12",
            "no_change          1    100.00      -               -        -    1.0000       -");
  }

  private static RunReport.Line line(
      String predictor,
      long instances,
      double accuracy,
      double kappa,
      double temporal,
      double kappaM,
      double logLoss,
      double auc,
      long drifts,
      boolean slot) {
    Map<Figure, Double> figures =
        Map.of(
            Figure.ACCURACY, accuracy,
            Figure.KAPPA, kappa,
            Figure.KAPPA_TEMPORAL, temporal,
            Figure.KAPPA_M, kappaM,
            Figure.LOG_LOSS, logLoss,
            Figure.AUC, auc);
    return new RunReport.Line(predictor, instances, figures, drifts, 0, slot);
  }
}
