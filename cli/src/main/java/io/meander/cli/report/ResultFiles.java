/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Calibration;
import io.meander.models.FadedScore;
import io.meander.models.LabelOutcome;
import io.meander.models.Score;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The files that sum a run up: metrics.json, keys.csv, slices.csv, windows.csv, report.html. */
final class ResultFiles {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String AT_ONCE =
      "Each label was known at once, before the key's next event: figures are optimistic where"
          + " labels come later. ";

  private static final String NOTE =
      "auc is exact for up to %d labels, of a key or a slice up to %d;"
              .formatted(RunReport.OVERALL.exactUpTo(), RunReport.PART.exactUpTo())
          + " beyond that, scores that are nearly equal count as ties.";

  private final RunReport report;
  private final Path folder;

  ResultFiles(RunReport report, Path folder) {
    this.report = report;
    this.folder = folder;
  }

  void write() {
    write("metrics.json", JSON.valueToTree(metrics()).toPrettyString() + "\n");
    keys();
    slices();
    windows();
    report.decay().ifPresent(curve -> new DecayFiles(curve).write(folder));
    write("report.html", new HtmlReport(report).page());
  }

  ObjectNode metrics() {
    RunReport.Progress progress = report.progress();
    List<String> classes = report.spec().label().classes();
    ObjectNode root = JSON.createObjectNode();
    root.put("pipeline", report.spec().name());
    root.put("task", "classification");
    root.put("events", progress.events());
    root.put("labels", progress.scored());
    PipelineSpec.Label label = report.spec().label();
    boolean late = label.topic().isPresent() || label.knownAt().isPresent();
    outcomes(root.putObject("label_outcomes"), late);
    root.put("labels_known", late ? "when they came" : "at once");
    root.put("note", (late ? "" : AT_ONCE) + NOTE);
    root.put("repeated_events", report.labelCounts().repeated());
    root.put("predictions", progress.events());
    root.put("rejects", progress.rejects());
    root.put("keys", progress.keys());
    root.put("fading", report.spec().evaluation().fading());
    root.put("seconds", progress.elapsed().toMillis() / 1000.0);
    ObjectNode slots = root.putObject("slots");
    for (Map.Entry<String, Figures> entry : report.overall().all().entrySet()) {
      if (Board.isSlot(entry.getKey())) {
        slots.set(entry.getKey(), figures(entry.getValue(), classes, true));
      }
    }
    Map<String, Figures> all = report.overall().all();
    root.set("served", figures(all.get(Board.SERVED), classes, false));
    ObjectNode baselines = root.putObject("baselines");
    baselines.set(Board.NO_CHANGE, figures(all.get(Board.NO_CHANGE), classes, false));
    baselines.set(Board.MAJORITY, figures(all.get(Board.MAJORITY), classes, false));
    Figures frozen = all.get(SlotSpec.FROZEN);
    boolean twins = frozen.instances() > 0;
    root.set("frozen", twins ? figures(frozen, classes, false) : null);
    root.set(
        Board.SERVED_SAME_EVENTS,
        twins ? figures(all.get(Board.SERVED_SAME_EVENTS), classes, false) : null);
    if (late && report.latencies().count() > 0) {
      latency(root.putObject("verification_latency_seconds"), report.latencies());
    } else {
      root.putNull("verification_latency_seconds");
    }
    comparisons(root.putArray("comparisons"));
    report.decay().ifPresent(curve -> new DecayFiles(curve).addTo(root));
    return root;
  }

  private static void latency(ObjectNode node, Latencies latencies) {
    node.put("count", latencies.count());
    put(node, "min", latencies.seconds(0));
    put(node, "p50", latencies.seconds(50));
    put(node, "p90", latencies.seconds(90));
    put(node, "p99", latencies.seconds(99));
    put(node, "max", latencies.seconds(100));
  }

  private void comparisons(ArrayNode node) {
    for (PairedBlocks.Comparison comparison : report.comparisons()) {
      ObjectNode one = node.addObject();
      one.put("predictor", comparison.predictor());
      one.put("against", comparison.against());
      one.put("instances", comparison.instances());
      difference(one.putObject("accuracy"), comparison.accuracy());
      difference(one.putObject("kappa"), comparison.kappa());
    }
  }

  private static void difference(ObjectNode node, PairedBlocks.Difference difference) {
    put(node, "difference", difference.value());
    put(node, "low", difference.low());
    put(node, "high", difference.high());
  }

  private void outcomes(ObjectNode node, boolean late) {
    LabelCounts counts = report.labelCounts();
    boolean records = report.spec().label().topic().isPresent();
    for (LabelOutcome outcome : LabelOutcome.values()) {
      String name = outcome.name().toLowerCase(Locale.ROOT);
      long count = counts.of(outcome);
      if (outcome == LabelOutcome.UNMATCHED && records) {
        count += counts.kept();
      } else if (outcome == LabelOutcome.NEVER && !late) {
        count = counts.pending();
      }
      node.put(name, count);
    }
    node.put("pending", late ? counts.pending() : 0);
  }

