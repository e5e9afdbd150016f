/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Columns' names as Avro allows them. */
final class ColumnNames {

  private ColumnNames() {}

  /**
   * Each name with {@code _} for every character but ASCII letters, digits and {@code _}, a leading
   * digit behind a {@code _}, and a number behind a name that comes again.
   */
  static List<String> avro(List<String> columns) {
    List<String> names = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (String column : columns) {
      String name = column.replaceAll("[^A-Za-z0-9_]", "_");
      if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
        name = "_" + name;
      }
      String unique = name;
      for (int i = 2; !used.add(unique); i++) {
        unique = name + "_" + i;
      }
      names.add(unique);
    }
    return names;
  }
}
