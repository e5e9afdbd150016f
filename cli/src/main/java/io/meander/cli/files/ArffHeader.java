/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.Nominal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * The head of an ARFF file, up to {@code @data}: its attributes' names and an Avro schema of them.
 *
 * @param columns names as the file spells them
 */
record ArffHeader(List<String> columns, Schema schema) {

  private static final Pattern ATTRIBUTE =
      Pattern.compile(
          "@attribute\\s+('(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s{]+)\\s*(\\{.*\\}|\\S.*)",
          Pattern.CASE_INSENSITIVE);

  static ArffHeader read(Path path, BufferedReader in) throws IOException {
    List<String> columns = new ArrayList<>();
    List<List<String>> values = new ArrayList<>();
    int number = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      number++;
      String text = ArffCells.withoutComment(line);
      String lower = text.toLowerCase(Locale.ROOT);
      if (lower.startsWith("@data")) {
        if (columns.isEmpty()) {
          throw new EventFileException(path + " has no @attribute before its @data");
        }
        return new ArffHeader(columns, schema(path, columns, values));
      }
      if (lower.startsWith("@attribute")) {
        Matcher attribute = ATTRIBUTE.matcher(text);
        if (!attribute.matches()) {
          throw new EventFileException(path + ", line " + number + ": not an attribute: " + text);
        }
        columns.add(ArffCells.unquote(attribute.group(1)));
        values.add(values(path, number, attribute.group(2).strip()));
      } else if (!text.isEmpty() && !lower.startsWith("@relation")) {
        throw new EventFileException(
            path
                + ", line "
                + number
                + ": found '"
                + text
                + "'; an ARFF file begins with @relation, @attribute and @data");
      }
    }
    throw new EventFileException(path + (number == 0 ? " is empty" : " has no @data"));
  }

  /** A nominal's values; none for a number. */
  private static List<String> values(Path path, int line, String type) throws EventFileException {
    if (type.startsWith("{")) {
      return ArffCells.split(type.substring(1, type.length() - 1));
    }
    return switch (type.toLowerCase(Locale.ROOT).replaceFirst("\\s.*", "")) {
      case "numeric", "real", "integer" -> List.of();
      default ->
          throw new EventFileException(
              path
                  + ", line "
                  + line
                  + ": attributes of type "
                  + type
                  + " are not read; allowed: numeric, real, integer and {a, b, ...}");
    };
  }

  private static Schema schema(Path path, List<String> columns, List<List<String>> values) {
    List<String> names = ColumnNames.avro(columns);
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      boolean nominal = !values.get(i).isEmpty();
      Schema.Field field =
          new Schema.Field(
              names.get(i),
              Schema.createUnion(
                  Schema.create(Schema.Type.NULL),
                  Schema.create(nominal ? Schema.Type.STRING : Schema.Type.DOUBLE)),
              names.get(i).equals(columns.get(i)) ? null : "Attribute '" + columns.get(i) + "'.",
              Schema.Field.NULL_DEFAULT_VALUE);
      if (nominal) {
        field.addProp(Nominal.PROPERTY, values.get(i));
      }
      fields.add(field);
    }
    return Schema.createRecord("Row", "Attributes of " + path.getFileName(), null, false, fields);
  }
}
