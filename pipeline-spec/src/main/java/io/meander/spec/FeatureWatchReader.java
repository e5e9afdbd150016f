/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.DeclaredFeature;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSpec;
import io.meander.features.MissingPolicy;
import io.meander.features.NearestName;
import io.meander.models.Detectors;
import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FeatureWatchSpec.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads {@code drift.features} and {@code drift.missing}: which features are watched. */
final class FeatureWatchReader {

  private final SpecNode drift;

  FeatureWatchReader(SpecNode root) {
    this.drift = root.at("drift");
    for (SpecNode slot : root.at("slots").items()) {
      for (Measure measure : Measure.values()) {
        SpecNode own = slot.at("drift").at(key(measure));
        if (own.isPresent()) {
          own.error(
              "features are watched for the whole pipeline, not for a slot; move this to drift."
                  + key(measure));
        }
      }
    }
  }

  /**
   * The watches, with errors where they do not fit the features.
   *
   * @param columns of the feature vector
   */
  List<FeatureWatchSpec> read(FeatureSchema columns, MissingPolicy missing) {
    List<FeatureWatchSpec> watches = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      SpecNode list = drift.at(key(measure));
      List<String> seen = new ArrayList<>();
      for (SpecNode item : list.items()) {
        boolean object = item.json().isObject();
        SpecNode named = object ? item.at("name") : item;
        String name = named.text().orElse("");
        if (name.isEmpty()) {
          continue;
        }
        check(named, name, measure, columns);
        if (measure == Measure.MISSING) {
          checkIsNotFilledIn(named, name, columns, missing);
        }
        if (seen.contains(name)) {
          named.error("'" + name + "' is watched already; delete one of the two");
        }
        seen.add(name);
        watches.add(new FeatureWatchSpec(name, measure, detector(item.at("detector"), measure)));
      }
    }
    return watches;
  }

  private static void check(SpecNode node, String name, Measure measure, FeatureSchema columns) {
    List<String> names =
        columns.columns().stream()
            .filter(column -> measure == Measure.MISSING || !column.isNominal())
            .map(FeatureSchema.Column::name)
            .toList();
    if (names.contains(name)) {
      return;
    }
    boolean nominal = columns.columns().stream().anyMatch(column -> column.name().equals(name));
    node.error(
        nominal
            ? "'"
                + name
                + "' is nominal: only numbers have values that rise or fall; watch how often it is"
                + " missing, with drift.missing, or a number"
            : "there is no "
                + (measure == Measure.VALUE ? "numeric " : "")
                + "feature '"
                + name
                + "'"
                + NearestName.suggestion(name, names)
                + " (features: "
                + String.join(", ", names)
                + ")");
  }

  private static void checkIsNotFilledIn(
      SpecNode node, String name, FeatureSchema columns, MissingPolicy missing) {
    columns.columns().stream()
        .filter(column -> column.name().equals(name) && !column.isNominal())
        .map(column -> filler(DeclaredFeature.of(column.declared()).spec(), missing))
        .filter(filler -> !filler.equals("keep"))
        .findFirst()
        .ifPresent(
            filler ->
                node.error(
                    "'"
                        + name
                        + "' is never missing when it is learned: missing: "
                        + filler
                        + " fills numbers in before; use missing: keep, or leave this out"));
  }

  /** What a feature's {@code missing} says, or keep. */
  private static String filler(FeatureSpec feature, MissingPolicy ofPipeline) {
    return feature instanceof FeatureSpec.Imputed own && !Double.isNaN(own.number())
        ? String.valueOf(own.number())
        : feature.missing(ofPipeline).name().toLowerCase(Locale.ROOT);
  }

  private static String detector(SpecNode node, Measure measure) {
    if (node.text().isEmpty()) {
      return DriftSpec.DEFAULT.detector();
    }
    String detector = DriftReader.detector(node, null);
    if (measure == Measure.VALUE && Detectors.takesOnlyHitsAndMisses(detector)) {
      node.error(
          "'"
              + detector
              + "' takes hits and misses only, not values; use another detector such as"
              + " ADWINChangeDetector");
    }
    return detector;
  }

  private static String key(Measure measure) {
    return measure == Measure.VALUE ? "features" : "missing";
  }
}
