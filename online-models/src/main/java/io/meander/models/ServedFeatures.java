/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the model that was served had been given of an event: its columns, in the order of the
 * feature schema that it learns under.
 *
 * @param names of the columns
 * @param values one per column: a {@link Double}, a nominal's value as a {@link String}, or null
 *     for missing
 */
public record ServedFeatures(List<String> names, List<Object> values) {

  public ServedFeatures {
    if (names.size() != values.size()) {
      throw new IllegalArgumentException(
          values.size() + " values for " + names.size() + " columns");
    }
    names = List.copyOf(names);
    values = Collections.unmodifiableList(new ArrayList<>(values)); // may hold nulls
  }

  /** By name, in the order of the columns; missing values are there as nulls. */
  public Map<String, Object> byName() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      all.put(names.get(i), values.get(i));
    }
    return all;
  }
}
