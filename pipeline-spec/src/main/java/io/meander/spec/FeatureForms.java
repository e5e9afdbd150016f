/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSpec;
import io.meander.features.MissingPolicy;
import io.meander.features.Transformed;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The forms of a feature that is a section of keys, each by the key that only it has. */
final class FeatureForms {

  private static final Map<String, Form> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put("nominal", FeatureForms::nominal);
    FORMS.put("hashed", FeatureForms::hashed);
    FORMS.put("cyclic", FeatureForms::cyclic);
    FORMS.put("field", (name, field, item) -> new FeatureSpec.Plain(name, field));
    FORMS.put("value", FeatureForms::value);
    FORMS.put("log", FeatureForms::log);
    FORMS.put("clipped", FeatureForms::clipped);
    FORMS.put("bucketized", FeatureForms::bucketized);
    FORMS.put("crossed", FeatureForms::crossed);
    FORMS.put("geo", FeatureForms::geo);
    FORMS.put("calendar", FeatureForms::calendar);
    FORMS.put("ngrams", FeatureForms::ngrams);
    FORMS.put("transform", FeatureForms::transform);
    for (String form : RememberedReader.FORMS) {
      FORMS.put(form, (name, field, item) -> RememberedReader.read(item, form));
    }
  }

  private FeatureForms() {}

  /** The keys that tell forms apart. */
  static Set<String> names() {
    return FORMS.keySet();
  }

  /** Makes the declaration of a section that fits the JSON Schema. */
  private interface Form {

    /**
     * @param name of the column, or the stem of its columns' names
     * @param value what stands at the form's key: of most forms, a field
     */
    FeatureSpec read(String name, String value, SpecNode item);
  }

  /** Where a feature says what it reads: at its form's key, or the feature itself. */
  static SpecNode source(SpecNode item) {
    return form(item).map(item::at).orElse(item);
  }

  /** Where a feature names one of the fields that it reads. */
  static SpecNode field(SpecNode item, int index) {
    SpecNode named = item.at("fields").isPresent() ? item.at("fields") : source(item);
    return named.json().isArray() ? named.items().get(index) : named;
  }

  /**
   * @throws IllegalArgumentException if the form cannot be so by itself
   */
  static FeatureSpec read(SpecNode item) {
    String value = source(item).text().orElse("");
    String name = item.at("name").text().orElse(value);
    FeatureSpec feature =
        form(item)
            .map(key -> FORMS.get(key).read(name, value, item))
            .orElseGet(() -> new FeatureSpec.Plain(name, value));
    SpecNode missing = item.at("missing");
    boolean flag = item.at("flag-missing").flag(false);
    return missing.isPresent() || flag
        ? new FeatureSpec.Imputed(feature, policy(missing), missing.decimal(Double.NaN), flag)
        : feature;
  }

  private static Optional<String> form(SpecNode item) {
    return FORMS.keySet().stream().filter(key -> item.at(key).isPresent()).findFirst();
  }

  private static FeatureSpec nominal(String name, String field, SpecNode item) {
    return new FeatureSpec.Nominal(
        name, field, item.at("values").texts(), item.at("unknown").text().orElse(null));
  }

  private static FeatureSpec value(String name, String expression, SpecNode item) {
    return new FeatureSpec.Value(
        name, expression, item.at("values").texts(), item.at("unknown").text().orElse(null));
  }

  private static FeatureSpec log(String name, String field, SpecNode item) {
    return new FeatureSpec.Log(name, field, item.at("plus").decimal(0));
  }

  private static FeatureSpec clipped(String name, String field, SpecNode item) {
    return new FeatureSpec.Clipped(
        name,
        field,
        item.at("min").decimal(-Double.MAX_VALUE),
        item.at("max").decimal(Double.MAX_VALUE));
  }

  private static FeatureSpec bucketized(String name, String field, SpecNode item) {
    return new FeatureSpec.Bucketized(
        name, field, item.at("boundaries").items().stream().map(b -> b.decimal(0)).toList());
  }

  private static FeatureSpec crossed(String name, String unused, SpecNode item) {
    return new FeatureSpec.Crossed(
        name, item.at("crossed").texts(), (int) item.at("buckets").number(0));
  }

  private static FeatureSpec geo(String name, String unused, SpecNode item) {
    return new FeatureSpec.GeoCell(
        name,
        item.at("geo").texts(),
        (int) item.at("level").number(0),
        (int) item.at("buckets").number(0));
  }

  private static FeatureSpec calendar(String name, String field, SpecNode item) {
    return new FeatureSpec.Calendar(
        name,
        field,
        FeatureSpec.Calendar.Part.valueOf(constant(item.at("part"), "hour")),
        item.at("zone").zone());
  }

  private static FeatureSpec ngrams(String name, String field, SpecNode item) {
    return new FeatureSpec.Ngrams(
        name,
        field,
        FeatureSpec.Ngrams.Unit.valueOf(constant(item.at("unit"), "characters")),
        (int) item.at("n").number(0),
        (int) item.at("buckets").number(0));
  }

  private static FeatureSpec transform(String name, String transform, SpecNode item) {
    return Transformed.of(name, transform, item.at("fields").texts(), item.at("with").values());
  }

  private static String constant(SpecNode node, String otherwise) {
    return node.text().orElse(otherwise).toUpperCase(Locale.ROOT);
  }

  private static MissingPolicy policy(SpecNode missing) {
    return missing
        .text()
        .map(word -> MissingPolicy.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(null);
  }

  private static FeatureSpec hashed(String name, String field, SpecNode item) {
    return new FeatureSpec.Hashed(
        name,
        field,
        (int) item.at("buckets").number(0),
        FeatureSpec.Hashed.Form.valueOf(constant(item.at("as"), "nominal")));
  }

  private static FeatureSpec cyclic(String name, String field, SpecNode item) {
    return new FeatureSpec.Cyclic(
        name, field, item.at("period").duration(null), item.at("zone").zone());
  }
}
