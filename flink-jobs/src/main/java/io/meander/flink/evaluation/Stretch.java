/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.EvaluationScope;
import io.meander.models.Figures;
import java.util.List;

/**
 * What figures are over, all of the time: everything, a model key or a slice.
 *
 * @param keyOrNull a model key
 * @param sliceOrNull fields of a slice, joined by {@code |}
 * @param valueOrNull their values
 */
record Stretch(EvaluationScope scope, String keyOrNull, String sliceOrNull, String valueOrNull) {

  static final Stretch ALL = new Stretch(EvaluationScope.OVERALL_TOTAL, null, null, null);

  private static final char KEY = 'k';
  private static final char SLICE = 's';
  private static final char NOTHING = 'a';

  /** Between fields and values: in no field's name. */
  private static final char BETWEEN = 0;

  static Stretch ofKey(String key) {
    return new Stretch(EvaluationScope.KEY_TOTAL, key, null, null);
  }

  static Stretch ofSlice(List<String> fields, String value) {
    return new Stretch(EvaluationScope.SLICE_TOTAL, null, String.join("|", fields), value);
  }

  /** As it is shuffled by, and keyed by in state: a letter for what it is, then its names. */
  String text() {
    return switch (scope) {
      case KEY_TOTAL -> KEY + keyOrNull;
      case SLICE_TOTAL -> SLICE + sliceOrNull + BETWEEN + valueOrNull;
      default -> String.valueOf(NOTHING);
    };
  }

  /** What {@link #text} is of. */
  static Stretch parse(String text) {
    String names = text.substring(1);
    return switch (text.charAt(0)) {
      case KEY -> ofKey(names);
      case SLICE -> {
        int between = names.indexOf(BETWEEN);
        yield ofSlice(List.of(names.substring(0, between)), names.substring(between + 1));
      }
      default -> ALL;
    };
  }

  /** Whether it is a value of a slice. */
  boolean isSlice() {
    return scope == EvaluationScope.SLICE_TOTAL;
  }

  /** How exact its ROC's area is. */
  Figures.Precision precision() {
    return equals(ALL) ? Figures.Precision.OVERALL : Figures.Precision.PART;
  }
}
