/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.features.FieldPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * The values that one field has in the sampled rows. Numbers are as they are, times milliseconds
 * since the epoch, words indexes into {@link #words}; missing is NaN. Filled by {@link FileSample},
 * not changed after that.
 */
final class FieldSample implements OneFieldKappa.Field {

  /** What a field holds. */
  enum Kind {
    NUMBER,
    /** Text, an enum or a boolean. */
    WORD,
    TIME
  }

  private final FieldPath path;
  private final boolean listed;
  private final List<String> words = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private Kind kind;
  private String formatOrNull;
  private double[] values = new double[1024];
  private int rows;
  private int present;
  private int distinct;

  /**
   * @param listed whether the file itself lists all values, as ARFF does
   */
  FieldSample(FieldPath path, Kind kind, boolean listed) {
    this.path = path;
    this.kind = kind;
    this.listed = listed;
  }

  void add(double value) {
    if (rows == values.length) {
      values = Arrays.copyOf(values, rows * 2);
    }
    values[rows++] = Double.isInfinite(value) ? Double.NaN : value;
  }

  void addWord(String word) {
    Integer index = indexes.get(word);
    if (index == null) {
      index = words.size();
      words.add(word);
      indexes.put(word, index);
    }
    add(index);
  }

  /** No more values come: words or whole numbers that are times become times. */
  void seal() {
    if (kind == Kind.WORD && !listed && path.type().getType() == Schema.Type.STRING) {
      TimeText.of(path, words).ifPresent(this::becomeTime);
    } else if (kind == Kind.NUMBER && EpochMillis.are(this)) {
      kind = Kind.TIME;
    }
    double[] sorted = sorted();
    present = sorted.length;
    for (int i = 0; i < present; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        distinct++;
      }
    }
  }

  private void becomeTime(TimeText times) {
    for (int i = 0; i < rows; i++) {
      if (!Double.isNaN(values[i])) {
        values[i] = times.millis()[(int) values[i]];
      }
    }
    kind = Kind.TIME;
    formatOrNull = times.formatOrNull();
  }

  String name() {
    return path.toString();
  }

  NameParts nameParts() {
    return NameParts.of(name());
  }

  Schema type() {
    return path.type();
  }

  Kind kind() {
    return kind;
  }

  /** Whether the file itself lists all values. */
  boolean isListed() {
    return listed;
  }

  /** Whether its type holds whole numbers only. */
  boolean isWhole() {
    return type().getType() == Schema.Type.INT || type().getType() == Schema.Type.LONG;
  }

  /** Pattern of a time's text that is not ISO-8601; null for all other times. */
  String formatOrNull() {
    return formatOrNull;
  }

  int rows() {
    return rows;
  }

  /** The row's value, see the class; NaN if missing. */
  @Override
  public double value(int row) {
    return values[row];
  }

  @Override
  public boolean isWord() {
    return kind == Kind.WORD;
  }

  /** The words that were seen, in order of first sight. */
  List<String> words() {
    return Collections.unmodifiableList(words);
  }

  int present() {
    return present;
  }

  /** Different values, missing not counted. */
  int distinct() {
    return distinct;
  }

  boolean isMostlyPresent() {
    return present >= 0.99 * rows;
  }

  /** All values in ascending order, without missing ones. */
  double[] sorted() {
    double[] sorted = Arrays.stream(values, 0, rows).filter(v -> !Double.isNaN(v)).toArray();
    Arrays.sort(sorted);
    return sorted;
  }
}
