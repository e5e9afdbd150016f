/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.init.FeatureLeaks;
import io.meander.cli.init.FeatureRanges;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSpec;
import io.meander.features.KeyedFeatures;
import io.meander.features.MissingPolicy;
import io.meander.features.history.HistoryForm;
import io.meander.flink.JobDefaults;
import io.meander.models.AnomalyTarget;
import io.meander.models.Decision;
import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.ImageCost;
import io.meander.models.ImageRule;
import io.meander.models.ServePolicy;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import io.meander.spec.FeatureRange;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecError;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import io.meander.spec.SpecWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a spec whole and prints what it would run. */
@Command(
    name = "validate",
    description = "Check a spec and print what will run.",
    sortOptions = false)
final class ValidateCommand implements Callable<Integer> {

  /** Nominal values shown of a column; the rest is counted. */
  private static final int VALUES_SHOWN = 8;

  @Mixin private SpecFile specFile;

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description =
          "A file the spec is to run over: .csv, .arff or .avro, also .gz. Its first rows are searched"
              + " for features that give the label away; a spec without events.schema needs it.")
  private Path events;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws SpecException, IOException {
    PipelineSpec spec =
        events == null ? SpecLoader.load(specFile.path()) : Specs.forFile(specFile.path(), events);
    PrintWriter out = command.commandLine().getOut();
    print(spec, out);
    out.println();
    Map<String, FeatureRange> seen = events == null ? Map.of() : FeatureRanges.of(events, spec);
    for (SpecError warning : spec.warnings(seen)) {
      out.println("warning: " + warning.path() + ": " + warning.message());
    }
    Specs.warnLive(spec, out);
    if (events != null) {
      FeatureLeaks.warnings(events, spec).forEach(leak -> out.println("warning: " + leak));
    }
    out.println(specFile.path() + " is valid.");
    return 0;
  }

  private static void print(PipelineSpec spec, PrintWriter out) {
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
                        .formatted(t.field(), text(t.outOfOrderness()), text(t.idleAfter())))
            .orElse("none: the order of arrival"));
    line(out, "label", label(spec.label()));
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
    spec.label().knownAt().ifPresent(at -> line(out, "  known", known(at)));
    if (spec.label().isLate()) {
      line(out, "  waited for", waits(spec.label()));
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
      line(out, "weight", weight(spec.weight()));
    }
    printSlots(spec, out);
    line(out, "serve", serve(spec));
    if (!spec.serve().decision().equals(ServePolicy.FIRST_MAXIMUM)) {
      line(out, "  predicts", decision(spec.serve().decision(), spec.label().classes()));
    }
    if (spec.target() instanceof AnomalyTarget anomalies) {
      line(out, "learns", learns(anomalies));
    }
    line(out, "drift", drift(spec.drift().every()));
    spec.drift().bySlot().forEach((slot, own) -> line(out, "  of " + slot, drift(own)));
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
    line(out, "frozen", spec.frozen().map(ValidateCommand::freeze).orElse("never"));
    line(
        out,
        "parent",
        spec.parent()
            .map(ValidateCommand::parent)
            .orElse("none: new keys begin with fresh models"));
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
    line(out, "recovery", recovery(spec, cost));
    line(
        out,
        "keys",
        spec.expireAfter()
            .map(after -> "forgotten whole " + text(after) + " after their last event")
            .orElse("never forgotten"));
    line(
        out,
        "snapshots",
        "every %,d instances or %s%s, at most %,d/s, to %s%s"
            .formatted(
                spec.snapshots().everyInstances(),
                text(spec.snapshots().everyTime()),
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
                    : "every " + text(spec.evaluation().everyOrNull()),
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
            .formatted(updates.topic(), text(updates.retention()), text(updates.reach())));
    line(
        out,
        "  take",
        "about %.0f bytes a label and %,d bytes a key every %s, measured on random instances"
            .formatted(cost.logBytesPerInstance(), cost.imageBytes(), text(updates.images())));
    line(
        out,
        "  are behind",
        "by the checkpoint interval (%s, if Flink's configuration has no other) and its commit"
            .formatted(text(JobDefaults.CHECKPOINT_INTERVAL)));
    if (cost.imageBytes() > snapshots.maxInlineBytes() && snapshots.payloads().isEmpty()) {
      out.println(
          "warning: snapshots.deltas: images are larger than snapshots.max-inline; those that do not"
              + " fit into a record are left out, and followers wait for ever: set snapshots.payloads");
    }
  }

  private static void printFeatures(FeatureSchema features, PrintWriter out) {
    line(out, "features", features.size() + " columns, fingerprint " + features.fingerprint());
    for (FeatureSchema.Column column : features.columns()) {
      line(out, "", column.name() + ": " + (column.isNominal() ? nominal(column) : "numeric"));
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
                    text(window.last()),
                    text(window.resolution()),
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
              + (slot.id().equals(spec.champion()) ? champion(spec.serve()) : ""));
    }
  }

  private static String champion(ServePolicy serve) {
    return switch (serve.kind()) {
      case CHAMPION -> "  (champion: serves)";
      case BEST -> "  (champion: serves at first)";
      case VOTE -> "  (champion: the frozen twin's original)";
    };
  }

  private static String serve(PipelineSpec spec) {
    ServePolicy serve = spec.serve();
    return switch (serve.kind()) {
      case CHAMPION -> "champion: " + spec.champion();
      case BEST ->
          ("best: the slot with the least error, once it is %s below the one that serves, both"
                  + " over %,d labels and more")
              .formatted(decimal(serve.margin()), serve.minEvidence());
      case VOTE ->
          "vote: all slots, each by its error over %,d labels and more"
              .formatted(serve.minEvidence());
    };
  }

  private static String learns(AnomalyTarget target) {
    return target.learnsUnlabelled()
        ? "every event, once it was answered; labels only score"
        : "events whose label is '%s', once it is known".formatted(target.classes().get(0));
  }

  private static String label(PipelineSpec.Label label) {
    if (!label.isGiven()) {
      return "none: nothing is scored";
    }
    if (label.target().task() == Task.REGRESSION) {
      return label.text() + ", a number";
    }
    return label.aboveOrNull() == null
        ? "%s, one of %s".formatted(label.text(), label.classes())
        : "%s: '%s' above %s, else '%s'"
            .formatted(
                label.text(),
                label.classes().get(1),
                decimal(label.aboveOrNull()),
                label.classes().get(0));
  }

  private static String known(PipelineSpec.KnownAt at) {
    String when =
        at.afterOrNull() != null
            ? text(at.afterOrNull()) + " after the event"
            : "at " + (at.fieldOrNull() == null ? at.valueOrNull() : at.fieldOrNull());
    return when + " (a running job: when it arrives)";
  }

  private static String waits(PipelineSpec.Label label) {
    PipelineSpec.Waits waits = label.waits();
    return "%s, then %s; late ones are %s, corrections %s"
        .formatted(
            waits.waitOrNull() == null ? "without end" : text(waits.waitOrNull()),
            waits.otherwiseOrNull() == null
                ? "given up"
                : "taken for '" + label.target().text(waits.otherwiseOrNull()) + "'",
            waits.trainLatePositives() ? "learned" : "counted",
            waits.trainCorrections() ? "learned" : "counted");
  }

  private static String weight(PipelineSpec.Weight weight) {
    String own = weight.field().orElse("1");
    return weight.byClass().isEmpty() ? own : own + ", times by class " + weight.byClass();
  }

  private static String nominal(FeatureSchema.Column column) {
    List<String> values = column.values();
    return values.size() <= VALUES_SHOWN
        ? "nominal " + values
        : "nominal of %d values, %s, ..."
            .formatted(values.size(), String.join(", ", values.subList(0, VALUES_SHOWN)));
  }

  private static String decision(Decision decision, List<String> classes) {
    if (decision instanceof Decision.Threshold threshold) {
      return "%s from a vote of %s on, else the first maximum of the others"
          .formatted(classes.get(threshold.favoured()), decimal(threshold.from()));
    }
    if (decision instanceof Decision.Anomalous rule) {
      String after = "; nothing before it has learned %,d instances".formatted(rule.after());
      return Double.isNaN(rule.above())
          ? "an anomaly above the %s quantile of a slot's last %,d scores"
                  .formatted(decimal(rule.quantile()), rule.last())
              + after
          : "an anomaly above a score of " + decimal(rule.above()) + after;
    }
    return "the class of the least expected cost";
  }

  private static String drift(DriftSpec drift) {
    boolean background = drift.onWarning() == DriftSpec.OnWarning.START_BACKGROUND;
    return drift.detector()
        + drift.warningDetector().map(w -> ", warning " + w).orElse("")
        + (drift.signal() == DriftSpec.Signal.ERROR
            ? ""
            : ", of the " + SpecWords.of(drift.signal()))
        + (background
            ? ", on warning: start-background for %,d instances"
                .formatted(drift.backgroundInstances())
            : "")
        + ", on drift: "
        + SpecWords.of(drift.onDrift())
        + (drift.onDrift() == DriftSpec.OnDrift.BOOST
            ? " by %s for %,d instances"
                .formatted(decimal(drift.boost().weight()), drift.boost().instances())
            : "");
  }

  private static String decimal(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private static String parent(PipelineSpec.Parent parent) {
    return "%s, learned from %s of the events; costs a second shuffle of all arrivals%s, and each"
            .formatted(
                parent.key().isEmpty()
                    ? "one for the whole stream"
                    : "one per " + String.join(", ", parent.key()),
                parent.sample() >= 1 ? "all" : decimal(100 * parent.sample()) + "%",
                parent.key().isEmpty() ? " through one task" : "")
        + " task holds the newest published models of every parent";
  }

  private static String freeze(FreezeSpec freeze) {
    if (freeze instanceof FreezeSpec.At at) {
      return "the champion's twin, at " + at.time();
    } else if (freeze instanceof FreezeSpec.AfterInstances after) {
      return "the champion's twin, after %,d instances of a key".formatted(after.instances());
    } else if (freeze instanceof FreezeSpec.AfterTime after) {
      return "the champion's twin, " + text(after.time()) + " after a key's first event";
    }
    return freeze.toString();
  }

  /** As specs write it, in the largest unit that needs no fraction. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 60 != 0 || seconds == 0) {
      return seconds + "s";
    } else if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf("%-12s %s%n", what, value);
  }

  /** What keeping models safe will cost, measured here on random instances. */
  private static String recovery(PipelineSpec spec, ImageCost cost) {
    return String.format(
        Locale.ROOT,
        "a key back within %s; after %,d random instances its image takes %,d bytes, is written"
            + " every %,d instances (%.1f%% of learning), and a load takes at most %.1f ms",
        text(spec.recovery().maxLoad()),
        cost.instances(),
        cost.imageBytes(),
        cost.instancesPerImage(),
        100 * cost.share(),
        cost.loadMillis());
  }
}
