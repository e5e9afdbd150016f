/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The declared features compiled against an event schema: from an event to its feature vector.
 * Pure: equal events give equal vectors. Immutable and thread-safe.
 */
public final class FeatureTransform {

  private final FeatureSchema schema;
  private final String[] names;
  private final ColumnWriter[] writers;
  private final int[] offsets;

  /** Columns in which a missing number becomes 0. */
  private final int[] zeros;

  private FeatureTransform(
      FeatureSchema schema, String[] names, ColumnWriter[] writers, int[] offsets, int[] zeros) {
    this.schema = schema;
    this.names = names;
    this.writers = writers;
    this.offsets = offsets;
    this.zeros = zeros;
  }

  /** As below, missing values kept. */
  public static FeatureTransform compile(List<FeatureSpec> features, Schema event) {
    return compile(features, event, MissingPolicy.KEEP);
  }

  /**
   * @param missing where a feature does not say; {@link MissingPolicy#ZERO} is done here; policies
   *     that remember are done with a key's {@link SeenValues}, and here keep
   * @throws FeatureSpecException if a feature's field is unknown or of a type it cannot take, or
   *     two columns have one name
   */
  public static FeatureTransform compile(
      List<FeatureSpec> features, Schema event, MissingPolicy missing) {
    if (features.isEmpty()) {
      throw new FeatureSpecException(-1, "no feature is left to learn from", null);
    }
    List<FeatureSchema.Column> columns = new ArrayList<>();
    ColumnWriter[] writers = new ColumnWriter[features.size()];
    int[] offsets = new int[features.size()];
    List<Integer> zeros = new ArrayList<>();
    for (int i = 0; i < writers.length; i++) {
      offsets[i] = columns.size();
      try {
        writers[i] = features.get(i).writer(event);
      } catch (FieldPathException | IllegalArgumentException e) {
        throw new FeatureSpecException(i, e.getMessage(), e);
      }
      for (FeatureSchema.Column column : writers[i].columns()) {
        if (columns.stream().anyMatch(c -> c.name().equals(column.name()))) {
          throw new FeatureSpecException(
              i, "there are two columns named '" + column.name() + "': name one otherwise", null);
        }
        boolean open = writers[i] instanceof OpenColumns;
        boolean zero = features.get(i).missing(missing) == MissingPolicy.ZERO;
        if (zero && !open && !column.isNominal()) {
          zeros.add(columns.size());
        }
        columns.add(column.of(new DeclaredFeature(features.get(i), missing)));
      }
    }
    return new FeatureTransform(
        new FeatureSchema(columns),
        features.stream().map(FeatureSpec::name).toArray(String[]::new),
        writers,
        offsets,
        zeros.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * Every field of the event but the excluded ones, as it is.
   *
   * @param excluded names of the event's own fields
   * @throws FeatureSpecException if a field cannot be a feature as it is, naming them all
   */
  public static List<FeatureSpec> defaults(Schema event, Collection<String> excluded) {
    List<FeatureSpec> features = new ArrayList<>();
    List<String> unfit = new ArrayList<>();
    for (Schema.Field field : event.getFields()) {
      if (excluded.contains(field.name())) {
        continue;
      }
      FeatureSpec feature = new FeatureSpec.Plain(field.name(), field.name());
      try {
        feature.writer(event);
        features.add(feature);
      } catch (IllegalArgumentException e) {
        unfit.add(e.getMessage());
      }
    }
    if (!unfit.isEmpty()) {
      throw new FeatureSpecException(-1, String.join("; ", unfit), null);
    }
    return features;
  }

  public FeatureSchema schema() {
    return schema;
  }

  /** An event that a feature cannot be worked out of, by the feature's name. */
  static UnfitEventException unfit(String feature, Exception e) {
    if (e instanceof FailedTransformException failed) {
      return failed;
    }
    return e instanceof UnfitEventException
        ? new UnfitEventException("feature '" + feature + "': " + e.getMessage())
        : failed(feature, e);
  }

  /** A feature that is Meander's own. */
  static FailedTransformException failed(String feature, Exception e) {
    return new FailedTransformException(feature, "feature '" + feature + "'", e.toString());
  }

  /**
   * @return a new vector, one value per column: NaN for missing, the index for a nominal
   * @throws UnfitEventException if a field's value is not one its feature takes, or a feature fails
   */
  public double[] apply(GenericRecord event) throws UnfitEventException {
    double[] vector = new double[schema.size()];
    for (int i = 0; i < writers.length; i++) {
      try {
        writers[i].write(event, vector, offsets[i]);
      } catch (UnfitEventException | RuntimeException e) {
        throw unfit(names[i], e);
      }
    }
    for (int column : zeros) {
      if (Double.isNaN(vector[column])) {
        vector[column] = 0;
      }
    }
    return vector;
  }
}
