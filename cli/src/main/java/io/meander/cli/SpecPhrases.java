/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.features.FeatureSchema;
import io.meander.models.AnomalyTarget;
import io.meander.models.Decision;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.ImageCost;
import io.meander.models.ServePolicy;
import io.meander.models.Task;
import io.meander.spec.Durations;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecWords;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** What the parts of a spec mean, in words, as {@link SpecOutline} says them. */
final class SpecPhrases {

  /** Nominal values shown of a column; the rest is counted. */
  private static final int VALUES_SHOWN = 8;

  private SpecPhrases() {}

  static String champion(ServePolicy serve) {
    return switch (serve.kind()) {
      case CHAMPION -> "  (champion: serves)";
      case BEST -> "  (champion: serves at first)";
      case VOTE -> "  (champion: the frozen twin's original)";
    };
  }

  static String serve(PipelineSpec spec) {
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

  static String learns(AnomalyTarget target) {
    return target.learnsUnlabelled()
        ? "every event, once it was answered; labels only score"
        : "events whose label is '%s', once it is known".formatted(target.classes().get(0));
  }

  static String label(PipelineSpec.Label label) {
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

  static String known(PipelineSpec.KnownAt at) {
    String when =
        at.afterOrNull() != null
            ? Durations.text(at.afterOrNull()) + " after the event"
            : "at " + (at.fieldOrNull() == null ? at.valueOrNull() : at.fieldOrNull());
    return when + " (a running job: when it arrives)";
  }

  static String waits(PipelineSpec.Label label) {
    PipelineSpec.Waits waits = label.waits();
    return "%s, then %s; late ones are %s, corrections %s"
        .formatted(
            waits.waitOrNull() == null ? "without end" : Durations.text(waits.waitOrNull()),
            waits.otherwiseOrNull() == null
                ? "given up"
                : "taken for '" + label.target().text(waits.otherwiseOrNull()) + "'",
            waits.trainLatePositives() ? "learned" : "counted",
            waits.trainCorrections() ? "learned" : "counted");
  }

  static String weight(PipelineSpec.Weight weight) {
    String own = weight.field().orElse("1");
    return weight.byClass().isEmpty() ? own : own + ", times by class " + weight.byClass();
  }

  static String nominal(FeatureSchema.Column column) {
    List<String> values = column.values();
    return values.size() <= VALUES_SHOWN
        ? "nominal " + values
        : "nominal of %d values, %s, ..."
            .formatted(values.size(), String.join(", ", values.subList(0, VALUES_SHOWN)));
  }

  static String decision(Decision decision, List<String> classes) {
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

  static String drift(DriftSpec drift) {
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

  static String parent(PipelineSpec.Parent parent) {
    return "%s, learned from %s of the events; costs a second shuffle of all arrivals%s, and each"
            .formatted(
                parent.key().isEmpty()
                    ? "one for the whole stream"
                    : "one per " + String.join(", ", parent.key()),
                parent.sample() >= 1 ? "all" : decimal(100 * parent.sample()) + "%",
                parent.key().isEmpty() ? " through one task" : "")
        + " task holds the newest published models of every parent";
  }

  static String freeze(FreezeSpec freeze) {
    if (freeze instanceof FreezeSpec.At at) {
      return "the champion's twin, at " + at.time();
    } else if (freeze instanceof FreezeSpec.AfterInstances after) {
      return "the champion's twin, after %,d instances of a key".formatted(after.instances());
    } else if (freeze instanceof FreezeSpec.AfterTime after) {
      return "the champion's twin, " + Durations.text(after.time()) + " after a key's first event";
    }
    return freeze.toString();
  }

  /** What keeping models safe will cost, measured here on random instances. */
  static String recovery(PipelineSpec spec, ImageCost cost) {
    return String.format(
        Locale.ROOT,
        "a key back within %s; after %,d random instances its image takes %,d bytes, is written"
            + " every %,d instances (%.1f%% of learning), and a load takes at most %.1f ms",
        Durations.text(spec.recovery().maxLoad()),
        cost.instances(),
        cost.imageBytes(),
        cost.instancesPerImage(),
        100 * cost.share(),
        cost.loadMillis());
  }
}
