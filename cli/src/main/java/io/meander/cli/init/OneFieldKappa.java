/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.Arrays;

/**
 * How well one field alone predicts the label. The labelled rows are cut into ten blocks in the
 * file's order; from every other one it is learned which class each value mostly has, and the rest
 * are predicted: a value that was learned by its own class, another number by that of the nearest,
 * another word by the majority. Blocks keep a field that only grows, such as a row's number, from
 * knowing its neighbours' classes.
 */
final class OneFieldKappa {

  private static final int BLOCKS = 10;

  /** Rows of the second most frequent class that are needed to say anything. */
  private static final int LEAST = 5;

  private final int[] rows;
  private final int[] classOf;
  private final int classes;

  /**
   * @param classOf of each row the class, -1 without a label
   */
  OneFieldKappa(int[] classOf, int classes) {
    this.classOf = classOf;
    this.classes = classes;
    int[] labelled = new int[classOf.length];
    int count = 0;
    for (int row = 0; row < classOf.length; row++) {
      if (classOf[row] >= 0) {
        labelled[count++] = row;
      }
    }
    this.rows = Arrays.copyOf(labelled, count);
  }

  /** The values of a field by row; NaN is missing. */
  interface Field {
    double value(int row);

    /** Whether near values have nothing in common. */
    boolean isWord();
  }

  /**
   * @return percent, at most 100; NaN if there are too few rows of a second class
   */
  double of(Field field) {
    double[] values = learnedValues(field);
    long[] confusion = new long[classes * classes];
    int[] majorities = majorities(field, values);
    for (int i = 0; i < rows.length; i++) {
      if (!isLearned(i)) {
        int predicted = majorities[index(field, values, field.value(rows[i]))];
        confusion[predicted * classes + classOf[rows[i]]]++;
      }
    }
    return kappa(confusion);
  }

  private boolean isLearned(int i) {
    return (long) i * BLOCKS / rows.length % 2 == 0;
  }

  /** Different values of the learned rows, ascending. */
  private double[] learnedValues(Field field) {
    double[] values = new double[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (isLearned(i) && !Double.isNaN(field.value(rows[i]))) {
        values[count++] = field.value(rows[i]);
      }
    }
    Arrays.sort(values, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        values[distinct++] = values[i];
      }
    }
    return Arrays.copyOf(values, distinct);
  }

  /** Of each learned value, then of missing ones, then of all. */
  private int[] majorities(Field field, double[] values) {
    int all = values.length + 1;
    int[] counts = new int[(all + 1) * classes];
    for (int i = 0; i < rows.length; i++) {
      if (isLearned(i)) {
        counts[index(field, values, field.value(rows[i])) * classes + classOf[rows[i]]]++;
        counts[all * classes + classOf[rows[i]]]++;
      }
    }
    int[] majorities = new int[all + 1];
    for (int value = all; value >= 0; value--) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = counts[value * classes + c] > counts[value * classes + best] ? c : best;
      }
      majorities[value] = counts[value * classes + best] == 0 ? majorities[all] : best;
    }
    return majorities;
  }

  private static int index(Field field, double[] values, double value) {
    int missing = values.length;
    if (Double.isNaN(value) || values.length == 0) {
      return missing;
    }
    int found = Arrays.binarySearch(values, value);
    if (found >= 0) {
      return found;
    }
    if (field.isWord()) {
      return missing + 1;
    }
    int after = -found - 1;
    if (after == 0 || after == values.length) {
      return Math.min(after, values.length - 1);
    }
    return value - values[after - 1] <= values[after] - value ? after - 1 : after;
  }

  private double kappa(long[] confusion) {
    long total = Arrays.stream(confusion).sum();
    long agreed = 0;
    long most = 0;
    double chance = 0;
    for (int c = 0; c < classes; c++) {
      long predicted = 0;
      long labelled = 0;
      for (int other = 0; other < classes; other++) {
        predicted += confusion[c * classes + other];
        labelled += confusion[other * classes + c];
      }
      agreed += confusion[c * classes + c];
      most = Math.max(most, labelled);
      chance += (double) predicted / total * labelled / total;
    }
    if (total - most < LEAST) {
      return Double.NaN;
    }
    return 100 * ((double) agreed / total - chance) / (1 - chance);
  }
}
