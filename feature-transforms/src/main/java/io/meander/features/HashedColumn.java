/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.stream.IntStream;

/** A text's bucket, as one nominal or as one indicator per bucket. */
final class HashedColumn extends FieldColumn {
  private final int buckets;
  private final boolean indicators;

  HashedColumn(FieldPath path, FeatureSpec.Hashed feature) {
    super(path, columns(feature));
    if (!isSingle(path.type())) {
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
