/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Score;
import java.nio.file.Path;

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
    test.put("instances", curve.live().instances());
    test.put("left_out", curve.leftOut());
    test.put("keys_left_out", curve.keysLeftOut());
    ArrayNode decay = root.putArray("decay");
    for (DecayCurve.Aged aged : curve.aged()) {
      PairedBlocks.Comparison gap = aged.gap();
      ObjectNode node = decay.addObject();
      node.put("age", aged.age().text());
      node.put("frozen_at", aged.frozenAt().toString());
      node.put("instances", aged.twin().instances());
      node.put("trained_instances", aged.trained());
      put(node, "accuracy", aged.twin().accuracy());
      put(node, "kappa", aged.twin().kappa());
      put(node, "log_loss", aged.twin().logLoss());
      put(node, "live_accuracy", curve.live().accuracy());
      put(node, "live_kappa", curve.live().kappa());
      put(node, "live_log_loss", curve.live().logLoss());
      put(node, "gap_accuracy", gap.accuracy().value());
      put(node, "gap_accuracy_low", gap.accuracy().low());
      put(node, "gap_accuracy_high", gap.accuracy().high());
      put(node, "gap_kappa", gap.kappa().value());
      put(node, "gap_low", gap.kappa().low());
      put(node, "gap_high", gap.kappa().high());
    }
  }

  private static void put(ObjectNode node, String name, double value) {
    node.put(name, Double.isNaN(value) ? null : (Double) value);
  }

  /** Writes decay.csv: each day of the test, live and by age. */
  void write(Path folder) {
    try (CsvFile file =
        new CsvFile(
            folder.resolve("decay.csv"),
            "predictor",
            "from_time",
            "instances",
            "accuracy",
            "kappa",
            "kappa_temporal",
            "log_loss")) {
      for (DecayCurve.Day day : curve.days()) {
        Score score = day.score();
        file.row(
            day.predictor(),
            day.from().toString(),
            score.instances(),
            score.accuracy(),
            score.kappa(),
            score.kappaTemporal(),
            score.logLoss());
      }
    }
  }
}
