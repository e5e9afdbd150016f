/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.EventSample;
import io.meander.cli.report.GridFile;
import io.meander.cli.report.RunReport;
import io.meander.models.Figure;
import io.meander.models.LearnerCost;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
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
  GridResults(Grid.Variants variants, RunReport report, Figure rank, Path events)
      throws IOException {
    this.variants = variants;
    this.report = report;
    this.lines = ranked(EventSample.labelled(events, variants.spec(), SAMPLE), rank);
  }

  private List<GridFile.Line> ranked(List<Observation> sample, Figure rank) {
    PipelineSpec spec = variants.spec();
    List<RunReport.Line> figures = new ArrayList<>();
    for (RunReport.Line line : report.progress().lines()) {
      if (line.slot()) {
        figures.add(line);
      }
    }
    double sign = rank.higherIsBetter() ? -1 : 1;
    Comparator<RunReport.Line> best = Comparator.comparingDouble(line -> sign * line.figure(rank));
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
    Task task = variants.spec().target().task();
    int decimals = task.lead().decimals();
    List<String> heads = new ArrayList<>(List.of("learner", "slot"));
    task.ranked().forEach(figure -> heads.add(figure.title()));
    heads.addAll(List.of("behind in " + task.lead().title(), "us/instance", "bytes", "most"));
    TextTable table = new TextTable(heads.toArray(String[]::new));
    SlotSpec winner = lines.get(0).slot();
    for (GridFile.Line line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.slot().learner(), line.slot().id()));
      for (Figure figure : task.ranked()) {
        cells.add(FigureTable.figure(line.figures().get(figure), figure.decimals()));
      }
      cells.add(
          line.slot().equals(winner)
              ? ""
              : "%s (%s to %s)"
                  .formatted(
                      FigureTable.figure(line.behind(), decimals),
                      FigureTable.figure(line.low(), decimals),
                      FigureTable.figure(line.high(), decimals)));
      cells.add(FigureTable.figure(line.micros(), 2));
      cells.add(bytes(line.medianBytes()));
      cells.add(bytes(line.largestBytes()));
      table.add(cells.toArray(String[]::new));
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
    new GridFile(variants.spec().target().task(), lines).write(folder);
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
