/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.history.HistoryForm;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Reads what a feature remembers of a record, as a number. Immutable and thread-safe. */
final class InputReader {

  private static final Set<Schema.Type> NUMBERS =
      Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);

  /** Reads a number of a record, NaN if there is none. */
  private interface Source {
    double read(GenericRecord record) throws UnfitEventException;
  }

  private final Source source;
  private final FeatureSpec.Range range;

  private InputReader(Source source, FeatureSpec.Range range) {
    this.source = source;
    this.range = range;
  }

  /**
   * @throws FieldPathException if the schema has no such field
   * @throws IllegalArgumentException if its type does not do
   */
  static InputReader of(FeatureSpec.Remembered feature, HistoryForm.Input input, Schema schema) {
    FieldPath path = FieldPath.of(feature.field(), schema);
    Schema.Type type = path.type().getType();
    boolean single = NUMBERS.contains(type) || isText(type);
    if (!single || (input == HistoryForm.Input.NUMBER && isTextOnly(type))) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is "
              + FieldPath.name(path.type())
              + ", and this takes "
              + (input == HistoryForm.Input.NUMBER
                  ? "a number or a boolean"
                  : "a number, a text, an enum or a boolean"));
    }
    return new InputReader(
        ofField(path, input),
        input == HistoryForm.Input.NUMBER ? feature.clip() : FeatureSpec.Range.ALL);
  }

  private static Source ofField(FieldPath path, HistoryForm.Input input) {
    return record -> {
      Object value = path.read(record);
      if (value == null || (value instanceof Number n && !Double.isFinite(n.doubleValue()))) {
        return Double.NaN;
      }
      return switch (input) {
        case PRESENCE -> 1;
        case HASH -> Integer.toUnsignedLong(Murmur3.hash(value));
        case NUMBER -> number(value);
      };
    };
  }

  /**
   * The label itself: 1 for one class and 0 for the others, or its number.
   *
   * @param classOrNull the one class; null for the second of two
   */
  static InputReader label(LabelSource label, String classOrNull, FeatureSpec.Range range) {
    LabelValue value = LabelValue.of(label.fieldOrNull(), label.valueOrNull(), label.schema());
    List<String> classes = label.classes();
    if (classes.isEmpty()) {
      return new InputReader(value::number, range);
    }
    if (classOrNull == null && classes.size() > 2) {
      throw new IllegalArgumentException(
          "the label has " + classes.size() + " classes: set class to one of " + classes);
    }
    String one = classOrNull == null ? classes.get(1) : classOrNull;
    if (!classes.contains(one)) {
      throw new IllegalArgumentException(
          "class is '" + one + "', not one of " + classes + NearestName.suggestion(one, classes));
    }
    if (label.aboveOrNull() == null) {
      return new InputReader(
          record -> {
            String text = value.text(record);
            return text == null ? Double.NaN : text.equals(one) ? 1 : 0;
          },
          range);
    }
    boolean above = classes.indexOf(one) == 1;
    double limit = label.aboveOrNull();
    return new InputReader(
        record -> {
          double number = value.number(record);
          return Double.isNaN(number) ? number : number > limit == above ? 1 : 0;
        },
        range);
  }

  /**
   * NaN if there is nothing.
   *
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  double read(GenericRecord record) throws UnfitEventException {
    double value = source.read(record);
    return Double.isNaN(value) ? value : range.clip(value);
  }

  private static double number(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).doubleValue();
  }

  private static boolean isText(Schema.Type type) {
    return isTextOnly(type) || type == Schema.Type.BOOLEAN;
  }

  private static boolean isTextOnly(Schema.Type type) {
    return type == Schema.Type.STRING || type == Schema.Type.ENUM;
  }
}
