/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

import java.util.List;

/**
 * What may stand under {@code with} where a spec uses a transform.
 *
 * @param otherwise its value where the spec leaves it out; null if it must not be left out
 * @param min of a number
 * @param max of a number
 * @param allowed texts; empty for any
 */
public record TransformOption(
    String name, Kind kind, Object otherwise, double min, double max, List<String> allowed) {

  /** What its value is. */
  public enum Kind {
    NUMBER("a number"),
    WHOLE("a whole number"),
    TEXT("a text"),
    FLAG("true or false"),
    NUMBERS("a list of numbers"),
    TEXTS("a list of texts");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** With its article. */
    public String words() {
      return words;
    }
  }

  public TransformOption {
    allowed = List.copyOf(allowed);
    if (otherwise != null) {
      otherwise = checked(name, kind, otherwise, min, max, allowed);
    }
  }

  /**
   * A double from {@code min} to {@code max}.
   *
   * @param otherwise null if it must not be left out
   */
  public static TransformOption number(String name, Double otherwise, double min, double max) {
    return new TransformOption(name, Kind.NUMBER, otherwise, min, max, List.of());
  }

  /** As {@link #number}, without a fraction, and exact: within ±2^53. */
  public static TransformOption whole(String name, Long otherwise, long min, long max) {
    Double value = otherwise == null ? null : (double) otherwise;
    return new TransformOption(name, Kind.WHOLE, value, min, max, List.of());
  }

  /**
   * Any text.
   *
   * @param otherwise null if it must not be left out
   */
  public static TransformOption text(String name, String otherwise) {
    return oneOf(name, otherwise, List.of());
  }

  /** One of several texts. */
  public static TransformOption oneOf(String name, String otherwise, List<String> allowed) {
    return new TransformOption(name, Kind.TEXT, otherwise, 0, 0, allowed);
  }

  public static TransformOption flag(String name, boolean otherwise) {
    return new TransformOption(name, Kind.FLAG, otherwise, 0, 0, List.of());
  }

  /** Doubles, each from {@code min} to {@code max}. */
  public static TransformOption numbers(
      String name, List<Double> otherwise, double min, double max) {
    return new TransformOption(name, Kind.NUMBERS, otherwise, min, max, List.of());
  }

  public static TransformOption texts(String name, List<String> otherwise) {
    return new TransformOption(name, Kind.TEXTS, otherwise, 0, 0, List.of());
  }

  /** What may stand there. */
  String words() {
    if (!allowed.isEmpty()) {
      return "one of " + String.join(", ", allowed);
    }
    boolean ranged = kind == Kind.NUMBER || kind == Kind.WHOLE || kind == Kind.NUMBERS;
    return ranged ? kind.words() + " from " + plain(min) + " to " + plain(max) : kind.words();
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /**
   * The value in its own type.
   *
   * @throws IllegalArgumentException if it is none of this option's
   */
  Object checked(Object value) {
    return checked(name, kind, value, min, max, allowed);
  }

  private static Object checked(
      String name, Kind kind, Object value, double min, double max, List<String> allowed) {
    boolean fits =
        switch (kind) {
          case NUMBER -> isNumber(value, min, max);
          case WHOLE -> isNumber(value, min, max) && isWhole((Number) value);
          case TEXT ->
              value instanceof String text && (allowed.isEmpty() || allowed.contains(text));
          case FLAG -> value instanceof Boolean;
          case NUMBERS ->
              value instanceof List<?> list && list.stream().allMatch(n -> isNumber(n, min, max));
          case TEXTS ->
              value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
        };
    if (!fits) {
      throw new IllegalArgumentException(name + " is " + value);
    }
    return switch (kind) {
      case NUMBER, WHOLE -> ((Number) value).doubleValue();
      case NUMBERS -> ((List<?>) value).stream().map(n -> ((Number) n).doubleValue()).toList();
      case TEXTS -> List.copyOf((List<?>) value);
      case TEXT, FLAG -> value;
    };
  }

  private static boolean isNumber(Object value, double min, double max) {
    return value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max
        && Double.isFinite(number.doubleValue());
  }

  private static boolean isWhole(Number number) {
    double value = number.doubleValue();
    return value == Math.rint(value) && Math.abs(value) <= 0x1p53;
  }
}
