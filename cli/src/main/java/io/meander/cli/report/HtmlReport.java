/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Board;
import io.meander.models.Figure;
import io.meander.models.Figures;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The report page: one file with its figures, its script and its plots' library inside. */
final class HtmlReport {

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunReport report;

  HtmlReport(RunReport report) {
    this.report = report;
  }

  String page() {
    try {
      return text("report.html")
          .replace("/*UPLOT.CSS*/", text(UPLOT + "uPlot.min.css"))
          .replace("/*UPLOT.JS*/", text(UPLOT + "uPlot.iife.min.js"))
          .replace("/*TABLES.JS*/", text("tables.js"))
          .replace("/*PLOTS.JS*/", text("plots.js"))
          .replace("/*QUALITY.JS*/", text("quality.js"))
          .replace("/*REPORT.JS*/", text("report.js"))
          .replace(
              "\"/*FIGURES*/\"",
              // Nothing in the figures may end the script element.
              JSON.writeValueAsString(figures()).replace("<", "\\u003c"));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode figures() {
    ObjectNode root = JSON.createObjectNode();
    root.set("metrics", new ResultFiles(report, null).metrics());
    root.put("champion", report.spec().champion());
    Task task = report.spec().target().task();
    ObjectNode measures = root.putObject("measures");
    for (Figure figure : task.figures()) {
      measures
          .putObject(figure.key())
          .put("title", figure.title())
          .put("decimals", figure.decimals())
          .put("higher_is_better", figure.higherIsBetter());
    }
    root.put("lead", task.lead().key());
    root.put("typical", task.typical());
    ArrayNode compared = root.putArray("compared");
    task.compared().forEach(figure -> compared.add(figure.key()));
    root.put("window", report.spec().evaluation().window());
    ArrayNode windows = root.putArray("windows");
    for (Windows.Window window : report.windows()) {
      ObjectNode node = windows.addObject();
      node.put("to", window.to());
      put(node, "time", window.toTime());
      ObjectNode of = node.putObject("of");
      window.of().forEach((id, row) -> row(of.putObject(id), row));
    }
    ArrayNode drifts = root.putArray("drifts");
    for (RunReport.DriftMark mark : report.marks()) {
      ObjectNode node = drifts.addObject();
      node.put("level", mark.slot().isEmpty() ? "FEATURE" : mark.level().name());
      node.put("slot", mark.slot());
      node.put("at", mark.instance());
      put(node, "time", mark.time());
    }
    ArrayNode bars = root.putArray("latencies");
    for (Latencies.Bar bar : report.latencies().bars()) {
      bars.addObject().put("from", bar.seconds()).put("to", bar.toSeconds()).put("n", bar.count());
    }
    ArrayNode stretches = root.putArray("decay_stretches");
    report
        .decay()
        .map(DecayCurve::stretches)
        .orElse(List.of())
        .forEach(stretch -> put(stretches, stretch));
    ArrayNode keys = root.putArray("keys");
    report
        .byKey()
        .forEach(
            (key, board) -> {
              ObjectNode node = keys.addObject();
              node.put("name", key);
              node.put("events", report.answers(key).answered());
              node.put("called", report.answers(key).called());
              boards(node.putObject("of"), board, key);
            });
    ArrayNode slices = root.putArray("slices");
    for (Map.Entry<List<String>, Board> slice : report.bySlice().entrySet()) {
      ObjectNode node = slices.addObject();
      node.put("slice", slice.getKey().get(0));
      node.put("name", slice.getKey().get(1));
      boards(node.putObject("of"), slice.getValue(), null);
      PairedBlocks.Comparison lead = report.sliceComparisons().leadOrNull(slice.getKey());
      if (lead != null && !Double.isNaN(lead.lead().low())) {
        put(node, "lead", lead.lead().value());
        put(node, "margin", lead.lead().margin());
      }
    }
    return root;
  }

  private void put(ArrayNode stretches, DecayCurve.Stretch stretch) {
    Figure lead = report.spec().target().task().lead();
    ObjectNode node = stretches.addObject();
    node.put("predictor", stretch.predictor());
    put(node, "time", stretch.from().toEpochMilli());
    put(node, lead.key(), stretch.score().figure(lead));
  }

  private void boards(ObjectNode node, Board board, String keyOrNull) {
    Map<String, Figures> rows = board.rows();
    if (rows.containsKey(SlotSpec.FROZEN)) {
      rows.put(Board.SERVED_SAME_EVENTS, board.of(Board.SERVED_SAME_EVENTS));
    }
    rows.forEach(
        (id, figures) -> {
          ObjectNode one = node.putObject(id);
          row(one, figures.row());
          if (keyOrNull != null) {
            one.put("drifts", figures.drifts());
            one.put("bytes", report.models().bytes(keyOrNull, id));
          }
        });
  }

  private void row(ObjectNode node, Figures.Row row) {
    node.put("n", row.instances());
    for (Figure figure : report.spec().target().task().compared()) {
      put(node, figure.key(), row.of().get(figure));
    }
  }

  private static void put(ObjectNode node, String name, double value) {
    node.put(name, Double.isNaN(value) ? null : (Double) (Math.rint(value * 1000) / 1000));
  }

  private static void put(ObjectNode node, String name, long time) {
    node.put(name, time == Observation.NO_TIME ? null : (Long) (time / 1000));
  }

  private static String text(String resource) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
