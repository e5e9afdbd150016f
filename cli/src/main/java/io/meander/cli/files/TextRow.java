/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Makes records of the cells of a text file's rows. */
final class TextRow {

  private final Schema schema;
  private final Cell[] cells;

  /** For each column its field's position. */
  private final int[] positions;

  /**
   * @param columns the file's, as they are spelled there
   * @param missing whether a cell's text, or null, stands for a missing value
   * @throws EventFileException if columns and fields are not the same names
   */
  TextRow(Path file, List<String> columns, Schema schema, Predicate<String> missing)
      throws EventFileException {
    this.schema = schema;
    this.cells = new Cell[columns.size()];
    this.positions = new int[columns.size()];
    List<String> names = ColumnNames.avro(columns);
    List<String> fields = schema.getFields().stream().map(Schema.Field::name).toList();
    for (int i = 0; i < cells.length; i++) {
      Schema.Field field = schema.getField(names.get(i));
      if (field == null) {
        throw new EventFileException(
            file
                + " has a column '"
                + columns.get(i)
                + "' that is no field of the schema "
                + schema.getName()
                + NearestName.suggestion(names.get(i), fields));
      }
      cells[i] = new Cell(field, missing);
      positions[i] = field.pos();
    }
    List<String> absent = new ArrayList<>(fields);
    absent.removeAll(names);
    if (!absent.isEmpty()) {
      throw new EventFileException(
          file
              + " has no column '"
              + absent.get(0)
              + "', a field of the schema "
              + schema.getName()
              + NearestName.suggestion(absent.get(0), names)
              + " (columns: "
              + String.join(", ", columns)
              + ")");
    }
  }

  EventFile.Row row(List<String> values, String text) {
    if (values.size() != cells.length) {
      return EventFile.Row.unreadable(
          text, "has " + values.size() + " columns, the header has " + cells.length);
    }
    GenericData.Record record = new GenericData.Record(schema);
    try {
      for (int i = 0; i < cells.length; i++) {
        record.put(positions[i], cells[i].read(values.get(i)));
      }
    } catch (Cell.UnreadableException e) {
      return EventFile.Row.unreadable(text, e.getMessage());
    }
    return EventFile.Row.of(record);
  }
}
