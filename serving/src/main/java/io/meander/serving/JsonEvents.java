/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.NearestName;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads a JSON object as a record of an Avro schema. Fields by their names, absent ones null
 * whatever the schema says (so an event needs no label); names that the schema does not have are
 * errors. Timestamps and dates are the schema's numbers or ISO-8601 text; bytes are base64.
 * Immutable and thread-safe.
 */
final class JsonEvents {

  private final Schema schema;

  /**
   * @param schema of a record
   */
  JsonEvents(Schema schema) {
    this.schema = schema;
  }

  /**
   * @throws FeatureException naming the field, what was found and what is needed
   */
  GenericRecord read(JsonNode event) throws FeatureException {
    if (!event.isObject()) {
      throw new FeatureException("event: found " + kind(event) + ", a JSON object is needed");
    }
    return record(event, schema, "event");
  }

  private static GenericRecord record(JsonNode node, Schema type, String path)
      throws FeatureException {
    for (var names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (type.getField(name) == null) {
        List<String> known = type.getFields().stream().map(Schema.Field::name).toList();
        throw new FeatureException(
            "%s.%s: unknown field%s (%s has %s)"
                .formatted(
                    path,
                    name,
                    NearestName.suggestion(name, known),
                    type.getName(),
                    String.join(", ", known)));
      }
    }
    GenericData.Record record = new GenericData.Record(type);
    for (Schema.Field field : type.getFields()) {
      JsonNode value = node.get(field.name());
      if (value != null && !value.isNull()) {
        record.put(field.pos(), value(value, field.schema(), path + "." + field.name()));
      }
    }
    return record;
  }

  private static Object value(JsonNode node, Schema type, String path) throws FeatureException {
    if (node.isNull()) {
      return null;
    }
    return switch (type.getType()) {
      case RECORD -> {
        require(node.isObject(), node, "an object", path);
        yield record(node, type, path);
      }
      case UNION -> union(node, type, path);
      case MAP -> {
        require(node.isObject(), node, "an object", path);
        Map<String, Object> map = new HashMap<>();
        for (var entry : node.properties()) {
          map.put(
              entry.getKey(),
              value(entry.getValue(), type.getValueType(), path + "['" + entry.getKey() + "']"));
        }
        yield map;
      }
      case ARRAY -> {
        require(node.isArray(), node, "an array", path);
        List<Object> list = new ArrayList<>();
        for (JsonNode element : node) {
          list.add(value(element, type.getElementType(), path + "[" + list.size() + "]"));
        }
        yield list;
      }
      case ENUM -> {
        require(node.isTextual(), node, "text", path);
        if (!type.hasEnumSymbol(node.textValue())) {
          throw new FeatureException(
              "%s: found '%s', not one of %s%s"
                  .formatted(
                      path,
                      node.textValue(),
                      type.getEnumSymbols(),
                      NearestName.suggestion(node.textValue(), type.getEnumSymbols())));
        }
        yield new GenericData.EnumSymbol(type, node.textValue());
      }
      case STRING -> {
        require(node.isTextual(), node, "text", path);
        yield node.textValue();
      }
      case BOOLEAN -> {
        require(node.isBoolean(), node, "true or false", path);
        yield node.booleanValue();
      }
      case INT -> {
        long number = node.isTextual() ? time(node, type, path) : whole(node, path);
        require(number == (int) number, node, "a number of 32 bits", path);
        yield (int) number;
      }
      case LONG -> node.isTextual() ? time(node, type, path) : whole(node, path);
      case FLOAT -> {
        require(node.isNumber(), node, "a number", path);
        yield node.floatValue();
      }
      case DOUBLE -> {
        require(node.isNumber(), node, "a number", path);
        yield node.doubleValue();
      }
      case BYTES, FIXED -> bytes(node, type, path);
      case NULL -> throw new FeatureException(path + ": found " + kind(node) + ", null is needed");
    };
  }

  /** The first branch that takes the value. */
  private static Object union(JsonNode node, Schema type, String path) throws FeatureException {
    FeatureException first = null;
    for (Schema branch : type.getTypes()) {
      if (branch.getType() != Schema.Type.NULL) {
        try {
          return value(node, branch, path);
        } catch (FeatureException e) {
          first = first == null ? e : first;
        }
      }
    }
    throw first == null ? new FeatureException(path + " is always null in this schema") : first;
  }

  private static long whole(JsonNode node, String path) throws FeatureException {
    require(node.isNumber() && node.canConvertToExactIntegral(), node, "a whole number", path);
    require(node.canConvertToLong(), node, "a number of 64 bits", path);
    return node.longValue();
  }

  /** A time's text as the number that its schema means. */
  private static long time(JsonNode node, Schema type, String path) throws FeatureException {
    String logical = type.getLogicalType() == null ? "" : type.getLogicalType().getName();
    try {
      if (logical.equals("date")) {
        return LocalDate.parse(node.textValue()).toEpochDay();
      }
      if (logical.startsWith("timestamp-")) {
        return units(OffsetDateTime.parse(node.textValue()).toInstant(), logical);
      }
      if (logical.startsWith("local-timestamp-")) {
        return units(LocalDateTime.parse(node.textValue()).toInstant(ZoneOffset.UTC), logical);
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw new FeatureException(
          "%s: found '%s', a number or ISO-8601 text such as %s is needed"
              .formatted(
                  path,
                  node.textValue(),
                  logical.equals("date")
                      ? "2001-02-01"
                      : logical.startsWith("local")
                          ? "2001-02-01T06:30:00"
                          : "2001-02-01T06:30:00Z"),
          e);
    }
    throw new FeatureException(path + ": found text, a whole number is needed");
  }

  private static long units(Instant time, String logical) {
    if (logical.endsWith("-millis")) {
      return time.toEpochMilli();
    }
    long perSecond = logical.endsWith("-micros") ? 1_000_000L : 1_000_000_000L;
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), perSecond),
        time.getNano() / (1_000_000_000L / perSecond));
  }

  private static Object bytes(JsonNode node, Schema type, String path) throws FeatureException {
    require(node.isTextual(), node, "base64 text", path);
    byte[] bytes;
    try {
      bytes = node.binaryValue();
    } catch (java.io.IOException e) {
      throw new FeatureException(path + ": is not base64: " + e.getMessage(), e);
    }
    if (type.getType() == Schema.Type.FIXED) {
      require(bytes.length == type.getFixedSize(), node, type.getFixedSize() + " bytes", path);
      return new GenericData.Fixed(type, bytes);
    }
    return ByteBuffer.wrap(bytes);
  }

  private static void require(boolean fits, JsonNode node, String needed, String path)
      throws FeatureException {
    if (!fits) {
      throw new FeatureException(path + ": found " + kind(node) + ", " + needed + " is needed");
    }
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "'" + shortened(node.textValue()) + "'";
      case NUMBER, BOOLEAN -> node.asText();
      case NULL -> "null";
      default -> "nothing";
    };
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
