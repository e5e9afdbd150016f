/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Board;
import io.meander.models.Calibration;
import io.meander.models.ClassScore;
import io.meander.models.Figures;
import io.meander.models.GivenUp;
import io.meander.models.LabelOutcome;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files that sum a run up: metrics.json, keys.csv, slices.csv, slice_comparisons.csv,
 * windows.csv, report.html.
 */
final class ResultFiles {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String AT_ONCE =
      "Each label was known at once, before the key's next event: figures are optimistic where"
          + " labels come later. ";

  private static final String NOTE =
      "auc is exact for up to %d labels, of a key or a slice up to %d;"
              .formatted(Figures.Precision.OVERALL.exactUpTo(), Figures.Precision.PART.exactUpTo())
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
    report.sliceComparisons().write(folder, report.slots());
    windows();
    report.decay().ifPresent(curve -> new DecayFiles(curve).write(folder));
    write("report.html", new HtmlReport(report).page());
  }

  ObjectNode metrics() {
    RunReport.Progress progress = report.progress();
    Target target = report.spec().target();
    ObjectNode root = JSON.createObjectNode();
    root.put("pipeline", report.spec().name());
    root.put("task", target.task().text());
    root.put("events", progress.events());
    root.put("labels", progress.scored());
    PipelineSpec.Label label = report.spec().label();
    boolean late = label.isLate();
    outcomes(root.putObject("label_outcomes"), late);
    if (late) {
      ObjectNode never = root.putObject("never_by");
      for (GivenUp why : GivenUp.values()) {
        never.put(why.code().replace('-', '_'), report.labelCounts().of(why));
      }
    } else {
      root.putNull("never_by");
    }
    root.put("labels_known", !label.isGiven() ? "never" : late ? "when they came" : "at once");
    root.put("note", (late || !label.isGiven() ? "" : AT_ONCE) + NOTE);
    root.put("repeated_events", report.labelCounts().repeated());
    root.put("predictions", progress.events());
    root.put("rejects", progress.rejects());
    root.put("keys", progress.keys());
    if (target.task() == Task.ANOMALY) {
      root.put("called_anomalies", progress.called());
    }
    root.put("fading", report.spec().evaluation().fading());
    root.put("seconds", progress.elapsed().toMillis() / 1000.0);
    ObjectNode slots = root.putObject("slots");
    for (Map.Entry<String, Figures> entry : report.overall().all().entrySet()) {
      if (Board.isSlot(entry.getKey())) {
        slots.set(entry.getKey(), figures(entry.getValue(), target, true));
      }
    }
    Map<String, Figures> all = report.overall().all();
    root.set("served", figures(all.get(Board.SERVED), target, false));
    ObjectNode baselines = root.putObject("baselines");
    baselines.set(Board.NO_CHANGE, figures(all.get(Board.NO_CHANGE), target, false));
    String typical = target.task().typical();
    baselines.set(typical, figures(all.get(typical), target, false));
    Figures frozen = all.get(SlotSpec.FROZEN);
    boolean twins = frozen.instances() > 0;
    root.set("frozen", twins ? figures(frozen, target, false) : null);
    root.set(
        Board.SERVED_SAME_EVENTS,
        twins ? figures(all.get(Board.SERVED_SAME_EVENTS), target, false) : null);
    root.putNull("frozen_keys");
    report.twins().ifPresent(counts -> counts.addTo(root.putObject("frozen_keys")));
    if (late && report.latencies().count() > 0) {
      latency(root.putObject("verification_latency_seconds"), report.latencies());
    } else {
      root.putNull("verification_latency_seconds");
    }
    ArrayNode features = root.putArray("feature_drifts");
    report
        .featureDrifts()
        .forEach(
            (watch, drifts) ->
                features
                    .addObject()
                    .put("feature", watch.column())
                    .put("measure", watch.measure().name().toLowerCase(Locale.ROOT))
                    .put("detector", watch.detector())
                    .put("drifts", drifts));
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
      comparison.of().forEach((figure, of) -> difference(one.putObject(figure.key()), of));
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
        count = report.spec().label().isGiven() ? counts.pending() : 0;
      }
      node.put(name, count);
    }
    node.put("pending", late ? counts.pending() : 0);
  }

  private static ObjectNode figures(Figures figures, Target target, boolean watched) {
    ObjectNode node = JSON.createObjectNode();
    node.put("instances", figures.instances());
    figures.figures().forEach((figure, value) -> put(node, figure.key(), value));
    ObjectNode faded = node.putObject("faded");
    target.task().summed().forEach(figure -> put(faded, figure.key(), figures.faded(figure)));
    if (figures.calibrationOrNull() != null) {
      calibration(figures.calibrationOrNull(), node);
    }
    if (figures.score() instanceof ClassScore score) {
      ObjectNode perClass = node.putObject("per_class");
      for (int c = 0; c < target.classes().size(); c++) {
        ObjectNode one = perClass.putObject(target.classes().get(c));
        put(one, "precision", score.precision(c));
        put(one, "recall", score.recall(c));
        put(one, "f1", score.f1(c));
      }
    }
    if (watched) {
      node.put("drifts", figures.drifts());
      node.put("warnings", figures.warnings());
    }
    return node;
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
        new CsvFile(folder.resolve("keys.csv"), header(List.of("key"), afterKeys()))) {
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
                            if (isAnomaly()) {
                              row.add(
                                  id.equals(Board.SERVED) ? report.answers(key).answered() : null);
                              row.add(
                                  id.equals(Board.SERVED) ? report.answers(key).called() : null);
                            }
                            row.addAll(f.row().faded().values());
                            file.row(row.toArray());
                          }));
    }
  }

  private boolean isAnomaly() {
    return report.spec().target().task() == Task.ANOMALY;
  }

  /** What a key's rows say after the figures; of anomalies also how many events were called so. */
  private List<String> afterKeys() {
    List<String> names = new ArrayList<>(List.of("drifts", "warnings", "model_bytes"));
    if (isAnomaly()) {
      names.addAll(List.of("events", "called"));
    }
    return names;
  }

  private void slices() {
    try (CsvFile file =
        new CsvFile(folder.resolve("slices.csv"), header(List.of("slice", "value"), List.of()))) {
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
                            row.addAll(f.row().faded().values());
                            file.row(row.toArray());
                          }));
    }
  }

  private void windows() {
    List<String> header =
        new ArrayList<>(List.of(header(List.of(), List.of("from_time", "to_time"))));
    header.addAll(1, List.of("window", "from", "to"));
    try (CsvFile file = new CsvFile(folder.resolve("windows.csv"), header.toArray(String[]::new))) {
      int number = 0;
      for (Windows.Window window : report.windows()) {
        number++;
        for (Map.Entry<String, Figures.Row> entry : window.of().entrySet()) {
          List<Object> row = row(entry.getKey(), entry.getValue());
          row.addAll(1, List.of(number, window.from(), window.to()));
          row.add(CsvFile.time(window.fromTime()));
          row.add(CsvFile.time(window.toTime()));
          row.addAll(entry.getValue().faded().values());
          file.row(row.toArray());
        }
      }
    }
  }

  /** What stands before, slot, instances, the task's columns, what follows, the faded figures. */
  private String[] header(List<String> before, List<String> after) {
    Task task = report.spec().target().task();
    List<String> header = new ArrayList<>(before);
    header.add("slot");
    header.add("instances");
    task.columns().forEach(figure -> header.add(figure.key()));
    header.addAll(after);
    task.faded().forEach(figure -> header.add("faded_" + figure.key()));
    return header.toArray(String[]::new);
  }

  /** Id, instances and the task's columns. */
  private List<Object> row(String id, Figures.Row f) {
    List<Object> row = new ArrayList<>();
    row.add(id);
    row.add(f.instances());
    report.spec().target().task().columns().forEach(figure -> row.add(f.of().get(figure)));
    return row;
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
