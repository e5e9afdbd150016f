/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** One feature compiled: writes its columns of the vector. Immutable and thread-safe. */
abstract class ColumnWriter {

  private final List<Column> columns;

  ColumnWriter(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  final List<Column> columns() {
    return columns;
  }

  /**
   * @param vector into whose positions from {@code offset} on the columns go, in order: NaN for
   *     missing
   */
  abstract void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException;
}
