/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;

/** A number drawn into a range. */
final class ClippedColumn extends FieldColumn {

  private final double min;
  private final double max;

  ClippedColumn(FieldPath path, FeatureSpec.Clipped feature) {
    super(path, List.of(Column.numeric(feature.name())));
    checkNumber("clipping");
    this.min = feature.min();
    this.max = feature.max();
    if (!(min < max)) {
      throw new IllegalArgumentException("min is below max, not " + min + " with " + max);
    }
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    double x = number(value);
    vector[offset] = x < min ? min : x > max ? max : x;
  }
}
