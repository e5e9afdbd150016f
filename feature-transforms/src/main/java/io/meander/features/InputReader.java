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

  /** What a value becomes. */
  private enum As {
    NUMBER,
    HASH,
    PRESENCE,
    CLASS,
    ABOVE,
    NOT_ABOVE
  }

  private final FieldPath path;
  private final As as;
  private final FeatureSpec.Range range;

  /** Of a class label: the value that counts 1, all others 0. */
  private final String one;

  private final double above;

  private InputReader(
      FieldPath path, As as, FeatureSpec.Range range, String oneOrNull, double above) {
    this.path = path;
    this.as = as;
    this.range = range;
    this.one = oneOrNull;
    this.above = above;
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
    return new InputReader(path, As.valueOf(input.name()), feature.clip(), null, 0);
  }

  /**
   * The label itself: 1 for one class and 0 for the others, or its number.
   *
   * @param classOrNull the one class; null for the second of two
   */
  static InputReader label(LabelSource label, String classOrNull) {
    FieldPath path = FieldPath.of(label.field(), label.schema());
    List<String> classes = label.classes();
    if (classes.isEmpty()) {
      return new InputReader(path, As.NUMBER, FeatureSpec.Range.ALL, null, 0);
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
      return new InputReader(path, As.CLASS, FeatureSpec.Range.ALL, one, 0);
    }
    As as = classes.indexOf(one) == 1 ? As.ABOVE : As.NOT_ABOVE;
    return new InputReader(path, as, FeatureSpec.Range.ALL, null, label.aboveOrNull());
  }

  /** NaN if there is nothing. */
  double read(GenericRecord record) {
    Object value = path.read(record);
    if (value == null || (value instanceof Number n && !Double.isFinite(n.doubleValue()))) {
      return Double.NaN;
    }
    return switch (as) {
      case PRESENCE -> 1;
      case HASH -> Integer.toUnsignedLong(Murmur3.hash(value.toString()));
      case CLASS -> value.toString().equals(one) ? 1 : 0;
      case ABOVE -> number(value) > above ? 1 : 0;
      case NOT_ABOVE -> number(value) > above ? 0 : 1;
      case NUMBER -> range.clip(number(value));
    };
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
