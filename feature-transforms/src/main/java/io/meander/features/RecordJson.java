/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records of declarations as JSON and back: components by their names, in their order; which record
 * of a sealed interface it is, by its simple name under {@code is}. Exact for every double.
 */
final class RecordJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String IS = "is";

  private RecordJson() {}

  static JsonNode write(Object value) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof Double number) {
      boolean finite = Double.isFinite(number);
      return finite ? NODES.numberNode(number) : NODES.textNode(number.toString());
    } else if (value instanceof Integer || value instanceof Long) {
      return NODES.numberNode(((Number) value).longValue());
    } else if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    } else if (value instanceof Enum<?> constant) {
      return NODES.textNode(constant.name());
    } else if (value instanceof String || value instanceof Duration || value instanceof ZoneId) {
      return NODES.textNode(value.toString());
    } else if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(item -> array.add(write(item)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, item) -> sorted.put((String) key, item));
      sorted.forEach((key, item) -> object.set(key, write(item)));
      return object;
    } else if (value instanceof Record) {
      return writeRecord(value);
    }
    throw new IllegalArgumentException("no text for a " + value.getClass().getName());
  }

  private static ObjectNode writeRecord(Object value) {
    ObjectNode object = NODES.objectNode();
    object.put(IS, value.getClass().getSimpleName());
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        object.set(component.getName(), write(component.getAccessor().invoke(value)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record's accessor is public: " + component, e);
      }
    }
    return object;
  }

  /**
   * @throws IllegalArgumentException if the JSON is none of the type
   */
  static Object read(JsonNode json, Type type) {
    if (type instanceof ParameterizedType generic) {
      return readGeneric(json, generic);
    }
    Class<?> raw = (Class<?>) type;
    if (json == null || json.isNull()) {
      return null;
    } else if (raw == Object.class) {
      return readValue(json);
    } else if (raw == double.class || raw == Double.class) {
      return json.isTextual() ? Double.valueOf(json.asText()) : (Double) json.asDouble();
    } else if (raw == int.class) {
      return json.asInt();
    } else if (raw == long.class) {
      return json.asLong();
    } else if (raw == boolean.class) {
      return json.asBoolean();
    } else if (raw == String.class) {
      return json.asText();
    } else if (raw == Duration.class) {
      return Duration.parse(json.asText());
    } else if (raw == ZoneId.class) {
      return ZoneId.of(json.asText());
    } else if (raw.isEnum()) {
      return constant(json.asText(), raw);
    } else if (raw.isRecord() || raw.isSealed()) {
      return readRecord(json, raw);
    }
    throw new IllegalArgumentException("no text for a " + raw.getName());
  }

  private static Object readGeneric(JsonNode json, ParameterizedType type) {
    Type[] parts = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      List<Object> list = new ArrayList<>();
      json.forEach(item -> list.add(read(item, parts[0])));
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    json.properties().forEach(item -> map.put(item.getKey(), read(item.getValue(), parts[1])));
    return map;
  }

  /** A double, a text, a boolean or a list of them. */
  private static Object readValue(JsonNode json) {
    if (json.isArray()) {
      List<Object> list = new ArrayList<>();
      json.forEach(item -> list.add(readValue(item)));
      return List.copyOf(list);
    }
    return json.isBoolean() ? json.asBoolean() : json.isNumber() ? json.asDouble() : json.asText();
  }

  private static Object constant(String name, Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(type.getSimpleName() + " has no '" + name + "'"));
  }

  private static Object readRecord(JsonNode json, Class<?> type) {
    String name = json.path(IS).asText();
    Class<?> found = find(name, type);
    if (found == null) {
      throw new IllegalArgumentException(
          "this release knows no " + type.getSimpleName() + " '" + name + "'");
    }
    RecordComponent[] components = found.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      if (!json.has(components[i].getName())) {
        throw new IllegalArgumentException(name + " lacks " + components[i].getName());
      }
      values[i] = read(json.get(components[i].getName()), components[i].getGenericType());
    }
    try {
      Constructor<?> constructor = found.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(name + ": " + e.getCause().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's constructor is public: " + found, e);
    }
  }

  /** The record of that name that the type is or permits. */
  private static Class<?> find(String name, Class<?> type) {
    if (type.isRecord()) {
      return type.getSimpleName().equals(name) ? type : null;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      Class<?> found = permitted.isRecord() || permitted.isSealed() ? find(name, permitted) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
