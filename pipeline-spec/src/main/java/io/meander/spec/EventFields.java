/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import io.meander.features.NearestName;
import io.meander.features.expression.Expression;
import io.meander.features.expression.ExpressionException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/** Finds the fields that a spec names in the event schema, and says what is wrong with them. */
record EventFields(Schema schema) {

  private static final Set<Schema.Type> NUMBERS =
      Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);
  private static final Set<Schema.Type> SINGLE =
      Set.of(
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.FLOAT,
          Schema.Type.DOUBLE,
          Schema.Type.STRING,
          Schema.Type.ENUM,
          Schema.Type.BOOLEAN);

  /** The field that a value names; an error there if there is no such field. */
  Optional<FieldPath> find(SpecNode node) {
    return node.text().flatMap(name -> find(node, name));
  }

  /** The field of that name; an error at the node if there is no such field. */
  Optional<FieldPath> find(SpecNode node, String name) {
    try {
      return Optional.of(FieldPath.of(name, schema));
    } catch (FieldPathException e) {
      node.error(e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Looks whether the field that a value names can be read as a time; an error there, or at the
   * format, if not.
   */
  void checkTime(SpecNode node, SpecNode format, ZoneId zone) {
    find(node).ifPresent(path -> checkTime(path, node, format, zone));
  }

  private static void checkTime(FieldPath path, SpecNode node, SpecNode format, ZoneId zone) {
    try {
      new EventTimeReader(path, null, zone);
    } catch (IllegalArgumentException e) {
      node.error(e.getMessage());
      return;
    }
    try {
      new EventTimeReader(path, format.text().orElse(null), zone);
    } catch (IllegalArgumentException e) {
      format.error(e.getMessage());
    }
  }

  /** The expression that a value is; an error there if it cannot be compiled. */
  Optional<Expression> expression(SpecNode node) {
    try {
      return node.text().map(text -> Expression.compile(text, schema));
    } catch (ExpressionException e) {
      node.error(e.getMessage());
      return Optional.empty();
    }
  }

  /** The fields that a list names, each a single value; errors at those that are not. */
  List<String> singles(SpecNode list) {
    list.items().forEach(this::single);
    return list.texts();
  }

  /** The field that a value names, which must hold a number, a text, an enum or a boolean. */
  Optional<String> single(SpecNode node) {
    Optional<FieldPath> path = find(node);
    path.filter(field -> !SINGLE.contains(field.type().getType()))
        .ifPresent(
            field ->
                node.error(
                    "'"
                        + field
                        + "' is "
                        + name(field.type())
                        + "; allowed: a field that holds a number, a text, an enum or a boolean"));
    return node.text();
  }

  /** The event's own fields that a list names. */
  List<String> own(SpecNode list) {
    List<String> names = schema.getFields().stream().map(Schema.Field::name).toList();
    for (SpecNode node : list.items()) {
      node.text()
          .filter(name -> !names.contains(name))
          .ifPresent(
              name ->
                  node.error(
                      "unknown field '"
                          + name
                          + "'"
                          + NearestName.suggestion(name, names)
                          + " ("
                          + schema.getName()
                          + " has "
                          + String.join(", ", names)
                          + ")"));
    }
    return list.texts();
  }

  /** Whether a type is a number as it is, not a time or the like in a number's clothes. */
  static boolean isNumber(Schema type) {
    return NUMBERS.contains(type.getType()) && type.getLogicalType() == null;
  }

  static String name(Schema type) {
    if (type.getLogicalType() != null) {
      return "a " + type.getLogicalType().getName();
    }
    String kind = type.getType().getName();
    return ("aeiou".indexOf(kind.charAt(0)) >= 0 ? "an " : "a ") + kind;
  }
}
