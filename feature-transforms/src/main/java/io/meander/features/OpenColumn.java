/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** Missing until a key's {@link KeyFeatures} fill it in. */
final class OpenColumn extends ColumnWriter {

  OpenColumn(String name) {
    super(List.of(Column.numeric(name)));
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) {
    vector[offset] = Double.NaN;
  }
}
