/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.expression.Expression;
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
public sealed interface FeatureSpec extends Serializable
    permits FeatureSpec.OfField,
        FeatureSpec.Value,
        FeatureSpec.Crossed,
        FeatureSpec.GeoCell,
        FeatureSpec.Imputed,
        FeatureSpec.Remembered,
        Transformed {

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

  /**
   * What becomes of missing numbers in its columns, once they were written.
   *
   * @param ofPipeline where the feature does not say
   */
  default MissingPolicy missing(MissingPolicy ofPipeline) {
    return ofPipeline;
  }

  /** The declaration of what it remembers of a key; null if it is of the event alone. */
  default Remembered rememberedOrNull() {
    return null;
  }

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
    /** One nominal column, one 0/1 column per bucket, or one of -1, 0 or 1. */
    public enum Form {
      NOMINAL,
      COLUMNS,
      SIGNED
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
   * What an expression gives.
   *
   * @param values of a text, in order; empty for other types
   * @param unknown of a text, stands for values that are not listed; null: such an event is unfit
   */
  record Value(String name, String value, List<String> values, String unknown)
      implements FeatureSpec {
    public Value {
      values = List.copyOf(values);
    }

    @Override
    public List<String> fields() {
      return List.copyOf(Expression.fields(value));
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new ExpressionColumn(this, Expression.compile(value, event));
    }
  }

  /** The natural logarithm of a number plus a constant; missing where that is not above 0. */
  record Log(String name, String field, double plus) implements OfField {
    @Override
    public ColumnWriter writer(Schema event) {
      return new LogColumn(FieldPath.of(field, event), this);
    }
  }

  /** A number, with {@code min} for lesser ones and {@code max} for greater ones. */
  record Clipped(String name, String field, double min, double max) implements OfField {
    @Override
    public ColumnWriter writer(Schema event) {
      return new ClippedColumn(FieldPath.of(field, event), this);
    }
  }

  /**
   * A number as the nominal of its interval.
   *
   * @param boundaries ascending; each belongs to the interval above it
   */
  record Bucketized(String name, String field, List<Double> boundaries) implements OfField {
    public Bucketized {
      boundaries = List.copyOf(boundaries);
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new BucketizedColumn(FieldPath.of(field, event), this);
    }
  }

  /** The combination of several fields' values, hashed to one of {@code buckets} values. */
  record Crossed(String name, List<String> fields, int buckets) implements FeatureSpec {
    public Crossed {
      fields = List.copyOf(fields);
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new CrossedColumn(this, event);
    }
  }

  /**
   * The S2 cell that a place is in, hashed to one of {@code buckets} values.
   *
   * @param fields latitude and longitude, in degrees
   * @param level of the cell: 0 for the largest, a sixth of the Earth, to {@value #MAX_LEVEL}
   */
  record GeoCell(String name, List<String> fields, int level, int buckets) implements FeatureSpec {

    public static final int MAX_LEVEL = 30;

    /**
     * @throws IllegalArgumentException if there are no such cells
     */
    public GeoCell {
      fields = List.copyOf(fields);
      if (fields.size() != 2) {
        throw new IllegalArgumentException("a place is [latitude, longitude], not " + fields);
      }
      if (level < 0 || level > MAX_LEVEL) {
        throw new IllegalArgumentException(
            "a cell's level is from 0 to " + MAX_LEVEL + ", not " + level);
      }
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new GeoCellColumn(this, event);
    }
  }

  /** A part of a time in a zone, as a nominal. */
  record Calendar(String name, String field, Part part, ZoneId zone) implements OfField {
    /** 0 to 23; monday to sunday; january to december. */
    public enum Part {
      HOUR,
      WEEKDAY,
      MONTH
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new CalendarColumn(FieldPath.of(field, event), this);
    }
  }

  /** How often runs of {@code n} units of a text fall into each of {@code buckets} columns. */
  record Ngrams(String name, String field, Unit unit, int n, int buckets) implements OfField {
    /** What a run is of. */
    public enum Unit {
      CHARACTERS,
      WORDS
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new NgramColumns(FieldPath.of(field, event), this);
    }
  }

  /**
   * Another feature, with what becomes of its missing values.
   *
   * @param policyOrNull for them; null: the number, or else what the pipeline says
   * @param number in their place; NaN: none
   * @param flag whether a column {@code <name>_missing} says 1 where one was missing, else 0
   */
  record Imputed(FeatureSpec of, MissingPolicy policyOrNull, double number, boolean flag)
      implements FeatureSpec {
    public Imputed {
      if (policyOrNull != null && !Double.isNaN(number)) {
        throw new IllegalArgumentException("missing is a policy or a number");
      }
    }

    @Override
    public MissingPolicy missing(MissingPolicy ofPipeline) {
      return policyOrNull != null
          ? policyOrNull
          : Double.isNaN(number) ? ofPipeline : MissingPolicy.KEEP;
    }

    @Override
    public Remembered rememberedOrNull() {
      return of.rememberedOrNull();
    }

    @Override
    public String name() {
      return of.name();
    }

    @Override
    public List<String> fields() {
      return of.fields();
    }

    @Override
    public ColumnWriter writer(Schema event) {
      ColumnWriter writer = of.writer(event);
      if (writer instanceof OpenColumns open) {
        ImputedColumns.checkFill(open, this);
        return open.flagged(name(), flag);
      }
      return new ImputedColumns(writer, this);
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
    public Remembered rememberedOrNull() {
      return this;
    }

    @Override
    public List<String> fields() {
      return ofLabels && !isTarget() ? List.of() : List.of(field);
    }

    @Override
    public ColumnWriter writer(Schema event) {
      return new OpenColumns(name, false);
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
