/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureSpecException;
import io.meander.features.FeatureTransform;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import io.meander.features.KeyedFeatures;
import io.meander.features.MissingPolicy;
import io.meander.features.transform.TransformOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code features} part, fills in the default ones, and refuses leaks of the label. */
final class FeaturesReader {

  private static final String DEFAULT_BUDGET = "4KB";

  private final SpecNode node;
  private final EventFields fields;
  private final PipelineSpec.Events events;
  private final PipelineSpec.Label label;
  private final String weightOrNull;

  /**
   * @param weightOrNull the field of the events' weight
   */
  FeaturesReader(
      SpecNode features,
      EventFields fields,
      PipelineSpec.Events events,
      PipelineSpec.Label label,
      String weightOrNull) {
    this.node = features;
    this.fields = fields;
    this.events = events;
    this.label = label;
    this.weightOrNull = weightOrNull;
  }

  List<FeatureSpec> read(boolean keyAsFeature) {
    return node.json().isArray() ? declared() : defaults(keyAsFeature);
  }

  private List<FeatureSpec> declared() {
    List<FeatureSpec> features = new ArrayList<>();
    boolean all = true;
    for (SpecNode item : node.items()) {
      Optional<FeatureSpec> feature =
          node.problems().touch(item.path()) ? Optional.empty() : feature(item);
      feature.ifPresent(features::add);
      all &= feature.isPresent();
    }
    if (all) {
      compile(features);
    }
    return features;
  }

  /** A feature that fits the events on its own; empty if not, which is an error by then. */
  private Optional<FeatureSpec> feature(SpecNode item) {
    SpecNode source = FeatureForms.source(item);
    try {
      FeatureSpec feature = FeatureForms.read(item);
      if (node.problems().touch(item.path())) {
        return Optional.empty();
      }
      for (int i = 0; i < feature.fields().size(); i++) {
        String field = feature.fields().get(i);
        SpecNode at = FeatureForms.field(item, i);
        if (fields.find(at, field).isEmpty() || isKnownLater(at, field, feature)) {
          return Optional.empty();
        }
      }
      KeyedFeatures keyed = keyed(List.of(feature), MissingPolicy.KEEP);
      if (keyed.isTimed() && events.time().isEmpty()) {
        item.error(
            "goes by when events happened, and events.time is left out: declare it, or count"
                + " events where the form can (last: 100, half-life: 10)");
        return Optional.empty();
      }
      return Optional.of(feature);
    } catch (TransformOptions.OptionException e) {
      item.at("with").at(e.option()).error(e.getMessage());
      return Optional.empty();
    } catch (FeatureSpecException | IllegalArgumentException e) {
      boolean own = item.at("value").isPresent() || item.at("transform").isPresent();
      (own ? source : item).error(e.getMessage());
      return Optional.empty();
    }
  }

  private KeyedFeatures keyed(List<FeatureSpec> features, MissingPolicy missing) {
    FeatureSchema schema = FeatureTransform.compile(features, fields.schema(), missing).schema();
    return KeyedFeatures.compile(
        features, schema, fields.schema(), label.source(fields.schema()), missing);
  }

  /** What all of them may keep of a key. */
  void checkBudget(List<FeatureSpec> features, SpecNode budgetNode, MissingPolicy missing) {
    long budget = Bytes.parse(budgetNode.text().orElse(DEFAULT_BUDGET));
    KeyedFeatures keyed = keyed(features, missing);
    if (keyed.maxBytes() <= budget) {
      return;
    }
    List<String> parts = new ArrayList<>();
    keyed.maxBytesOf().forEach((what, bytes) -> parts.add(what + " " + bytes));
    node.error(
        "keep up to "
            + keyed.maxBytes()
            + " bytes of each key's past ("
            + String.join(" + ", parts)
            + "), and features-budget is "
            + budget
            + ": keep less (fewer panes, fewer of the last, fewer buckets, a smaller width or sketch), or"
            + " raise features-budget");
  }

  private boolean isKnownLater(SpecNode source, String field, FeatureSpec feature) {
    if (!label.gives(field)) {
      return false;
    }
    FeatureSpec.Remembered past = feature.rememberedOrNull();
    boolean remembers = past != null && !past.isTarget();
    source.error(
        "'"
            + field
            + "' is known only with the label: as a feature it would give the answer away;"
            + (remembers
                ? " with of: labels it is remembered from when it was known"
                : " delete it here"));
    return true;
  }

  private List<FeatureSpec> defaults(boolean keyAsFeature) {
    Set<String> excluded = new HashSet<>(fields.own(node.at("all-but")));
    if (label.fieldOrNull() != null) {
      exclude(excluded, label.fieldOrNull());
    }
    label.outcome().forEach(field -> exclude(excluded, field));
    if (weightOrNull != null) {
      exclude(excluded, weightOrNull);
    }
    events.id().ifPresent(field -> exclude(excluded, field));
    events.time().ifPresent(time -> exclude(excluded, time.field()));
    if (!keyAsFeature) {
      events.key().forEach(field -> exclude(excluded, field));
    }
    if (node.problems().touch(node.path())) {
      return List.of();
    }
    try {
      List<FeatureSpec> features = FeatureTransform.defaults(fields.schema(), excluded);
      compile(features);
      return features;
    } catch (FeatureSpecException e) {
      node.error(
          (node.isPresent() ? "" : "left out, so every other field is a feature as it is; ")
              + e.getMessage());
      return List.of();
    }
  }

  /** Paths that cannot be read are errors where they stand. */
  private static void exclude(Set<String> excluded, String field) {
    try {
      excluded.add(FieldPath.topLevel(field));
    } catch (FieldPathException e) {
      excluded.add(field);
    }
  }

  private void compile(List<FeatureSpec> features) {
    try {
      FeatureTransform.compile(features, fields.schema());
    } catch (FeatureSpecException e) {
      boolean one = e.index() >= 0 && node.json().isArray();
      node.problems().add(one ? YamlPath.of(node.path(), e.index()) : node.path(), e.getMessage());
    }
  }
}
