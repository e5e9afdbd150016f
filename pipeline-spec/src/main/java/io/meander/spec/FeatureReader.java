/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureSpecException;
import io.meander.features.FeatureTransform;
import io.meander.features.FieldPath;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/** Reads the {@code features} part, which is short where it can be and checked against leaks. */
final class FeatureReader {

  private static final List<String> FORMS = List.of("nominal", "hashed", "cyclic");

  private final JsonNode root;
  private final Schema schema;
  private final PipelineSpec.Events events;
  private final PipelineSpec.Label label;
  private final boolean keyIsFeature;
  private final List<SpecError> errors;

  FeatureReader(
      JsonNode root,
      Schema schema,
      PipelineSpec.Events events,
      PipelineSpec.Label label,
      boolean keyIsFeature,
      List<SpecError> errors) {
    this.root = root;
    this.schema = schema;
    this.events = events;
    this.label = label;
    this.keyIsFeature = keyIsFeature;
    this.errors = errors;
  }

  List<FeatureSpec> read() {
    JsonNode node = root.path("features");
    List<FeatureSpec> features = node.isArray() ? declared(node) : defaults(node);
    if (errors.isEmpty()) {
      try {
        FeatureTransform.compile(features, schema);
      } catch (FeatureSpecException e) {
        boolean one = e.index() >= 0 && node.isArray();
        error(one ? YamlPath.of("features", e.index()) : "features", e.getMessage());
      }
    }
    return features;
  }

  private List<FeatureSpec> defaults(JsonNode node) {
    Set<String> excluded = new HashSet<>(outcome());
    events.id().map(FieldPath::topLevel).ifPresent(excluded::add);
    events.time().ifPresent(time -> excluded.add(FieldPath.topLevel(time.field())));
    if (!keyIsFeature) {
      events.key().stream().map(FieldPath::topLevel).forEach(excluded::add);
    }
    JsonNode leftOut = node.path("all-but");
    for (int i = 0; i < leftOut.size(); i++) {
      String field = leftOut.get(i).asText();
      if (schema.getField(field) == null) {
        error(
            YamlPath.of("features.all-but", i),
            "unknown field '"
                + field
                + "'"
                + io.meander.features.NearestName.suggestion(field, names()));
      }
      excluded.add(field);
    }
    try {
      return FeatureTransform.defaults(schema, excluded);
    } catch (FeatureSpecException e) {
      error("features", e.getMessage());
      return List.of();
    }
  }

  private List<FeatureSpec> declared(JsonNode list) {
    List<FeatureSpec> features = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String path = YamlPath.of("features", i);
      FeatureSpec feature = feature(path, list.get(i));
      if (feature == null) {
        continue;
      }
      if (outcome().contains(FieldPath.topLevel(feature.field()))) {
        error(
            path,
            "'"
                + feature.field()
                + "' is known only with the label: as a feature it would give the"
                + " answer away; leave it out");
      }
      features.add(feature);
    }
    return features;
  }

  private FeatureSpec feature(String path, JsonNode node) {
    if (node.isTextual()) {
      return new FeatureSpec.Plain(node.asText(), node.asText());
    }
    List<String> forms = FORMS.stream().filter(node::has).toList();
    if (forms.size() != 1) {
      error(path, "found " + (forms.isEmpty() ? "none" : forms) + "; allowed: one of " + FORMS);
      return null;
    }
    String form = forms.get(0);
    String field = node.path(form).asText();
    String name = node.path("name").asText(field);
    return switch (form) {
      case "nominal" -> nominal(path, node, name, field);
      case "hashed" -> hashed(path, node, name, field);
      default -> cyclic(path, node, name, field);
    };
  }

  private FeatureSpec nominal(String path, JsonNode node, String name, String field) {
    if (!only(path, node, "nominal", "values", "unknown") || missing(path, node, "values")) {
      return null;
    }
    List<String> values = new ArrayList<>();
    node.path("values").forEach(value -> values.add(value.asText()));
    return new FeatureSpec.Nominal(
        name, field, values, node.has("unknown") ? node.path("unknown").asText() : null);
  }

  private FeatureSpec hashed(String path, JsonNode node, String name, String field) {
    if (!only(path, node, "hashed", "buckets", "as") || missing(path, node, "buckets")) {
      return null;
    }
    boolean columns = node.path("as").asText().equals("columns");
    return new FeatureSpec.Hashed(
        name,
        field,
        node.path("buckets").asInt(),
        columns ? FeatureSpec.Hashed.Form.COLUMNS : FeatureSpec.Hashed.Form.NOMINAL);
  }

  private FeatureSpec cyclic(String path, JsonNode node, String name, String field) {
    if (!only(path, node, "cyclic", "period", "zone") || missing(path, node, "period")) {
      return null;
    }
    ZoneId zone = ZoneOffset.UTC;
    try {
      zone = node.has("zone") ? ZoneId.of(node.path("zone").asText()) : zone;
    } catch (DateTimeException e) {
      error(path + ".zone", Zones.unknown(node.path("zone").asText()));
    }
    return new FeatureSpec.Cyclic(name, field, Durations.parse(node.path("period").asText()), zone);
  }

  private boolean only(String path, JsonNode node, String form, String... keys) {
    List<String> allowed = new ArrayList<>(List.of(keys));
    allowed.add(form);
    allowed.add("name");
    boolean fits = true;
    for (var names = node.fieldNames(); names.hasNext(); ) {
      String key = names.next();
      if (!allowed.contains(key)) {
        error(path + "." + key, "does not go with " + form + "; allowed: " + allowed);
        fits = false;
      }
    }
    return fits;
  }

  private boolean missing(String path, JsonNode node, String key) {
    if (!node.has(key)) {
      error(path, "'" + key + "' is missing");
    }
    return !node.has(key);
  }

  private Set<String> outcome() {
    Set<String> fields = new HashSet<>();
    fields.add(FieldPath.topLevel(label.field()));
    label.outcome().stream().map(FieldPath::topLevel).forEach(fields::add);
    return fields;
  }

  private List<String> names() {
    return schema.getFields().stream().map(Schema.Field::name).toList();
  }

  private void error(String path, String message) {
    errors.add(new SpecError(path, message));
  }
}
