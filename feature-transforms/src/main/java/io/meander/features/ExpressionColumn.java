/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import io.meander.features.expression.Expression;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/**
 * What an expression gives: a number or a duration's seconds as numeric, a boolean or a text with
 * its values listed as nominal.
 */
final class ExpressionColumn extends ColumnWriter {

  private final Expression expression;
  private final boolean isText;
  private final Map<String, Integer> index;
  private final Integer unknown;

  /**
   * @throws IllegalArgumentException if the expression gives no column
   */
  ExpressionColumn(FeatureSpec.Value feature, Expression expression) {
    super(List.of(new Column(feature.name(), values(feature, expression))));
    this.expression = expression;
    this.isText = expression.type() == Expression.Type.TEXT;
    this.index = Nominal.index(columns().get(0).values());
    this.unknown = feature.unknown() == null ? null : index.get(feature.unknown());
  }

  private static List<String> values(FeatureSpec.Value feature, Expression expression) {
    Expression.Type type = expression.type();
    if (type != Expression.Type.TEXT && !feature.values().isEmpty()) {
      throw new IllegalArgumentException(
          "the expression gives a " + type + ", and only a text has values: delete them");
    }
    return switch (type) {
      case NUMBER, DURATION -> List.of();
      case BOOLEAN -> List.of("false", "true");
      case TEXT -> {
        if (feature.values().isEmpty()) {
          throw new IllegalArgumentException(
              "the expression gives a text: list what it can be in values");
        }
        yield NominalColumn.withUnknown(feature.values(), feature.unknown());
      }
      case TIME ->
          throw new IllegalArgumentException(
              "the expression gives a time, which is no feature as it is: subtract another time,"
                  + " or take a part of it such as getHours()");
    };
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException {
    if (!isText) {
      vector[offset] = expression.number(event);
      return;
    }
    String text = expression.text(event);
    if (text == null) {
      vector[offset] = Double.NaN;
      return;
    }
    Integer i = index.getOrDefault(text, unknown);
    if (i == null) {
      List<String> values = columns().get(0).values();
      throw new UnfitEventException(
          "the expression gives '"
              + text
              + "', not one of "
              + values
              + NearestName.suggestion(text, values));
    }
    vector[offset] = i;
  }
}
