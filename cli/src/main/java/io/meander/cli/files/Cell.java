/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** One column of a text file: makes a cell's text the value of an Avro field. */
final class Cell {

  /** A text that is not a value of its column; the message says what is allowed. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message, null, false, false);
    }
  }

  private final String column;
  private final Schema type;
  private final boolean nullable;
  private final Predicate<String> missing;
  private final EventTimeReader time;

  /**
   * @param missing whether a cell's text, or null, stands for a missing value
   * @throws EventFileException if a text cannot be read as the field's type
   */
  Cell(Schema.Field field, Predicate<String> missing) throws EventFileException {
    List<Schema> branches =
        field.schema().isUnion() ? field.schema().getTypes() : List.of(field.schema());
    List<Schema> types = branches.stream().filter(b -> b.getType() != Schema.Type.NULL).toList();
    this.column = field.name();
    this.missing = missing;
    this.type = types.get(0);
    this.nullable = types.size() < branches.size();
    boolean readable =
        types.size() == 1
            && switch (type.getType()) {
              case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, ENUM -> true;
              default -> false;
            };
    if (!readable) {
      throw new EventFileException(
          "column '"
              + column
              + "' is of type "
              + field.schema()
              + ", which a text file cannot hold; use an .avro file");
    }
    this.time = isTimestamp() ? textTime() : null;
  }

  Object read(String text) throws UnreadableException {
    boolean mayBeText = type.getType() == Schema.Type.STRING && !nullable && text != null;
    if (missing.test(text) && !mayBeText) {
      if (nullable) {
        return null;
      }
      throw new UnreadableException(
          "column '"
              + column
              + "' is missing, and its type "
              + type.getType().getName()
              + " has no null");
    }
    try {
      return switch (type.getType()) {
        case INT -> isDate() ? (int) LocalDate.parse(text).toEpochDay() : Integer.parseInt(text);
        case LONG -> time == null ? Long.parseLong(text) : timestamp(text);
        case FLOAT -> Float.parseFloat(text);
        case DOUBLE -> Double.parseDouble(text);
        case BOOLEAN -> bool(text);
        case ENUM -> symbol(text);
        default -> text;
      };
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new UnreadableException(
          "column '" + column + "' is '" + text + "', not " + article(type));
    }
  }

  private Object bool(String text) throws UnreadableException {
    if (text.equalsIgnoreCase("true") || text.equals("1")) {
      return true;
    }
    if (text.equalsIgnoreCase("false") || text.equals("0")) {
      return false;
    }
    throw new UnreadableException("column '" + column + "' is '" + text + "', not true or false");
  }

  private Object symbol(String text) throws UnreadableException {
    if (!type.hasEnumSymbol(text)) {
      throw new UnreadableException(
          "column '" + column + "' is '" + text + "', not one of " + type.getEnumSymbols());
    }
    return new GenericData.EnumSymbol(type, text);
  }

  private long timestamp(String text) throws UnreadableException {
    if (text.matches("-?[0-9]+")) {
      return Long.parseLong(text);
    }
    try {
      boolean blank = text.length() > 10 && text.charAt(10) == ' ';
      long millis = time.read(blank ? text.substring(0, 10) + "T" + text.substring(11) : text);
      return type.getLogicalType().getName().endsWith("micros") ? millis * 1000 : millis;
    } catch (UnfitEventException e) {
      throw new UnreadableException("column '" + column + "' is '" + text + "', not a time");
    }
  }

  private boolean isTimestamp() {
    return type.getType() == Schema.Type.LONG
        && type.getLogicalType() != null
        && type.getLogicalType().getName().contains("timestamp");
  }

  private boolean isDate() {
    return type.getLogicalType() != null && type.getLogicalType().getName().equals("date");
  }

  /** Reads this column's text as a time in UTC. */
  private EventTimeReader textTime() {
    Schema text =
        Schema.createRecord(
            "Row",
            null,
            null,
            false,
            List.of(new Schema.Field("time", Schema.create(Schema.Type.STRING))));
    return new EventTimeReader(FieldPath.of("time", text), null, ZoneOffset.UTC);
  }

  private static String article(Schema type) {
    return switch (type.getType()) {
      case INT -> type.getLogicalType() == null ? "a whole number of 32 bits" : "a date";
      case LONG -> "a whole number";
      default -> "a number";
    };
  }
}
