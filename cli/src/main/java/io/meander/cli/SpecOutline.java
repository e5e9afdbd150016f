/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSpec;
import io.meander.features.KeyedFeatures;
import io.meander.features.MissingPolicy;
import io.meander.features.history.HistoryForm;
import io.meander.flink.JobDefaults;
import io.meander.models.AnomalyTarget;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.ImageCost;
import io.meander.models.ImageRule;
import io.meander.models.ServePolicy;
import io.meander.models.SlotSpec;
import io.meander.spec.Durations;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecWords;
import java.io.PrintWriter;

/** What a spec would run, part by part, as {@code meander validate} prints it. */
final class SpecOutline {

  private SpecOutline() {}

  static void print(PipelineSpec spec, PrintWriter out) {
    line(out, "pipeline", spec.name());
    line(out, "events", "topic " + spec.events().topic());
    line(out, "  schema", spec.events().schema().getFullName());
    line(
        out,
        "  key",
        spec.events().key().isEmpty()
            ? "none: one model set for the whole stream"
            : "one model set per " + String.join(", ", spec.events().key()));
    line(out, "  id", spec.events().id().orElse("the row's number, or topic-partition-offset"));
    line(
        out,
        "  time",
        spec.events()
            .time()
            .map(
                t ->
                    "%s, up to %s out of order, idle after %s"
                        .formatted(
                            t.field(),
                            Durations.text(t.outOfOrderness()),
                            Durations.text(t.idleAfter())))
            .orElse("none: the order of arrival"));
    line(out, "label", SpecPhrases.label(spec.label()));
    spec.label()
        .topic()
        .ifPresent(
            topic ->
                line(
                    out,
                    "  from",
                    "topic %s, by %s%s"
                        .formatted(
                            topic.topic(),
                            topic.id(),
                            topic.resolveById() ? ", which finds the key" : " under the key")));
    spec.label().knownAt().ifPresent(at -> line(out, "  known", SpecPhrases.known(at)));
    if (spec.label().isLate()) {
      line(out, "  waited for", SpecPhrases.waits(spec.label()));
    }
    if (!spec.label().outcome().isEmpty()) {
      line(
          out,
          "  outcome",
          String.join(", ", spec.label().outcome()) + " (known only with the label, no features)");
    }
    printFeatures(spec.featureTransform().schema(), out);
    printHistory(spec.keyedFeatures(), out);
    if (spec.missing() != MissingPolicy.KEEP) {
      line(out, "missing", "numbers: " + SpecWords.of(spec.missing()));
    }
    if (!spec.weight().equals(PipelineSpec.Weight.NONE)) {
      line(out, "weight", SpecPhrases.weight(spec.weight()));
    }
    printSlots(spec, out);
    line(out, "serve", SpecPhrases.serve(spec));
    if (!spec.serve().decision().equals(ServePolicy.FIRST_MAXIMUM)) {
      line(
          out, "  predicts", SpecPhrases.decision(spec.serve().decision(), spec.label().classes()));
    }
    if (spec.target() instanceof AnomalyTarget anomalies) {
      line(out, "learns", SpecPhrases.learns(anomalies));
    }
    line(out, "drift", SpecPhrases.drift(spec.drift().every()));
    spec.drift().bySlot().forEach((slot, own) -> line(out, "  of " + slot, SpecPhrases.drift(own)));
    spec.drift()
        .features()
        .forEach(
            watch ->
                line(
                    out,
                    watch.measure() == FeatureWatchSpec.Measure.VALUE
                        ? "  watches"
                        : "  watches gaps",
                    watch.column() + ", " + watch.detector() + ", events only"));
    line(out, "frozen", spec.frozen().map(SpecPhrases::freeze).orElse("never"));
    line(
        out,
        "parent",
        spec.parent().map(SpecPhrases::parent).orElse("none: new keys begin with fresh models"));
    spec.limits()
        .forEach(
            (slot, limit) ->
                line(
                    out,
                    "limit of " + slot,
                    "%,d bytes serialised, then %s"
                        .formatted(limit.bytes(), SpecWords.of(limit.action()))));
    ImageCost cost =
        ImageCost.measure(
            spec.modelContext(), spec.deployment(), ImageRule.of(spec.recovery().maxLoad()));
    line(out, "recovery", SpecPhrases.recovery(spec, cost));
    line(
        out,
        "keys",
        spec.expireAfter()
            .map(after -> "forgotten whole " + Durations.text(after) + " after their last event")
            .orElse("never forgotten"));
    line(
        out,
        "snapshots",
        "every %,d instances or %s%s, at most %,d/s, to %s%s"
            .formatted(
                spec.snapshots().everyInstances(),
                Durations.text(spec.snapshots().everyTime()),
                spec.snapshots().onDrift() ? " or on drift" : "",
                spec.snapshots().maxPerSecond(),
                spec.topics().snapshots(),
                spec.snapshots()
                    .payloads()
                    .map(
                        folder ->
                            "; above %,d KB to %s"
                                .formatted(spec.snapshots().maxInlineBytes() >> 10, folder))
                    .orElse("")));
    spec.snapshots()
        .updates()
        .ifPresent(updates -> printUpdates(spec.snapshots(), updates, cost, out));
    line(
        out,
        "evaluation",
        "windows of %,d labels, keys and slices %s%s"
            .formatted(
                spec.evaluation().window(),
                spec.evaluation().everyOrNull() == null
                    ? "never"
                    : "every " + Durations.text(spec.evaluation().everyOrNull()),
                spec.evaluation().slices().isEmpty()
                    ? ""
                    : ", slices " + spec.evaluation().slices()));
    line(
        out,
        "delivery",
        "predictions "
            + SpecWords.of(spec.predictions().delivery())
            + (spec.predictions().features() ? ", with their features" : ""));
    PipelineSpec.Topics topics = spec.topics();
    line(
        out,
        "topics out",
        String.join(
                ", ",
                topics.predictions(),
                topics.drift(),
                topics.evaluations(),
                topics.snapshots(),
                topics.rejects(),
                topics.controlAcks())
            + spec.snapshots().updates().map(u -> ", " + u.topic()).orElse(""));
    line(out, "control", topics.control());
  }

