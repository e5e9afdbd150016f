/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.LabelledSample;
import io.meander.cli.report.GridFile;
import io.meander.cli.report.RunReport;
import io.meander.models.LearnerCost;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecEdit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Ranks the learners of a grid when their run has ended, and writes down the best. */
final class GridResults {

  private static final int SAMPLE = 10_000;

  private final Grid.Variants variants;
  private final RunReport report;
  private final List<GridFile.Line> lines;

  /**
   * Also measures what each learner takes, alone, on the first events; up to two seconds each.
   *
   * @param report finished
   */
  GridResults(Grid.Variants variants, RunReport report, Grid.Rank rank, Path events)
      throws IOException {
    this.variants = variants;
    this.report = report;
    this.lines = ranked(LabelledSample.of(events, variants.spec(), SAMPLE), rank);
  }

  private List<GridFile.Line> ranked(List<Observation> sample, Grid.Rank rank) {
    PipelineSpec spec = variants.spec();
    List<RunReport.Line> figures = new ArrayList<>();
    for (RunReport.Line line : report.progress().lines()) {
      if (line.slot()) {
        figures.add(line);
      }
    }
    Comparator<RunReport.Line> best =
        switch (rank) {
          case KAPPA -> Comparator.comparingDouble(line -> -line.kappa());
          case ACCURACY -> Comparator.comparingDouble(line -> -line.accuracy());
          case LOG_LOSS -> Comparator.comparingDouble(RunReport.Line::logLoss);
        };
    figures.sort(best); // undefined figures last, equal ones in the spec's order
    List<GridFile.Line> ranked = new ArrayList<>();
    for (RunReport.Line line : figures) {
      SlotSpec slot =
          spec.slots().stream()
              .filter(s -> s.id().equals(line.predictor()))
              .findFirst()
              .orElseThrow();
      double micros =
          sample.isEmpty()
              ? Double.NaN
              : LearnerCost.measure(spec.modelContext(), slot, sample).micros();
      ranked.add(report.gridLine(slot, figures.get(0).predictor(), micros));
    }
    return ranked;
  }

  void print(PrintWriter out) {
    TextTable table =
        new TextTable(
            "learner",
            "slot",
            "accuracy",
            "kappa",
            "log loss",
            "behind in kappa",
            "us/instance",
            "bytes",
            "most");
    SlotSpec winner = lines.get(0).slot();
    for (GridFile.Line line : lines) {
      table.add(
          line.slot().learner(),
          line.slot().id(),
          FigureTable.figure(line.accuracy(), 2),
          FigureTable.figure(line.kappa(), 2),
          FigureTable.figure(line.logLoss(), 4),
          line.slot().equals(winner)
              ? ""
              : "%s (%s to %s)"
                  .formatted(
                      FigureTable.figure(line.behind(), 2),
                      FigureTable.figure(line.low(), 2),
                      FigureTable.figure(line.high(), 2)),
          FigureTable.figure(line.micros(), 2),
          bytes(line.medianBytes()),
          bytes(line.largestBytes()));
    }
    table.print(out);
    out.println();
    out.printf(
        Locale.ROOT,
        "us/instance: answering and learning the first %,d events, alone, in one model for all"
            + " keys. bytes: of a key's stored model, the median and the largest.%n%n",
        SAMPLE);
    out.println("The best, as it stands in a spec:");
    out.printf(
        "  - {id: %s, learner: \"%s\"%s}%n%n",
        variants.originals().get(winner.id()),
        winner.learner(),
        winner.seed() == SlotSpec.DEFAULT_SEED ? "" : ", seed: " + winner.seed());
  }

  private static String bytes(Long bytesOrNull) {
    return bytesOrNull == null ? "-" : String.format(Locale.ROOT, "%,d", bytesOrNull);
  }

  /** Writes grid.csv, and winner.yaml: the spec with the best learner found for each slot. */
  void write(Path specFile, Path folder) throws IOException {
    new GridFile(lines).write(folder);
    SpecEdit edit = new SpecEdit(variants.spec().yaml());
    Set<String> done = new HashSet<>();
    for (GridFile.Line line : lines) {
      String original = variants.originals().get(line.slot().id());
      if (!original.equals(line.slot().id()) && done.add(original)) {
        edit.learner(original, line.slot().learner());
      }
    }
    Path from = specFile.toAbsolutePath().getParent();
    Path to = folder.toAbsolutePath();
    for (String part : List.of("events", "label")) {
      edit.schema(part, path -> to.relativize(from.resolve(path).normalize()).toString());
    }
    Files.writeString(folder.resolve("winner.yaml"), edit.text());
  }
}
