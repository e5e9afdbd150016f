/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.List;
import org.apache.avro.Schema;

/** A field as it is, by its type: a number, or a nominal of the values that the type lists. */
final class PlainColumn {

  private PlainColumn() {}

  static ColumnWriter of(String name, FieldPath path) {
    Schema type = path.type();
    if (FieldColumn.isNumber(type)) {
      return new NumericColumn(path, name);
    }
    List<String> values =
        Nominal.values(type)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'"
                            + path
                            + "' is "
                            + FieldPath.name(type)
                            + ", which is no feature as it is; "
                            + advice(type)));
    return new NominalColumn(path, name, values, Nominal.unknownOrNull(type));
  }

  private static String advice(Schema type) {
    if (type.getType() == Schema.Type.STRING) {
      return "declare it as nominal with its values or as hashed, or leave it out with all-but";
    }
    if (type.getType() == Schema.Type.LONG) {
      return "declare it as cyclic, or leave it out with all-but";
    }
    return "leave it out with all-but";
  }
}
