/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.models.AnomalyTarget.Learns;
import io.meander.models.Decision;
import io.meander.models.Decision.Anomalous;
import io.meander.models.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what only {@code task: anomaly} has, {@code learn} and {@code serve.threshold}, and refuses
 * what such a pipeline has no use for, and these two of other tasks.
 */
final class AnomalyReader {

  private static final String NO_WEIGHTS =
      "MOA's anomaly detectors look at no weights, so every event counts the same: leave this out";

  private final SpecNode root;
  private final SpecNode label;
  private final SpecNode threshold;
  private final boolean anomaly;

  AnomalyReader(SpecNode root, Task task) {
    this.root = root;
    this.label = root.at("label");
    this.threshold = root.at("serve").at("threshold");
    this.anomaly = task == Task.ANOMALY;
  }

  /** What is learned, with an error if nothing can say what is normal. */
  Learns learns() {
    SpecNode learn = root.at("learn");
    if (!anomaly && learn.isPresent()) {
      learn.error(
          "is for task: anomaly; other tasks learn every event that has a label: leave this out");
    }
    boolean normal = learn.text().orElse("").equals("normal");
    if (anomaly && normal && !label.isPresent() && !root.problems().unusable("label")) {
      learn.error(
          "found 'normal', and no label says what is normal: add label, or learn: all, which needs"
              + " none");
    }
    return normal ? Learns.NORMAL : Learns.ALL;
  }

  /** The threshold; of other tasks, which have none, an error if there is one. */
  Decision threshold() {
    if (!anomaly) {
      if (threshold.isPresent()) {
        threshold.error(
            "is for the scores of task: anomaly; of classes, serve.decide says from which vote on"
                + " one is predicted");
      }
      return Anomalous.DEFAULT;
    }
    if (threshold.json().isNumber()) {
      return fixed(threshold.decimal(1), Anomalous.DEFAULT_AFTER);
    }
    long after = threshold.at("after").number(Anomalous.DEFAULT_AFTER);
    SpecNode above = threshold.at("above");
    if (above.isPresent()) {
      for (String key : List.of("quantile", "last")) {
        if (threshold.at(key).isPresent()) {
          threshold
              .at(key)
              .error(
                  "threshold.above says already which scores are anomalies; keep one of the two");
        }
      }
      return fixed(above.decimal(1), after);
    }
    double quantile = threshold.at("quantile").decimal(Anomalous.DEFAULT_QUANTILE);
    int last = (int) threshold.at("last").number(Anomalous.DEFAULT_LAST);
    int least = Anomalous.least(quantile);
    if (last < least) {
      threshold
          .at(threshold.at("last").isPresent() ? "last" : "quantile")
          .error(
              "of "
                  + last
                  + " scores none may be above their quantile "
                  + quantile
                  + ", so nothing would ever be called an anomaly; last must be "
                  + least
                  + " or more, or quantile lower");
    }
    return new Anomalous(Double.NaN, quantile, last, after);
  }

  private static Anomalous fixed(double above, long after) {
    return new Anomalous(above, Anomalous.DEFAULT_QUANTILE, Anomalous.DEFAULT_LAST, after);
  }

  /** Refuses what means nothing where events are scored and not classified. */
  void refuse() {
    if (!anomaly) {
      return;
    }
    for (String key : List.of("decide", "cost")) {
      refuse(
          root.at("serve").at(key),
          "is for classes that are voted for; what is called an anomaly is said by serve.threshold:"
              + " set that, or leave this out");
    }
    refuse(root.at("weight"), NO_WEIGHTS);
    refuse(
        root.at("parent"),
        "would let a new key score by what is usual for other keys; without one it learns from its"
            + " first event on: leave this out");
    for (String key : List.of("corrections", "late-positives")) {
      SpecNode policy = label.at(key);
      if (policy.text().orElse("").equals("train")) {
        policy.error(
            "found 'train', and an anomaly's label is never learned: it scores and, with learn:"
                + " normal, says what is; leave this out");
      }
    }
    refuseDrift();
    refuseLabelFeatures();
  }

  private void refuseDrift() {
    List<SpecNode> drifts = new ArrayList<>();
    drifts.add(root.at("drift"));
    root.at("slots").items().forEach(slot -> drifts.add(slot.at("drift")));
    for (SpecNode drift : drifts) {
      SpecNode onDrift = drift.at("on-drift");
      switch (onDrift.text().orElse("")) {
        case "switch" ->
            onDrift.error(
                "found 'switch', and scores of different learners cannot be compared; use alert,"
                    + " reset or replace");
        case "boost" ->
            onDrift.error(
                "found 'boost', and MOA's anomaly detectors look at no weights; use alert, reset or"
                    + " replace");
        default -> refuse(drift.at("boost"), NO_WEIGHTS);
      }
    }
  }

  private void refuseLabelFeatures() {
    if (label.isPresent() || root.problems().unusable("label")) {
      return;
    }
    for (SpecNode feature : root.at("features").items()) {
      SpecNode of = feature.at("of");
      if (of.text().orElse("").equals("labels")) {
        of.error("found 'labels', and there is no label; add label, or remember events");
      }
      refuse(feature.at("target"), "is made of labels, and there is no label; delete it");
    }
  }

  private static void refuse(SpecNode node, String why) {
    if (node.isPresent()) {
      node.error(why);
    }
  }
}
