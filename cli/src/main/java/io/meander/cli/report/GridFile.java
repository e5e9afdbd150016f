/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.SlotSpec;
import java.nio.file.Path;
import java.util.List;

/** The ranked learners of a grid as grid.csv. */
public record GridFile(List<Line> lines) {

  /**
   * A learner's figures over the whole stream.
   *
   * @param behind the best one's kappa less this one's, in percentage points; 0 of the best
   * @param low lower end of the difference's 95% interval; NaN if there were too few labels
   * @param micros to answer and learn an instance, alone; NaN if it was not measured
   * @param medianBytes of a key's stored model; null if there is none
   */
  public record Line(
      SlotSpec slot,
      double accuracy,
      double kappa,
      double logLoss,
      double behind,
      double low,
      double high,
      double micros,
      Long medianBytes,
      Long largestBytes) {}

  /**
   * @throws ReportException if it cannot be written
   */
  public void write(Path folder) {
    try (CsvFile file =
        new CsvFile(
            folder.resolve("grid.csv"),
            "slot",
            "learner",
            "seed",
            "accuracy",
            "kappa",
            "log_loss",
            "kappa_behind",
            "kappa_behind_low",
            "kappa_behind_high",
            "micros_per_instance",
            "median_model_bytes",
            "largest_model_bytes")) {
      for (Line line : lines) {
        file.row(
            line.slot().id(),
            line.slot().learner(),
            line.slot().seed(),
            line.accuracy(),
            line.kappa(),
            line.logLoss(),
            line.behind(),
            line.low(),
            line.high(),
            line.micros(),
            line.medianBytes(),
            line.largestBytes());
      }
    }
  }
}
