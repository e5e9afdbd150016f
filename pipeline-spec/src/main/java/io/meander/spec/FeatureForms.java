/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The forms of a feature that is a section of keys, each by the key that only it has. */
final class FeatureForms {

  private static final Map<String, Form> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put("nominal", FeatureForms::nominal);
    FORMS.put("hashed", FeatureForms::hashed);
    FORMS.put("cyclic", FeatureForms::cyclic);
    for (String form : RememberedReader.FORMS) {
      FORMS.put(form, (name, field, item) -> RememberedReader.read(item, form));
    }
  }

  private FeatureForms() {}

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

  /**
   * @throws IllegalArgumentException if the form cannot be so by itself
   */
  static FeatureSpec read(SpecNode item) {
    String value = source(item).text().orElseThrow();
    String name = item.at("name").text().orElse(value);
    return form(item)
        .map(key -> FORMS.get(key).read(name, value, item))
        .orElseGet(() -> new FeatureSpec.Plain(name, value));
  }

  private static Optional<String> form(SpecNode item) {
    return FORMS.keySet().stream().filter(key -> item.at(key).isPresent()).findFirst();
  }

  private static FeatureSpec nominal(String name, String field, SpecNode item) {
    return new FeatureSpec.Nominal(
        name, field, item.at("values").texts(), item.at("unknown").text().orElse(null));
  }

  private static FeatureSpec hashed(String name, String field, SpecNode item) {
    boolean columns = item.at("as").text().orElse("").equals("columns");
    return new FeatureSpec.Hashed(
        name,
        field,
        (int) item.at("buckets").number(0),
        columns ? FeatureSpec.Hashed.Form.COLUMNS : FeatureSpec.Hashed.Form.NOMINAL);
  }

  private static FeatureSpec cyclic(String name, String field, SpecNode item) {
    return new FeatureSpec.Cyclic(
        name, field, item.at("period").duration(null), item.at("zone").zone());
  }
}
