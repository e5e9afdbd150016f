/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/**
 * The way to a field of an event: a name, names joined by dots for nested records ({@code
 * card.country}), map entries as {@code tags['x']}. Bound to one record schema; a null anywhere on
 * the way is a missing value. Immutable and thread-safe.
 */
public final class FieldPath {

  private final String text;
  private final int[] positions;
  private final Object[] mapKeys;
  private final Schema type;

  private FieldPath(String text, int[] positions, Object[] mapKeys, Schema type) {
    this.text = text;
    this.positions = positions;
    this.mapKeys = mapKeys;
    this.type = type;
  }

  /** One step: a record's field if {@code mapKey} is null, else a map's entry. */
  private record Part(String name, String mapKey) {}

  /**
   * @throws FieldPathException if the schema has no such field, with the names it has
   */
  public static FieldPath of(String text, Schema event) {
    List<Part> parts = parse(text);
    int[] positions = new int[parts.size()];
    Object[] mapKeys = new Object[parts.size()];
    Schema at = event;
    StringBuilder walked = new StringBuilder();
    for (int i = 0; i < positions.length; i++) {
      Part part = parts.get(i);
      if (part.mapKey() != null) {
        if (at.getType() != Schema.Type.MAP) {
          throw new FieldPathException(
              "'"
                  + walked
                  + "' is "
                  + name(at)
                  + ", not a map, so it has no entry '"
                  + part.mapKey()
                  + "'",
              List.of());
        }
        positions[i] = -1;
        mapKeys[i] = new Utf8(part.mapKey());
        at = withoutNull(at.getValueType());
        walked.append("['").append(part.mapKey()).append("']");
        continue;
      }
      if (at.getType() != Schema.Type.RECORD) {
        throw new FieldPathException(
            "'"
                + walked
                + "' is "
                + name(at)
                + ", not a record, so it has no field '"
                + part.name()
                + "'",
            List.of());
      }
      Schema.Field field = at.getField(part.name());
      if (field == null) {
        throw unknown(text, part.name(), at);
      }
      positions[i] = field.pos();
      at = withNominal(withoutNull(field.schema()), field);
      walked.append(i == 0 ? "" : ".").append(part.name());
    }
    return new FieldPath(text, positions, mapKeys, at);
  }

  /** The field's type, without null. */
  public Schema type() {
    return type;
  }

  /** The path as it was written. */
  @Override
  public String toString() {
    return text;
  }

  /** Name of the event's own field that the path begins with. */
  public static String topLevel(String text) {
    return parse(text).get(0).name();
  }

  /** The value in Avro's generic form, or null if it is missing. */
  public Object read(GenericRecord event) {
    Object value = event;
    for (int i = 0; i < positions.length; i++) {
      if (value == null) {
        return null;
      }
      value =
          positions[i] >= 0
              ? ((GenericRecord) value).get(positions[i])
              : entry((Map<?, ?>) value, mapKeys[i]);
    }
    return value;
  }

  /**
   * The value as text, of a key, an id or a class's name: text, an enum's symbol, a boolean or a
   * number as Java writes it; null if it is missing.
   *
   * @throws UnfitEventException if the value has no text of its own
   */
  public String text(GenericRecord event) throws UnfitEventException {
    Object value = read(event);
    if (value == null) {
      return null;
    }
    if (value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof GenericEnumSymbol<?>) {
      return value.toString();
    }
    throw new UnfitEventException(
        "'"
            + text
            + "' holds "
            + value.getClass().getSimpleName()
            + "; text, an enum, a boolean or a number can be used");
  }

  private static Object entry(Map<?, ?> map, Object key) {
    Object value = map.get(key);
    return value != null ? value : map.get(key.toString());
  }

  /** The schema, or the one branch of a union that is not null; other unions as they are. */
  static Schema withoutNull(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> branches =
        schema.getTypes().stream().filter(b -> b.getType() != Schema.Type.NULL).toList();
    return branches.size() == 1 ? branches.get(0) : schema;
  }

  /**
   * The value list of a field's custom property, put on its type where {@link Nominal} finds it.
   */
  private static Schema withNominal(Schema type, Schema.Field field) {
    Object values = field.getObjectProp(Nominal.PROPERTY);
    if (values == null
        || type.getType() != Schema.Type.STRING
        || type.getObjectProp(Nominal.PROPERTY) != null) {
      return type;
    }
    Schema copy = Schema.create(Schema.Type.STRING);
    copy.addProp(Nominal.PROPERTY, values);
    if (field.getProp(Nominal.UNKNOWN) != null) {
      copy.addProp(Nominal.UNKNOWN, field.getProp(Nominal.UNKNOWN));
    }
    return copy;
  }

  static String name(Schema type) {
    if (type.getLogicalType() != null) {
      return "a " + type.getLogicalType().getName();
    }
    String kind = type.getType().getName();
    return ("aeiou".indexOf(kind.charAt(0)) >= 0 ? "an " : "a ") + kind;
  }

  private static FieldPathException unknown(String path, String name, Schema record) {
    Collection<String> known = record.getFields().stream().map(Schema.Field::name).toList();
    return new FieldPathException(
        "unknown field '"
            + path
            + "'"
            + NearestName.suggestion(name, known)
            + " ("
            + record.getName()
            + " has "
            + String.join(", ", known)
            + ")",
        NearestName.of(name, known));
  }

  private static FieldPathException noPath(String text) {
    return new FieldPathException(
        "'" + text + "' is not a field path, such as amount, card.country or tags['x']", List.of());
  }

  private static List<Part> parse(String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("['", at)) {
        int end = text.indexOf("']", at);
        if (end < 0) {
          throw new FieldPathException("'" + text + "' lacks a closing ']", List.of());
        }
        parts.add(new Part(null, text.substring(at + 2, end)));
        at = end + 2;
        continue;
      }
      boolean dot = text.charAt(at) == '.';
      if (dot == (at == 0)) {
        throw noPath(text);
      }
      int from = dot ? at + 1 : at;
      int end = from;
      while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
        end++;
      }
      if (end == from) {
        throw noPath(text);
      }
      parts.add(new Part(text.substring(from, end), null));
      at = end;
    }
    if (parts.isEmpty() || parts.get(0).name() == null) {
      throw noPath(text);
    }
    return parts;
  }
}
