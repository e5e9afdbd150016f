/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A value's index in a list; an unlisted value has the index of the unknown one, if any. */
final class NominalColumn extends FieldColumn {
  private final Map<String, Integer> index;
  private final Integer unknown;

  NominalColumn(FieldPath path, String name, List<String> values, String unknownOrNull) {
    super(path, List.of(new Column(name, withUnknown(values, unknownOrNull))));
    if (!isSingle(path.type())) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is "
              + FieldPath.name(path.type())
              + ", a nominal is made of text, a number, an enum or a boolean");
    }
    this.index = Nominal.index(columns().get(0).values());
    this.unknown = unknownOrNull == null ? null : index.get(unknownOrNull);
  }

  static List<String> withUnknown(List<String> values, String unknownOrNull) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a nominal needs at least one value");
    }
    if (Set.copyOf(values).size() < values.size()) {
      throw new IllegalArgumentException("a value is listed twice in " + values);
    }
    if (unknownOrNull == null || values.contains(unknownOrNull)) {
      return values;
    }
    return Stream.concat(values.stream(), Stream.of(unknownOrNull)).toList();
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    String text = value.toString();
    Integer i = index.getOrDefault(text, unknown);
    if (i == null) {
      List<String> values = columns().get(0).values();
      throw unfit("is '" + text + "', not one of " + values + NearestName.suggestion(text, values));
    }
    vector[offset] = i;
  }
}
