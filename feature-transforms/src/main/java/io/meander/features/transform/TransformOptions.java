/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

import io.meander.features.NearestName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A transform's options with their values, checked against what it declares, what was left out
 * filled in. Immutable.
 */
public final class TransformOptions {

  private final Map<String, Object> values;

  private TransformOptions(Map<String, Object> values) {
    this.values = values;
  }

  /** An option that does not fit, or is not there. */
  public static final class OptionException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String option;

    OptionException(String option, String message) {
      super(message);
      this.option = option;
    }

    /** Its name. */
    public String option() {
      return option;
    }
  }

  /**
   * @param given by name: a number, a text, a boolean or a list of numbers or texts
   * @throws OptionException saying what was found and what is allowed
   */
  public static TransformOptions of(List<TransformOption> declared, Map<String, ?> given) {
    List<String> names = declared.stream().map(TransformOption::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new OptionException(
            name,
            "unknown option"
                + NearestName.suggestion(name, names)
                + (names.isEmpty()
                    ? " (there are none)"
                    : " (there are " + String.join(", ", names) + ")"));
      }
    }
    Map<String, Object> values = new TreeMap<>();
    for (TransformOption option : declared) {
      values.put(option.name(), value(option, given.get(option.name())));
    }
    return new TransformOptions(values);
  }

  private static Object value(TransformOption option, Object given) {
    if (given == null) {
      if (option.otherwise() == null) {
        throw new OptionException(option.name(), "is missing: " + option.words());
      }
      return option.otherwise();
    }
    try {
      return option.checked(given);
    } catch (IllegalArgumentException e) {
      throw new OptionException(
          option.name(),
          "found "
              + (given instanceof String ? "'" + given + "'" : given)
              + "; allowed: "
              + option.words()
              + (given instanceof String text
                  ? NearestName.suggestion(text, option.allowed())
                  : ""));
    }
  }

  /** All of them by name: doubles, texts, booleans, lists of doubles or texts. */
  public Map<String, Object> values() {
    return new TreeMap<>(values);
  }

  public double number(String option) {
    return (Double) value(option);
  }

  public long whole(String option) {
    return ((Double) value(option)).longValue();
  }

  public String text(String option) {
    return (String) value(option);
  }

  public boolean flag(String option) {
    return (Boolean) value(option);
  }

  public List<Double> numbers(String option) {
    return ((List<?>) value(option)).stream().map(Double.class::cast).toList();
  }

  public List<String> texts(String option) {
    return ((List<?>) value(option)).stream().map(String.class::cast).toList();
  }

  /**
   * @throws IllegalArgumentException if the transform does not declare it: a mistake of the
   *     transform's
   */
  private Object value(String option) {
    Object value = values.get(option);
    if (value == null) {
      throw new IllegalArgumentException("the transform declares no option '" + option + "'");
    }
    return value;
  }
}
