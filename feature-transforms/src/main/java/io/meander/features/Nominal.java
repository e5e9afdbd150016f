/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/** The value lists of nominal fields. */
public final class Nominal {

  /**
   * Custom property of a string field (or its type) that lists the field's values, in order: how a
   * data file's nominal attributes travel in an Avro schema.
   */
  public static final String PROPERTY = "meander.nominal";

  /**
   * Custom property beside {@link #PROPERTY}: the value that stands for all that are not listed,
   * where the list is only of those seen so far.
   */
  public static final String UNKNOWN = "meander.unknown";

  private static final List<String> BOOLEAN = List.of("false", "true");

  private Nominal() {}

  /** The values of an enum, a boolean, or a string with a list; empty for any other type. */
  public static Optional<List<String>> values(Schema type) {
    return switch (type.getType()) {
      case ENUM -> Optional.of(type.getEnumSymbols());
      case BOOLEAN -> Optional.of(BOOLEAN);
      case STRING ->
          type.getObjectProp(PROPERTY) instanceof List<?> list
              ? Optional.of(list.stream().map(String::valueOf).toList())
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** The value that stands for all that a string's list lacks; null if such a value is unfit. */
  static String unknownOrNull(Schema type) {
    return type.getType() == Schema.Type.STRING ? type.getProp(UNKNOWN) : null;
  }

  /** From each value to its index. */
  public static Map<String, Integer> index(List<String> values) {
    Map<String, Integer> index = new HashMap<>();
    for (String value : values) {
      index.put(value, index.size());
    }
    return index;
  }
}
