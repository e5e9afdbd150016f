/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

import java.util.List;

/**
 * A column that a transform makes.
 *
 * @param name the column is {@code <feature>_<name>}; empty for the feature's own name
 * @param values of a nominal, in the order of their indexes; none of a number
 */
public record TransformOutput(String name, List<String> values) {
  public TransformOutput {
    values = List.copyOf(values);
  }

  public static TransformOutput number(String name) {
    return new TransformOutput(name, List.of());
  }

  /**
   * @param values at least one, all different
   */
  public static TransformOutput nominal(String name, List<String> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a nominal has values");
    }
    return new TransformOutput(name, values);
  }
}
