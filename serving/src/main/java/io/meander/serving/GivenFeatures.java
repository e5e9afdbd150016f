/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.FeatureSchema;
import io.meander.features.NearestName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Features that a request gives by their columns' names: numbers, nominals by their values, null
 * for missing. Immutable and thread-safe.
 */
public final class GivenFeatures {

  private final List<FeatureSchema.Column> columns;
  private final Map<String, Integer> positions = new HashMap<>();

  public GivenFeatures(FeatureSchema schema) {
    this.columns = schema.columns();
    for (int i = 0; i < columns.size(); i++) {
      positions.put(columns.get(i).name(), i);
    }
  }

  /**
   * A vector of nothing but what is given, which must be every column: forgetting one must not pass
   * for a missing value.
   *
   * @throws FeatureException naming the feature, what was found and what is needed
   */
  public double[] vector(JsonNode given) throws FeatureException {
    requireObject(given);
    for (FeatureSchema.Column column : columns) {
      if (!given.has(column.name())) {
        throw new FeatureException(
            "features.%s: is not given; without an event every column is needed, null for missing"
                .formatted(column.name()));
      }
    }
    double[] vector = new double[columns.size()];
    Arrays.fill(vector, Double.NaN);
    put(given, vector);
    return vector;
  }

  /**
   * Puts what is given in the place of what is there.
   *
   * @throws FeatureException naming the feature, what was found and what is needed
   */
  void put(JsonNode given, double[] vector) throws FeatureException {
    requireObject(given);
    for (var entry : given.properties()) {
      String name = entry.getKey();
      Integer position = positions.get(name);
      if (position == null) {
        throw new FeatureException(
            "features.%s: unknown feature%s (there are %s)"
                .formatted(
                    name,
                    NearestName.suggestion(name, positions.keySet()),
                    String.join(", ", columns.stream().map(FeatureSchema.Column::name).toList())));
      }
      vector[position] = value(columns.get(position), entry.getValue());
    }
  }

  private static void requireObject(JsonNode given) throws FeatureException {
    if (!given.isObject()) {
      throw new FeatureException("features: an object of values by column name is needed");
    }
  }

  private static double value(FeatureSchema.Column column, JsonNode value) throws FeatureException {
    if (value.isNull()) {
      return Double.NaN;
    }
    if (!column.isNominal()) {
      if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
        throw new FeatureException("features.%s: a number is needed".formatted(column.name()));
      }
      return value.doubleValue();
    }
    int index = value.isTextual() ? column.values().indexOf(value.textValue()) : -1;
    if (index < 0) {
      throw new FeatureException(
          "features.%s: found %s, not one of %s%s"
              .formatted(
                  column.name(),
                  value,
                  column.values(),
                  NearestName.suggestion(value.asText(), column.values())));
    }
    return index;
  }
}
