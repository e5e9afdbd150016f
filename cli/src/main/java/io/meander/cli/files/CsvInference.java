/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.Nominal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Guesses a CSV file's schema from its first rows, {@value #ROWS} unless told: each column is the
 * narrowest of whole number, number, time, boolean and text that all its values fit. Text with at
 * most {@value #NOMINAL_VALUES} values is nominal, its values in order of first sight and, if the
 * file goes on, {@value #UNKNOWN} for those that may come. Every field may be null.
 */
final class CsvInference {

  static final int ROWS = 10_000;
  static final int NOMINAL_VALUES = 64;
  static final String UNKNOWN = "other";

  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:?\\d{2})?");
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,18}");
  private static final Set<String> BOOLEANS = Set.of("true", "false");

  private CsvInference() {}

  /**
   * @param most rows to look at
   * @throws EventFileException if there are no rows
   */
  static Schema infer(Path path, InputStream in, int most) throws IOException {
    try (CsvLines lines = CsvRows.lines(in)) {
      List<String> columns = CsvRows.header(path, lines);
      List<Guess> guesses = new ArrayList<>();
      columns.forEach(column -> guesses.add(new Guess()));
      int rows = 0;
      CsvLines.Line line = lines.next();
      for (; line != null && rows < most; line = lines.next(), rows++) {
        // A row that cannot be read as one says nothing of the types.
        if (line.broken() == null && line.cells().size() == guesses.size()) {
          for (int c = 0; c < guesses.size(); c++) {
            guesses.get(c).see(line.cells().get(c));
          }
        }
      }
      if (rows == 0) {
        throw new EventFileException(
            path
                + " has no rows under its header to infer the columns' types from; add rows or"
                + " declare events.schema in the spec");
      }
      List<String> names = ColumnNames.avro(columns);
      List<Schema.Field> fields = new ArrayList<>();
      for (int c = 0; c < names.size(); c++) {
        fields.add(guesses.get(c).field(names.get(c), columns.get(c), line != null));
      }
      return Schema.createRecord("Row", "Inferred from " + path.getFileName(), null, false, fields);
    }
  }

  /** What a column may still be. */
  private static final class Guess {
    private boolean integer = true;
    private boolean number = true;
    private boolean time = true;
    private boolean bool = true;
    private boolean seen;
    private final Set<String> values = new LinkedHashSet<>();

    void see(String value) {
      if (Missing.is(value)) {
        return;
      }
      seen = true;
      integer = integer && INTEGER.matcher(value).matches();
      number = number && isNumber(value);
      time = time && TIME.matcher(value).matches();
      bool = bool && BOOLEANS.contains(value.toLowerCase(java.util.Locale.ROOT));
      if (values.size() <= NOMINAL_VALUES) {
        values.add(value);
      }
    }

    /**
     * @param more whether the file has rows that were not looked at
     */
    Schema.Field field(String name, String column, boolean more) {
      Schema.Field field =
          new Schema.Field(
              name,
              Schema.createUnion(Schema.create(Schema.Type.NULL), type()),
              name.equals(column) ? null : "Column '" + column + "'.",
              Schema.Field.NULL_DEFAULT_VALUE);
      boolean text = !integer && !number && !time && !bool;
      if (seen && text && values.size() <= NOMINAL_VALUES) {
        field.addProp(Nominal.PROPERTY, List.copyOf(new ArrayList<>(values)));
        if (more) {
          field.addProp(Nominal.UNKNOWN, UNKNOWN);
        }
      }
      return field;
    }

    private Schema type() {
      if (!seen) {
        return Schema.create(Schema.Type.STRING);
      }
      if (integer) {
        return Schema.create(Schema.Type.LONG);
      }
      if (number) {
        return Schema.create(Schema.Type.DOUBLE);
      }
      if (time) {
        return LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
      }
      return Schema.create(bool ? Schema.Type.BOOLEAN : Schema.Type.STRING);
    }

    private static boolean isNumber(String value) {
      char last = value.charAt(value.length() - 1);
      if (!Character.isDigit(last) && last != '.') {
        return false; // Java's own forms, 1d and 1f, are not numbers in data files
      }
      try {
        Double.parseDouble(value);
        return true;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }
}
