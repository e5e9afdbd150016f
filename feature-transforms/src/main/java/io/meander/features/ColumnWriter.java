/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** One feature compiled: writes its columns of the vector. Immutable and thread-safe. */
abstract class ColumnWriter {

  private static final Set<Schema.Type> NUMBERS =
      Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);

  private final FieldPath path;
  private final List<Column> columns;

  private ColumnWriter(FieldPath path, List<Column> columns) {
    this.path = path;
    this.columns = columns;
  }

  /**
   * @throws FieldPathException if the schema has no such field
   * @throws IllegalArgumentException if the field's type does not fit the feature
   */
  static ColumnWriter of(FeatureSpec feature, Schema event) {
    FieldPath path = FieldPath.of(feature.field(), event);
    if (feature instanceof FeatureSpec.Plain plain) {
      return plain(plain, path);
    }
    if (feature instanceof FeatureSpec.Nominal nominal) {
      return nominal(nominal, path);
    }
    if (feature instanceof FeatureSpec.Hashed hashed) {
      return new HashedColumn(path, hashed);
    }
    return new CyclicColumns(path, (FeatureSpec.Cyclic) feature);
  }

  List<Column> columns() {
    return columns;
  }

  final void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException {
    Object value = path.read(event);
    if (value == null) {
      Arrays.fill(vector, offset, offset + columns.size(), Double.NaN);
    } else {
      write(value, vector, offset);
    }
  }

  /**
   * @param value not null
   */
  abstract void write(Object value, double[] vector, int offset) throws UnfitEventException;

  UnfitEventException unfit(String found) {
    return new UnfitEventException(path.toString(), "field '" + path + "' " + found);
  }

  private static ColumnWriter plain(FeatureSpec.Plain feature, FieldPath path) {
    Schema type = path.type();
    if (NUMBERS.contains(type.getType()) && type.getLogicalType() == null) {
      return new NumericColumn(path, feature.name());
    }
    List<String> values =
        Nominal.values(type)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'"
                            + path
                            + "' is "
                            + FieldPath.name(type)
                            + ", which is no feature as it is; "
                            + advice(type)));
    return new NominalColumn(path, feature.name(), values, null);
  }

  private static ColumnWriter nominal(FeatureSpec.Nominal feature, FieldPath path) {
    if (NUMBERS.contains(path.type().getType()) || isText(path.type())) {
      return new NominalColumn(path, feature.name(), feature.values(), feature.unknown());
    }
    throw new IllegalArgumentException(
        "'"
            + path
            + "' is "
            + FieldPath.name(path.type())
            + ", a nominal is made of text, a number, an enum or a boolean");
  }

  private static boolean isText(Schema type) {
    return type.getType() == Schema.Type.STRING
        || type.getType() == Schema.Type.ENUM
        || type.getType() == Schema.Type.BOOLEAN;
  }

  private static String advice(Schema type) {
    if (type.getType() == Schema.Type.STRING) {
      return "declare it as nominal with its values or as hashed, or leave it out with all-but";
    }
    if (type.getType() == Schema.Type.LONG) {
      return "declare it as cyclic, or leave it out with all-but";
    }
    return "leave it out with all-but";
  }

  /** A number as it is; NaN and the infinities are missing. */
  private static final class NumericColumn extends ColumnWriter {
    NumericColumn(FieldPath path, String name) {
      super(path, List.of(Column.numeric(name)));
    }

    @Override
    void write(Object value, double[] vector, int offset) throws UnfitEventException {
      if (!(value instanceof Number number)) {
        throw unfit("is '" + value + "', not a number");
      }
      double d = number.doubleValue();
      vector[offset] = Double.isInfinite(d) ? Double.NaN : d;
    }
  }

  /** A value's index in a list; an unlisted value has the index of the unknown one, if any. */
  private static final class NominalColumn extends ColumnWriter {
    private final Map<String, Integer> index;
    private final Integer unknown;

    NominalColumn(FieldPath path, String name, List<String> values, String unknownOrNull) {
      super(path, List.of(new Column(name, withUnknown(values, unknownOrNull))));
      this.index = Nominal.index(columns().get(0).values());
      this.unknown = unknownOrNull == null ? null : index.get(unknownOrNull);
    }

    private static List<String> withUnknown(List<String> values, String unknownOrNull) {
      if (values.isEmpty()) {
        throw new IllegalArgumentException("a nominal needs at least one value");
      }
      if (Set.copyOf(values).size() < values.size()) {
        throw new IllegalArgumentException("a value is listed twice in " + values);
      }
      if (unknownOrNull == null || values.contains(unknownOrNull)) {
        return values;
      }
      return Stream.concat(values.stream(), Stream.of(unknownOrNull)).toList();
    }

    @Override
    void write(Object value, double[] vector, int offset) throws UnfitEventException {
      String text = value.toString();
      Integer i = index.getOrDefault(text, unknown);
      if (i == null) {
        List<String> values = columns().get(0).values();
        throw unfit(
            "is '" + text + "', not one of " + values + NearestName.suggestion(text, values));
      }
      vector[offset] = i;
    }
  }

  /** A text's bucket, as one nominal or as one indicator per bucket. */
  private static final class HashedColumn extends ColumnWriter {
    private final int buckets;
    private final boolean indicators;

    HashedColumn(FieldPath path, FeatureSpec.Hashed feature) {
      super(path, columns(feature));
      if (!isText(path.type()) && !NUMBERS.contains(path.type().getType())) {
        throw new IllegalArgumentException(
            "'"
                + path
                + "' is "
                + FieldPath.name(path.type())
                + ", only text, numbers, enums and booleans can be hashed");
      }
      this.buckets = feature.buckets();
      this.indicators = feature.form() == FeatureSpec.Hashed.Form.COLUMNS;
    }

    private static List<Column> columns(FeatureSpec.Hashed feature) {
      if (feature.buckets() < 2) {
        throw new IllegalArgumentException(
            "hashing needs at least 2 buckets, not " + feature.buckets());
      }
      if (feature.form() == FeatureSpec.Hashed.Form.COLUMNS) {
        return IntStream.range(0, feature.buckets())
            .mapToObj(b -> Column.numeric(feature.name() + "_" + b))
            .toList();
      }
      return List.of(
          new Column(
              feature.name(),
              IntStream.range(0, feature.buckets()).mapToObj(Integer::toString).toList()));
    }

    @Override
    void write(Object value, double[] vector, int offset) {
      int bucket = Murmur3.bucket(value.toString(), buckets);
      if (indicators) {
        vector[offset + bucket] = 1;
      } else {
        vector[offset] = bucket;
      }
    }
  }

  /** Sine and cosine of a time's place in its period. */
  private static final class CyclicColumns extends ColumnWriter {
    private static final long A_MONDAY =
        LocalDate.of(1970, 1, 5).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();

    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(36_525);

    private final EventTimeReader time;
    private final long period;
    private final ZoneId zone;

    CyclicColumns(FieldPath path, FeatureSpec.Cyclic feature) {
      super(
          path,
          List.of(
              Column.numeric(feature.name() + "_sin"), Column.numeric(feature.name() + "_cos")));
      Duration duration = feature.period();
      if (duration.compareTo(SHORTEST_PERIOD) < 0 || duration.compareTo(LONGEST_PERIOD) > 0) {
        throw new IllegalArgumentException(
            "a period is from a millisecond to 36525 days (a hundred years), not " + duration);
      }
      this.time = new EventTimeReader(path, null, feature.zone());
      this.period = duration.toMillis();
      this.zone = feature.zone();
    }

    @Override
    void write(Object value, double[] vector, int offset) throws UnfitEventException {
      long millis = time.read(value);
      long local =
          millis
              + 1000L * zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds();
      double angle = 2 * Math.PI * Math.floorMod(local - A_MONDAY, period) / period;
      vector[offset] = StrictMath.sin(angle);
      vector[offset + 1] = StrictMath.cos(angle);
    }
  }
}
