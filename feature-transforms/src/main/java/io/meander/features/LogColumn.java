/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.List;

/** Natural logarithm of a number plus a constant; of what is not above 0, missing. */
final class LogColumn extends FieldColumn {

  private final double plus;

  LogColumn(FieldPath path, FeatureSpec.Log feature) {
    super(path, List.of(Column.numeric(feature.name())));
    checkNumber("a logarithm");
    this.plus = feature.plus();
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    double x = number(value) + plus;
    vector[offset] = x > 0 ? StrictMath.log(x) : Double.NaN;
  }
}
