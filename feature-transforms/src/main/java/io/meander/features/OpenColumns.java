/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** Missing until a key's {@link KeyFeatures} fill them in. */
final class OpenColumns extends ColumnWriter {

  private final TransformColumns transformOrNull;

  /**
   * @param flag whether one more column says that one of the others was missing
   * @param transformOrNull what makes them, if that is a user's
   */
  OpenColumns(String name, List<Column> of, boolean flag, TransformColumns transformOrNull) {
    super(columns(name, of, flag));
    this.transformOrNull = transformOrNull;
  }

  /** One of numbers, which no user's transform makes. */
  OpenColumns(String name, boolean flag) {
    this(name, List.of(Column.numeric(name)), flag, null);
  }

  private static List<Column> columns(String name, List<Column> of, boolean flag) {
    List<Column> columns = new ArrayList<>(of);
    if (flag) {
      columns.add(Column.numeric(ImputedColumns.flagOf(name)));
    }
    return columns;
  }

  /** The same, with a flag beside them or not. */
  OpenColumns flagged(String name, boolean flag) {
    return new OpenColumns(name, columns(), flag, transformOrNull);
  }

  TransformColumns transformOrNull() {
    return transformOrNull;
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) {
    Arrays.fill(vector, offset, offset + columns().size(), Double.NaN);
  }
}
