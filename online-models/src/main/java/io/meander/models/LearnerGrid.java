/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.javacliparser.FlagOption;
import com.github.javacliparser.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import moa.classifiers.Classifier;
import moa.options.OptionHandler;

/** One learner with some of its options varied: every combination of the values. */
public final class LearnerGrid {

  private LearnerGrid() {}

  /**
   * The option strings of a grid, the last option varying fastest. Options that the grid does not
   * name stay as they are in {@code learner}.
   *
   * @param learner a MOA option string
   * @param grid options with values between commas, such as {@code -g 50,200 -l (NB),(MC)}; commas
   *     and blanks in parentheses belong to a value; a flag takes {@code true} and {@code false}
   * @param most combinations that are allowed
   * @param task that the learners must be for
   * @throws OptionStringException if the grid cannot be read, or MOA or the contract refuses one of
   *     its learners
   */
  public static List<String> expand(String learner, String grid, int most, Task task) {
    Map<Character, List<String>> axes = axes(grid);
    long combinations = 1;
    for (List<String> values : axes.values()) {
      combinations = Math.min(Integer.MAX_VALUE, combinations * values.size());
    }
    if (combinations > most) {
      throw wrong(grid, "makes %,d learners, more than %,d".formatted(combinations, most));
    }
    List<Map<Character, String>> points = new ArrayList<>(List.of(Map.of()));
    for (Map.Entry<Character, List<String>> axis : axes.entrySet()) {
      List<Map<Character, String>> longer = new ArrayList<>();
      for (Map<Character, String> point : points) {
        for (String value : axis.getValue()) {
          Map<Character, String> next = new LinkedHashMap<>(point);
          next.put(axis.getKey(), value);
          longer.add(next);
        }
      }
      points = longer;
    }
    List<String> learners = new ArrayList<>();
    for (Map<Character, String> point : points) {
      String variant = with(learner, point);
      Learners.check(variant, task);
      if (learners.contains(variant)) {
        throw wrong(grid, "makes '" + variant + "' twice");
      }
      learners.add(variant);
    }
    return learners;
  }

  private static String with(String learner, Map<Character, String> values) {
    Classifier classifier = MoaOptions.create(learner, Classifier.class, "classifier");
    OptionHandler handler = (OptionHandler) classifier;
    values.forEach((letter, value) -> set(learner, handler, letter, value));
    return handler.getCLICreationString(Classifier.class).trim();
  }

  private static void set(String learner, OptionHandler handler, char letter, String value) {
    Option option = handler.getOptions().getOption(letter);
    if (option == null) {
      String allowed =
          Arrays.stream(handler.getOptions().getOptionArray())
              .map(o -> "-" + o.getCLIChar() + " " + o.getName())
              .collect(Collectors.joining(", "));
      throw wrong(
          "-" + letter,
          "is no option of '" + learner + "'" + (allowed.isEmpty() ? "" : "; it has " + allowed));
    }
    if (option instanceof FlagOption flag) {
      if (!value.equals("true") && !value.equals("false")) {
        throw wrong("-" + letter + " " + value, "is a flag: give true, false or both");
      }
      flag.setValue(value.equals("true"));
      return;
    }
    try {
      option.setValueViaCLIString(value);
    } catch (RuntimeException e) {
      throw wrong(
          "-" + letter + " " + value,
          "is refused by MOA for '" + learner + "': " + MoaOptions.reason(e));
    }
  }

  private static Map<Character, List<String>> axes(String grid) {
    Map<Character, List<String>> axes = new LinkedHashMap<>();
    List<String> words = split(grid, ' ');
    for (int i = 0; i < words.size(); i += 2) {
      String option = words.get(i);
      if (option.length() != 2
          || option.charAt(0) != '-'
          || !Character.isLetter(option.charAt(1))) {
        throw wrong(option, "is no option; a grid is written like -g 50,200 -c 0.001,0.01");
      }
      if (i + 1 == words.size()) {
        throw wrong(option, "has no values; a grid is written like -g 50,200");
      }
      List<String> values = split(words.get(i + 1), ',').stream().map(LearnerGrid::bare).toList();
      if (values.isEmpty()) {
        throw wrong(option, "has no values; a grid is written like -g 50,200");
      }
      if (axes.put(option.charAt(1), values) != null) {
        throw wrong(option, "is there twice");
      }
    }
    if (axes.isEmpty()) {
      throw wrong(grid, "has no option; a grid is written like -g 50,200");
    }
    return axes;
  }

  /** Without the parentheses around a nested learner. */
  private static String bare(String value) {
    return value.startsWith("(") && value.endsWith(")")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** Parts between separators outside parentheses, without empty ones. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth < 0) {
        break;
      }
      if (c == separator && depth == 0) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    if (depth != 0) {
      throw wrong(text, "has a parenthesis too many");
    }
    parts.add(part.toString());
    return parts.stream().map(String::trim).filter(p -> !p.isEmpty()).toList();
  }

  private static OptionStringException wrong(String what, String why) {
    return new OptionStringException("'" + what + "' " + why, what, List.of(), null);
  }
}
