/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.expression.Expression;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The label's own value in a record that brings it: a field's, or what an expression makes of
 * several. Immutable and thread-safe.
 */
public final class LabelValue {

  private final FieldPath fieldOrNull;
  private final Expression expressionOrNull;

  private LabelValue(FieldPath fieldOrNull, Expression expressionOrNull) {
    this.fieldOrNull = fieldOrNull;
    this.expressionOrNull = expressionOrNull;
  }

  /**
   * @param fieldOrNull null if there is an expression
   * @throws IllegalArgumentException if the schema has no such field, or the expression cannot be
   *     compiled
   */
  public static LabelValue of(String fieldOrNull, String expressionOrNull, Schema schema) {
    return expressionOrNull == null
        ? new LabelValue(FieldPath.of(fieldOrNull, schema), null)
        : new LabelValue(null, Expression.compile(expressionOrNull, schema));
  }

  /**
   * As a number; a duration's seconds.
   *
   * @return NaN if missing, never infinite
   * @throws UnfitEventException if a field holds something else
   */
  public double number(GenericRecord record) throws UnfitEventException {
    if (expressionOrNull != null) {
      return expressionOrNull.number(record);
    }
    Object value = fieldOrNull.read(record);
    if (value == null) {
      return Double.NaN;
    }
    if (!(value instanceof Number number)) {
      throw new UnfitEventException("'" + this + "' holds '" + value + "', and a number is needed");
    }
    double x = number.doubleValue();
    return Double.isFinite(x) ? x : Double.NaN;
  }

  /**
   * As the text that names a class.
   *
   * @return null if missing
   * @throws UnfitEventException if a field holds what has no text
   */
  public String text(GenericRecord record) throws UnfitEventException {
    if (expressionOrNull != null) {
      if (expressionOrNull.type() == Expression.Type.TEXT) {
        return expressionOrNull.text(record);
      }
      double truth = expressionOrNull.number(record);
      return Double.isNaN(truth) ? null : Boolean.toString(truth == 1);
    }
    if (fieldOrNull.read(record) instanceof Number number && Double.isNaN(number.doubleValue())) {
      return null;
    }
    return fieldOrNull.text(record);
  }

  /** The field or the expression, as it was written. */
  @Override
  public String toString() {
    return expressionOrNull == null ? fieldOrNull.toString() : expressionOrNull.toString();
  }
}
