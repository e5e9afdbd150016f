/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** Another feature's columns with a number for missing ones, or a flag beside them, or both. */
final class ImputedColumns extends ColumnWriter {

  private final ColumnWriter of;
  private final double number;
  private final boolean flag;

  ImputedColumns(ColumnWriter of, FeatureSpec.Imputed feature) {
    super(columns(of, feature));
    this.of = of;
    this.number = feature.number();
    this.flag = feature.flag();
    checkFill(of, feature);
  }

  /**
   * @throws IllegalArgumentException if a number is to go where a nominal is missing
   */
  static void checkFill(ColumnWriter of, FeatureSpec.Imputed feature) {
    boolean fills = !Double.isNaN(feature.number()) || feature.policyOrNull() != null;
    if (fills && of.columns().stream().anyMatch(Column::isNominal)) {
      throw new IllegalArgumentException(
          "a nominal has no number to put in the place of a missing one: flag it");
    }
  }

  private static List<Column> columns(ColumnWriter of, FeatureSpec.Imputed feature) {
    List<Column> columns = new ArrayList<>(of.columns());
    if (feature.flag()) {
      columns.add(Column.numeric(flagOf(feature.name())));
    }
    return columns;
  }

  /** Name of the column that says where a feature was missing. */
  static String flagOf(String name) {
    return name + "_missing";
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException {
    of.write(event, vector, offset);
    int end = offset + of.columns().size();
    boolean missing = false;
    for (int i = offset; i < end; i++) {
      if (Double.isNaN(vector[i])) {
        missing = true;
        vector[i] = number;
      }
    }
    if (flag) {
      vector[end] = missing ? 1 : 0;
    }
  }
}
