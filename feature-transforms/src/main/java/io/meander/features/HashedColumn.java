/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.stream.IntStream;

/** A text's bucket, as one nominal or as one indicator per bucket. */
final class HashedColumn extends FieldColumn {
  private final int buckets;
  private final FeatureSpec.Hashed.Form form;

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
    this.form = feature.form();
  }

  private static List<Column> columns(FeatureSpec.Hashed feature) {
    if (feature.buckets() < 2) {
      throw new IllegalArgumentException(
          "hashing needs at least 2 buckets, not " + feature.buckets());
    }
    if (feature.form() != FeatureSpec.Hashed.Form.NOMINAL) {
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
    int hash = Murmur3.hash(value);
    int bucket = Integer.remainderUnsigned(hash, buckets);
    switch (form) {
      case NOMINAL -> vector[offset] = bucket;
      case COLUMNS -> vector[offset + bucket] = 1;
      case SIGNED -> vector[offset + bucket] = hash < 0 ? -1 : 1;
    }
  }
}
