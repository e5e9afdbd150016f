/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSpec;
import io.meander.features.FeatureSpecException;
import io.meander.features.FeatureTransform;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code features} part, fills in the default ones, and refuses leaks of the label. */
final class FeaturesReader {

  private static final List<String> FORMS = List.of("nominal", "hashed", "cyclic");

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
    SpecNode field = field(item);
    FeatureSpec feature = make(item, field);
    if (node.problems().touch(item.path()) || fields.find(field).isEmpty()) {
      return Optional.empty();
    }
    if (label.gives(feature.field())) {
      field.error(
          "'"
              + feature.field()
              + "' is known only with the label: as a feature it would give the answer away;"
              + " delete it here");
      return Optional.empty();
    }
    try {
      FeatureTransform.compile(List.of(feature), fields.schema());
      return Optional.of(feature);
    } catch (FeatureSpecException e) {
      item.error(e.getMessage());
      return Optional.empty();
    }
  }

  private static SpecNode field(SpecNode item) {
    return FORMS.stream().map(item::at).filter(SpecNode::isPresent).findFirst().orElse(item);
  }

  private static FeatureSpec make(SpecNode item, SpecNode field) {
    String path = field.text().orElseThrow();
    String name = item.at("name").text().orElse(path);
    if (item.at("nominal").isPresent()) {
      return new FeatureSpec.Nominal(
          name, path, item.at("values").texts(), item.at("unknown").text().orElse(null));
    }
    if (item.at("hashed").isPresent()) {
      boolean columns = item.at("as").text().orElse("").equals("columns");
      return new FeatureSpec.Hashed(
          name,
          path,
          (int) item.at("buckets").number(0),
          columns ? FeatureSpec.Hashed.Form.COLUMNS : FeatureSpec.Hashed.Form.NOMINAL);
    }
    if (item.at("cyclic").isPresent()) {
      return new FeatureSpec.Cyclic(
          name, path, item.at("period").duration(null), item.at("zone").zone());
    }
    return new FeatureSpec.Plain(name, path);
  }

  private List<FeatureSpec> defaults(boolean keyAsFeature) {
    Set<String> excluded = new HashSet<>(fields.own(node.at("all-but")));
    exclude(excluded, label.field());
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