  /** What sending the update log costs, and how far behind those are who follow it. */
  private static void printUpdates(
      PipelineSpec.Snapshots snapshots,
      PipelineSpec.Updates updates,
      ImageCost cost,
      PrintWriter out) {
    line(
        out,
        "updates",
        "to %s, which is made to keep them %s and must keep them %s"
            .formatted(
                updates.topic(),
                Durations.text(updates.retention()),
                Durations.text(updates.reach())));
    line(
        out,
        "  take",
        "about %.0f bytes a label and %,d bytes a key every %s, measured on random instances"
            .formatted(
                cost.logBytesPerInstance(), cost.imageBytes(), Durations.text(updates.images())));
    line(
        out,
        "  are behind",
        "by the checkpoint interval (%s, if Flink's configuration has no other) and its commit"
            .formatted(Durations.text(JobDefaults.CHECKPOINT_INTERVAL)));
    if (cost.imageBytes() > snapshots.maxInlineBytes() && snapshots.payloads().isEmpty()) {
      out.println(
          "warning: snapshots.deltas: images are larger than snapshots.max-inline; those that do not"
              + " fit into a record are left out, and followers wait for ever: set snapshots.payloads");
    }
  }

  private static void printFeatures(FeatureSchema features, PrintWriter out) {
    line(out, "features", features.size() + " columns, fingerprint " + features.fingerprint());
    for (FeatureSchema.Column column : features.columns()) {
      line(
          out,
          "",
          column.name() + ": " + (column.isNominal() ? SpecPhrases.nominal(column) : "numeric"));
    }
  }

  private static void printHistory(KeyedFeatures features, PrintWriter out) {
    if (!features.remember()) {
      return;
    }
    line(out, "history", "up to %,d bytes of a key's past".formatted(features.maxBytes()));
    features.maxBytesOf().forEach((what, bytes) -> line(out, "", "%s: %,d".formatted(what, bytes)));
    for (FeatureSpec.Remembered feature : features.features()) {
      if (feature.form() instanceof HistoryForm.OverTime window) {
        line(
            out,
            "",
            "%s: %s %s, to %s%s"
                .formatted(
                    feature.name(),
                    feature.ofLabels() ? "labels of the last" : "events of the last",
                    Durations.text(window.last()),
                    Durations.text(window.resolution()),
                    window.error().map(error -> "; " + error).orElse("")));
      }
    }
  }

  private static void printSlots(PipelineSpec spec, PrintWriter out) {
    for (SlotSpec slot : spec.slots()) {
      line(
          out,
          "slot " + slot.id(),
          slot.learner()
              + (slot.seed() == SlotSpec.DEFAULT_SEED ? "" : ", seed " + slot.seed())
              + (slot.id().equals(spec.champion()) ? SpecPhrases.champion(spec.serve()) : ""));
    }
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf("%-12s %s%n", what, value);
  }
}