  private static ObjectNode figures(Figures figures, List<String> classes, boolean watched) {
    Score score = figures.score();
    ObjectNode node = JSON.createObjectNode();
    node.put("instances", score.instances());
    put(node, "accuracy", score.accuracy());
    put(node, "kappa", score.kappa());
    put(node, "kappa_temporal", score.kappaTemporal());
    put(node, "kappa_m", score.kappaM());
    put(node, "log_loss", figures.logLoss());
    put(node, "auc", figures.auc());
    faded(figures, node.putObject("faded"));
    if (figures.calibrationOrNull() != null) {
      calibration(figures.calibrationOrNull(), node);
    }
    ObjectNode perClass = node.putObject("per_class");
    for (int c = 0; c < classes.size(); c++) {
      ObjectNode one = perClass.putObject(classes.get(c));
      put(one, "precision", score.precision(c));
      put(one, "recall", score.recall(c));
      put(one, "f1", score.f1(c));
    }
    if (watched) {
      node.put("drifts", figures.drifts());
      node.put("warnings", figures.warnings());
    }
    return node;
  }

  private static void faded(Figures figures, ObjectNode node) {
    FadedScore faded = figures.faded();
    put(node, "accuracy", faded.accuracy());
    put(node, "kappa", faded.kappa());
    put(node, "kappa_temporal", faded.kappaTemporal());
    put(node, "log_loss", Double.isNaN(figures.logLoss()) ? Double.NaN : faded.logLoss());
  }

  private static void calibration(Calibration calibration, ObjectNode node) {
    put(node, "brier", calibration.brier());
    put(node, "calibration_error", calibration.error());
    ArrayNode bins = node.putArray("reliability");
    for (int i = 0; i < Calibration.BINS; i++) {
      Calibration.Bin bin = calibration.binOrNull(i);
      if (bin != null) {
        bins.addObject()
            .put("from", bin.from())
            .put("to", bin.to())
            .put("count", bin.count())
            .put("confidence", bin.confidence())
            .put("accuracy", bin.accuracy());
      }
    }
  }

  private static void put(ObjectNode node, String name, double value) {
    node.put(name, Double.isNaN(value) ? null : (Double) value);
  }

  private void keys() {
    try (CsvFile file =
        new CsvFile(
            folder.resolve("keys.csv"),
            "key",
            "slot",
            "instances",
            "accuracy",
            "kappa",
            "kappa_temporal",
            "log_loss",
            "auc",
            "drifts",
            "warnings",
            "model_bytes",
            "faded_accuracy",
            "faded_kappa")) {
      report
          .byKey()
          .forEach(
              (key, board) ->
                  board
                      .rows()
                      .forEach(
                          (id, f) -> {
                            List<Object> row = new ArrayList<>(List.of(key));
                            row.addAll(row(id, f.row()));
                            row.add(Board.isSlot(id) ? f.drifts() : null);
                            row.add(Board.isSlot(id) ? f.warnings() : null);
                            row.add(report.models().bytes(key, id));
                            row.addAll(faded(f.row()));
                            file.row(row.toArray());
                          }));
    }
  }

  private void slices() {
    try (CsvFile file =
        new CsvFile(
            folder.resolve("slices.csv"),
            "slice",
            "value",
            "slot",
            "instances",
            "accuracy",
            "kappa",
            "kappa_temporal",
            "log_loss",
            "auc",
            "faded_accuracy",
            "faded_kappa")) {
      report
          .bySlice()
          .forEach(
              (slice, board) ->
                  board
                      .rows()
                      .forEach(
                          (id, f) -> {
                            List<Object> row = new ArrayList<>(slice);
                            row.addAll(row(id, f.row()));
                            row.addAll(faded(f.row()));
                            file.row(row.toArray());
                          }));
    }
  }

  private void windows() {
    try (CsvFile file =
        new CsvFile(
            folder.resolve("windows.csv"),
            "slot",
            "window",
            "from",
            "to",
            "instances",
            "accuracy",
            "kappa",
            "kappa_temporal",
            "log_loss",
            "auc",
            "from_time",
            "to_time",
            "faded_accuracy",
            "faded_kappa")) {
      int number = 0;
      for (Windows.Window window : report.windows()) {
        number++;
        for (Map.Entry<String, Figures.Row> entry : window.of().entrySet()) {
          List<Object> figures = row(entry.getKey(), entry.getValue());
          List<Object> row = new ArrayList<>(figures.subList(0, 1));
          row.add(number);
          row.add(window.from());
          row.add(window.to());
          row.addAll(figures.subList(1, figures.size()));
          row.add(CsvFile.time(window.fromTime()));
          row.add(CsvFile.time(window.toTime()));
          row.addAll(faded(entry.getValue()));
          file.row(row.toArray());
        }
      }
    }
  }

  /** Id, instances, accuracy, kappa, kappa-temporal, log loss, area. */
  private static List<Object> row(String id, Figures.Row f) {
    return List.of(
        id, f.instances(), f.accuracy(), f.kappa(), f.kappaTemporal(), f.logLoss(), f.auc());
  }

  private static List<Object> faded(Figures.Row f) {
    return List.of(f.fadedAccuracy(), f.fadedKappa());
  }

  private void write(String name, String text) {
    Path file = folder.resolve(name);
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new ReportException("cannot write " + file, e);
    }
  }
}
