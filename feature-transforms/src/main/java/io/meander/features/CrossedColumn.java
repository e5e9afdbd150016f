/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The combination of several fields' values, hashed: their texts, joined as {@link ModelKey} joins
 * the parts of a key. Missing if one is.
 */
final class CrossedColumn extends ColumnWriter {

  private final FieldPath[] paths;
  private final int buckets;

  CrossedColumn(FeatureSpec.Crossed feature, Schema event) {
    super(
        List.of(
            new Column(
                feature.name(),
                IntStream.range(0, feature.buckets()).mapToObj(Integer::toString).toList())));
    this.paths =
        feature.fields().stream()
            .map(field -> FieldPath.of(field, event))
            .toArray(FieldPath[]::new);
    this.buckets = feature.buckets();
    for (FieldPath path : paths) {
      if (!FieldColumn.isSingle(path.type())) {
        throw new IllegalArgumentException(
            "'"
                + path
                + "' is "
                + FieldPath.name(path.type())
                + ", only text, numbers, enums and booleans can be crossed");
      }
    }
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) {
    Object[] values = new Object[paths.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = paths[i].read(event);
      if (values[i] == null) {
        vector[offset] = Double.NaN;
        return;
      }
    }
    vector[offset] = Integer.remainderUnsigned(Murmur3.hash(values), buckets);
  }
}
