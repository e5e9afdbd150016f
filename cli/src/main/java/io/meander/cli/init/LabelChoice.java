/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The label: its field, its classes, and each sampled row's class. Of a label that is to be
 * predicted as the number it is, the two classes are what else could be made of it.
 *
 * @param isNumber whether the number itself is the label
 * @param aboveOrNull if present, the field is a number and those above this are of the second class
 * @param classOf for each row the index in {@code classes}, -1 without a label
 * @param reason why this field
 * @param classesReason where the classes come from
 */
record LabelChoice(
    FieldSample field,
    boolean isNumber,
    Double aboveOrNull,
    List<String> classes,
    int[] classOf,
    String reason,
    String classesReason) {

  /** More different texts than that name things, not classes. */
  private static final int MOST_CLASSES = 100;

  /** More different whole numbers than that are amounts. */
  static final int MOST_WHOLE_CLASSES = 20;

  private static final double SHARE_ABOVE = 0.25;

  /**
   * Makes a label of a field.
   *
   * @param wishedOrNull what a number has to exceed for the second class; null if nobody asked for
   *     classes, and a number of many values is then the label as it is
   * @throws InitException if it cannot be a label
   */
  static LabelChoice of(FieldSample field, Double wishedOrNull, String reason)
      throws InitException {
    if (field.kind() == FieldSample.Kind.TIME) {
      throw new InitException(
          "'" + field.name() + "' is a time, which is no label; name another field with --label");
    }
    if (wishedOrNull != null && field.kind() != FieldSample.Kind.NUMBER) {
      throw new InitException("--above needs a number, and '" + field.name() + "' is none");
    }
    boolean numbersAsClasses = field.isWhole() && field.distinct() <= MOST_WHOLE_CLASSES;
    LabelChoice label;
    if (field.kind() == FieldSample.Kind.WORD) {
      label = words(field, reason);
    } else if (wishedOrNull == null && numbersAsClasses) {
      label = wholeNumbers(field, reason);
    } else {
      label = number(field, wishedOrNull, reason);
    }
    if (label.occurring() < 2) {
      throw new InitException(
          "'%s' is always '%s' in the first %s rows, so there is nothing to learn; read more with"
                  .formatted(
                      field.name(),
                      label.occurring() == 0 ? "missing" : label.onlyClass(),
                      Candidates.count(field.rows()))
              + " --rows, or name another field with --label");
    }
    return label;
  }

  private static LabelChoice words(FieldSample field, String reason) throws InitException {
    List<String> classes = FieldWords.of(field).stream().filter(word -> !word.isBlank()).toList();
    if (classes.size() > MOST_CLASSES) {
      throw new InitException(
          "'%s' has %s different texts in the sample, too many to be classes; name another field"
                  .formatted(field.name(), Candidates.count(classes.size()))
              + " with --label");
    }
    int[] classOf = new int[field.rows()];
    for (int row = 0; row < classOf.length; row++) {
      double value = field.value(row);
      classOf[row] = Double.isNaN(value) ? -1 : classes.indexOf(field.words().get((int) value));
    }
    return new LabelChoice(
        field,
        false,
        null,
        classes,
        classOf,
        reason,
        field.isListed() ? "as the file lists them" : "those of the sample; others are rejected");
  }

  private static LabelChoice wholeNumbers(FieldSample field, String reason) {
    double[] numbers = Arrays.stream(field.sorted()).distinct().toArray();
    return new LabelChoice(
        field,
        false,
        null,
        Arrays.stream(numbers).mapToObj(number -> Long.toString((long) number)).toList(),
        classOf(field, value -> Arrays.binarySearch(numbers, value)),
        reason,
        "the whole numbers of the sample; others are rejected");
  }

  private static LabelChoice number(FieldSample field, Double wishedOrNull, String reason) {
    double[] sorted = field.sorted();
    boolean two = wishedOrNull == null && field.distinct() == 2;
    double above;
    if (wishedOrNull != null || sorted.length == 0) {
      above = wishedOrNull == null ? 0 : wishedOrNull;
    } else if (two) {
      above = (sorted[0] + sorted[sorted.length - 1]) / 2;
    } else {
      above = exceededByAQuarter(sorted);
    }
    int[] classOf = classOf(field, value -> value > above ? 1 : 0);
    double share = 100.0 * Arrays.stream(classOf).filter(c -> c == 1).count() / sorted.length;
    return new LabelChoice(
        field,
        wishedOrNull == null && field.distinct() > MOST_WHOLE_CLASSES,
        above,
        two
            ? List.of(Numbers.text(sorted[0]), Numbers.text(sorted[sorted.length - 1]))
            : List.of("no", "yes"),
        classOf,
        reason,
        String.format(
            Locale.ROOT,
            "%.1f%% of the sample are above%s",
            share,
            two || wishedOrNull != null ? "" : "; set the number that matters to you"));
  }

  /**
   * @param sorted at least one
   * @return about what a quarter of the numbers exceed, and never the greatest unless all are equal
   */
  static double exceededByAQuarter(double[] sorted) {
    double greatest = sorted[sorted.length - 1];
    int at = (int) ((1 - SHARE_ABOVE) * (sorted.length - 1));
    while (at > 0 && sorted[at] == greatest) {
      at--;
    }
    double rounded = Numbers.rounded(sorted[at]);
    return rounded < greatest && rounded >= sorted[0] ? rounded : sorted[at];
  }

  /** Finds a number's class. */
  private interface ToClass {
    int of(double value);
  }

  private static int[] classOf(FieldSample field, ToClass toClass) {
    return IntStream.range(0, field.rows())
        .map(row -> Double.isNaN(field.value(row)) ? -1 : toClass.of(field.value(row)))
        .toArray();
  }

  private long occurring() {
    return Arrays.stream(classOf).filter(c -> c >= 0).distinct().count();
  }

  private String onlyClass() {
    return classes.get(Arrays.stream(classOf).filter(c -> c >= 0).findFirst().orElse(0));
  }
}
