/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.history.HistoryForm;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.apache.avro.Schema;

/**
 * One declared feature, as the {@code features} part of a pipeline spec says it. A declaration is
 * compiled against the event schema by {@link FeatureTransform#compile}.
 */
public sealed interface FeatureSpec extends Serializable {

  /** The feature's name: that of its column, or the stem of its columns' names. */
  String name();

  /** The event fields that the feature reads, in the notation of {@link FieldPath}. */
  List<String> fields();

  /**
   * The feature compiled.
   *
   * @throws FieldPathException if the schema has no such field
   * @throws IllegalArgumentException if a field's type does not fit the feature
   */
  ColumnWriter writer(Schema event);

  /** A feature that reads one field. */
  sealed interface OfField extends FeatureSpec {

    /** The event field that the feature reads, in the notation of {@link FieldPath}. */
    String field();

    @Override
    default List<String> fields() {
      return List.of(field());
    }
  }

  /** A field as it is: numeric, boolean (nominal {@code false, true}) or nominal. */
  record Plain(String name, String field) implements OfField {
    @Override
    public ColumnWriter writer(Schema event) {
      return PlainColumn.of(name, FieldPath.of(field, event));
    }
  }

  /**
   * A text field as a nominal with the given values; a value outside the list becomes {@code
   * unknown}, which is the last of the column's values.
   */
  record Nominal(String name, String field, List<String> values, String unknown)
      implements OfField {
    public Nominal {
      values = List.copyOf(values);
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new NominalColumn(FieldPath.of(field, event), name, values, unknown);
    }
  }

  /** A field's text hashed to one of {@code buckets} values. */
  record Hashed(String name, String field, int buckets, Form form) implements OfField {
    /** One nominal column, or one 0/1 column per bucket. */
    public enum Form {
      NOMINAL,
      COLUMNS
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new HashedColumn(FieldPath.of(field, event), this);
    }
  }

  /**
   * A time on a circle: columns {@code <name>_sin} and {@code <name>_cos} of the time's position
   * within {@code period}, counted in {@code zone} from the Monday 1970-01-05 (so that a period of
   * seven days starts on Mondays, one of a day at midnight).
   */
  record Cyclic(String name, String field, Duration period, ZoneId zone) implements OfField {
    @Override
    public ColumnWriter writer(Schema event) {
      return new CyclicColumns(FieldPath.of(field, event), this);
    }
  }

  /**
   * What a key's past says, its earlier events or the labels that came for them: one numeric
   * column, which is open until {@link KeyFeatures#complete} fills it in.
   *
   * @param field that is remembered, of the event or, with {@code ofLabels}, of the record that
   *     brings the label; of a mean target the event's field by whose values labels are kept apart
   * @param clip into which remembered numbers are drawn
   * @param classOrNull of a label that is a class, the one that counts 1; null for the second of
   *     two
   */
  record Remembered(
      String name, String field, boolean ofLabels, Range clip, String classOrNull, HistoryForm form)
      implements FeatureSpec {

    /** Whether labels are kept apart by a field of the event. */
    public boolean isTarget() {
      return form instanceof HistoryForm.Target;
    }

    @Override
    public List<String> fields() {
      return ofLabels && !isTarget() ? List.of() : List.of(field);
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new OpenColumn(name);
    }
  }

  /** From the least to the greatest number, both included. */
  record Range(double low, double high) implements Serializable {

    public static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Range {
      if (!(low < high)) {
        throw new IllegalArgumentException("a range goes up, not from " + low + " to " + high);
      }
    }

    double clip(double value) {
      return value < low ? low : value > high ? high : value;
    }
  }
}
