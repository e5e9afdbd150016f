/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Figure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The decay curve as part of metrics.json and as decay.csv. */
final class DecayFiles {

  private final DecayCurve curve;

  DecayFiles(DecayCurve curve) {
    this.curve = curve;
  }

  /** Adds {@code decay_test} and {@code decay}, the youngest age first. */
  void addTo(ObjectNode root) {
    ObjectNode test = root.putObject("decay_test");
    test.put("from", curve.test().start().toString());
    test.put("to", curve.end().toString());
    test.put("stretch_seconds", curve.test().stretch().toSeconds());
    test.put("instances", curve.live().instances());
    test.put("left_out", curve.leftOut());
    test.put("keys_left_out", curve.keysLeftOut());
    ArrayNode decay = root.putArray("decay");
    for (DecayCurve.Aged aged : curve.aged()) {
      ObjectNode node = decay.addObject();
      node.put("age", aged.age().text());
      node.put("frozen_at", aged.frozenAt().toString());
      node.put("instances", aged.twin().instances());
      node.put("trained_instances", aged.trained());
      for (Figure figure : curve.task().aged()) {
        put(node, figure.key(), aged.twin().figure(figure));
        put(node, "live_" + figure.key(), curve.live().figure(figure));
      }
      for (Figure figure : curve.task().compared()) {
        PairedBlocks.Difference gain = aged.gap().gain(figure);
        boolean lead = figure == curve.task().lead();
        put(node, "gap_" + figure.key(), gain.value());
        put(node, lead ? "gap_low" : "gap_" + figure.key() + "_low", gain.low());
        put(node, lead ? "gap_high" : "gap_" + figure.key() + "_high", gain.high());
      }
    }
  }

  private static void put(ObjectNode node, String name, double value) {
    node.put(name, Double.isNaN(value) ? null : (Double) value);
  }

  /** Writes decay.csv: each stretch of the test, live and by age. */
  void write(Path folder) {
    List<Figure> figures = curve.task().aged();
    List<String> header = new ArrayList<>(List.of("predictor", "from_time", "instances"));
    figures.forEach(figure -> header.add(figure.key()));
    try (CsvFile file = new CsvFile(folder.resolve("decay.csv"), header.toArray(String[]::new))) {
      for (DecayCurve.Stretch stretch : curve.stretches()) {
        List<Object> row = new ArrayList<>();
        row.add(stretch.predictor());
        row.add(stretch.from().toString());
        row.add(stretch.score().instances());
        figures.forEach(figure -> row.add(stretch.score().figure(figure)));
        file.row(row.toArray());
      }
    }
  }
}
