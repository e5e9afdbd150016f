/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import java.time.ZoneOffset;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** An event's fields in an expression, by their Avro types. */
final class Fields {

  private Fields() {}

  /**
   * @throws IllegalArgumentException if an expression cannot take a field of this type
   */
  static Node of(FieldPath path) {
    Schema type = path.type();
    boolean plain = type.getLogicalType() == null;
    return switch (type.getType()) {
      case INT, LONG, FLOAT, DOUBLE ->
          plain ? new NumberField(path) : new TimeField(path, time(path));
      case BOOLEAN -> new BooleanField(path);
      case STRING, ENUM -> new TextField(path);
      default ->
          throw new IllegalArgumentException(
              "'"
                  + path
                  + "' is neither a number, a boolean, a text, an enum nor a time, and an"
                  + " expression takes no other");
    };
  }

  private static EventTimeReader time(FieldPath path) {
    return new EventTimeReader(path, null, ZoneOffset.UTC);
  }

  private static UnfitEventException unfit(FieldPath path, Object value, String allowed) {
    return new UnfitEventException("field '" + path + "' is '" + value + "', not " + allowed);
  }

  private static final class NumberField extends Node {
    private final FieldPath path;

    NumberField(FieldPath path) {
      super(Expression.Type.NUMBER);
      this.path = path;
    }

    @Override
    double number(GenericRecord event) throws UnfitEventException {
      Object value = path.read(event);
      if (value == null) {
        return Double.NaN;
      }
      if (!(value instanceof Number number)) {
        throw unfit(path, value, "a number");
      }
      return Operators.finite(number.doubleValue());
    }
  }

  private static final class BooleanField extends Node {
    private final FieldPath path;

    BooleanField(FieldPath path) {
      super(Expression.Type.BOOLEAN);
      this.path = path;
    }

    @Override
    double number(GenericRecord event) throws UnfitEventException {
      Object value = path.read(event);
      if (value == null) {
        return Double.NaN;
      }
      if (!(value instanceof Boolean truth)) {
        throw unfit(path, value, "a boolean");
      }
      return truth ? 1 : 0;
    }
  }

  private static final class TextField extends Node {
    private final FieldPath path;

    TextField(FieldPath path) {
      super(Expression.Type.TEXT);
      this.path = path;
    }

    @Override
    String text(GenericRecord event) {
      Object value = path.read(event);
      return value == null ? null : value.toString();
    }
  }

  private static final class TimeField extends Node {
    private final FieldPath path;
    private final EventTimeReader reader;

    TimeField(FieldPath path, EventTimeReader reader) {
      super(Expression.Type.TIME);
      this.path = path;
      this.reader = reader;
    }

    @Override
    double number(GenericRecord event) throws UnfitEventException {
      Object value = path.read(event);
      return value == null ? Double.NaN : (double) reader.read(value);
    }
  }
}
