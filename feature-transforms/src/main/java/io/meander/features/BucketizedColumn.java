/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A number as the nominal of the interval that it is in, each from a boundary, included, up to the
 * next: {@code ..10}, {@code 10..20}, {@code 20..}.
 */
final class BucketizedColumn extends FieldColumn {

  private final double[] boundaries;

  BucketizedColumn(FieldPath path, FeatureSpec.Bucketized feature) {
    super(path, List.of(new Column(feature.name(), names(feature.boundaries()))));
    checkNumber("an interval");
    this.boundaries = feature.boundaries().stream().mapToDouble(Double::doubleValue).toArray();
    for (int i = 1; i < boundaries.length; i++) {
      if (!(boundaries[i - 1] < boundaries[i])) {
        throw new IllegalArgumentException(
            "boundaries ascend, and " + boundaries[i - 1] + " comes before " + boundaries[i]);
      }
    }
  }

  private static List<String> names(List<Double> boundaries) {
    List<String> names = new ArrayList<>();
    String from = "";
    for (double boundary : boundaries) {
      String text = text(boundary);
      names.add(from + ".." + text);
      from = text;
    }
    names.add(from + "..");
    return names;
  }

  private static String text(double x) {
    boolean whole = x == Math.rint(x) && Math.abs(x) < 1L << 53;
    return whole ? Long.toString((long) x) : Double.toString(x);
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    double x = number(value);
    if (Double.isNaN(x)) {
      vector[offset] = x;
      return;
    }
    // + 0.0 makes 0 of -0, which the search would put before it.
    int found = Arrays.binarySearch(boundaries, x + 0.0);
    vector[offset] = found >= 0 ? found + 1 : -found - 1;
  }
}
