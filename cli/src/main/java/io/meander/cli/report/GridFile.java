/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Figure;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ranked learners of a grid as grid.csv. */
public record GridFile(Task task, List<Line> lines) {

  /**
   * A learner's figures over the whole stream.
   *
   * @param figures each of the task's, NaN where undefined
   * @param behind how much better the best one is, by the figure to look at first; 0 of the best
   * @param low lower end of the difference's 95% interval; NaN if there were too few labels
   * @param micros to answer and learn an instance, alone; NaN if it was not measured
   * @param medianBytes of a key's stored model; null if there is none
   */
  public record Line(
      SlotSpec slot,
      Map<Figure, Double> figures,
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
    String behind = task.lead().key() + "_behind";
    List<String> header = new ArrayList<>(List.of("slot", "learner", "seed"));
    task.ranked().forEach(figure -> header.add(figure.key()));
    header.addAll(
        List.of(
            behind,
            behind + "_low",
            behind + "_high",
            "micros_per_instance",
            "median_model_bytes",
            "largest_model_bytes"));
    try (CsvFile file = new CsvFile(folder.resolve("grid.csv"), header.toArray(String[]::new))) {
      for (Line line : lines) {
        List<Object> row = new ArrayList<>();
        row.add(line.slot().id());
        row.add(line.slot().learner());
        row.add(line.slot().seed());
        task.ranked().forEach(figure -> row.add(line.figures().get(figure)));
        row.add(line.behind());
        row.add(line.low());
        row.add(line.high());
        row.add(line.micros());
        row.add(line.medianBytes());
        row.add(line.largestBytes());
        file.row(row.toArray());
      }
    }
  }
}
