/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** Missing until a key's {@link KeyFeatures} fill them in. */
final class OpenColumns extends ColumnWriter {

  /**
   * @param flag whether a second column says that the first was missing
   */
  OpenColumns(String name, boolean flag) {
    super(
        flag
            ? List.of(Column.numeric(name), Column.numeric(ImputedColumns.flagOf(name)))
            : List.of(Column.numeric(name)));
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) {
    Arrays.fill(vector, offset, offset + columns().size(), Double.NaN);
  }
}
