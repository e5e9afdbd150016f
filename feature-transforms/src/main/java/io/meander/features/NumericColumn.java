/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;

/** A number as it is; NaN and the infinities are missing. */
final class NumericColumn extends FieldColumn {
  NumericColumn(FieldPath path, String name) {
    super(path, List.of(Column.numeric(name)));
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    vector[offset] = number(value);
  }
}
