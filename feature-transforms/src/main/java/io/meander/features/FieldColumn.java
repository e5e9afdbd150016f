/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** A feature of one field: where the field is missing, all its columns are. */
abstract class FieldColumn extends ColumnWriter {

  private static final Set<Schema.Type> NUMBERS =
      Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);

  private final FieldPath path;

  FieldColumn(FieldPath path, List<Column> columns) {
    super(columns);
    this.path = path;
  }

  @Override
  final void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException {
    Object value = path.read(event);
    if (value == null) {
      Arrays.fill(vector, offset, offset + columns().size(), Double.NaN);
    } else {
      write(value, vector, offset);
    }
  }

  /**
   * @param value not null
   */
  abstract void write(Object value, double[] vector, int offset) throws UnfitEventException;

  /** A number as it is; NaN and the infinities are missing. */
  final double number(Object value) throws UnfitEventException {
    if (!(value instanceof Number number)) {
      throw unfit("is '" + value + "', not a number");
    }
    double x = number.doubleValue();
    return Double.isInfinite(x) ? Double.NaN : x;
  }

  final void checkNumber(String what) {
    if (!isNumber(path.type())) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is "
              + FieldPath.name(path.type())
              + ", and "
              + what
              + " is taken of a number");
    }
  }

  final UnfitEventException unfit(String found) {
    return new UnfitEventException("field '" + path + "' " + found);
  }

  /** Whether a type is a number as it is, not a time or the like in a number's clothes. */
  static boolean isNumber(Schema type) {
    return NUMBERS.contains(type.getType()) && type.getLogicalType() == null;
  }

  /** Whether a type is a number, a text, an enum or a boolean. */
  static boolean isSingle(Schema type) {
    return NUMBERS.contains(type.getType())
        || type.getType() == Schema.Type.STRING
        || type.getType() == Schema.Type.ENUM
        || type.getType() == Schema.Type.BOOLEAN;
  }
}
