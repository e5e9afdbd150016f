/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.cli.files.EventFile;
import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import io.meander.features.UnfitEventException;
import io.meander.spec.FileKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The first rows of a data file, field by field.
 *
 * @param fields in the schema's order, those of nested records by their dotted paths
 * @param unusable fields that no spec can read as a value, each with what it is
 * @param rows that were read, unreadable ones not counted
 * @param whole whether the file ended within the sample
 */
public record FileSample(
    Path path,
    FileKind kind,
    Schema schema,
    List<FieldSample> fields,
    Map<String, String> unusable,
    int rows,
    int unreadable,
    boolean whole) {

  /** How deep records in records are followed. */
  private static final int DEEPEST = 5;

  /** Where a record's values go. */
  private record Column(FieldPath path, EventTimeReader timeOrNull, FieldSample sample) {
    void take(GenericRecord event) {
      Object value = path.read(event);
      if (value == null) {
        sample.add(Double.NaN);
      } else if (timeOrNull != null) {
        sample.add(millis(value));
      } else if (value instanceof Number number) {
        sample.add(number.doubleValue());
      } else {
        sample.addWord(value.toString());
      }
    }

    private double millis(Object value) {
      try {
        return timeOrNull.read(value);
      } catch (UnfitEventException e) {
        return Double.NaN;
      }
    }
  }

  /**
   * Reads a file's first rows.
   *
   * @param most rows to read at most; a {@code .csv} file's types are inferred from as many
   * @throws IOException if it cannot be read
   */
  public static FileSample read(Path path, int most) throws IOException {
    try (EventFile file = EventFile.sample(path, most)) {
      Map<String, String> unusable = new TreeMap<>();
      List<Column> columns = new ArrayList<>();
      boolean lists = file.kind() == FileKind.ARFF;
      addColumns(file.schema(), file.schema(), "", lists, 0, columns, unusable);
      Iterator<EventFile.Row> events = file.rows();
      int rows = 0;
      int unreadable = 0;
      while (rows + unreadable < most && events.hasNext()) {
        GenericRecord event = events.next().record();
        if (event == null) {
          unreadable++;
          continue;
        }
        columns.forEach(column -> column.take(event));
        rows++;
      }
      columns.forEach(column -> column.sample().seal());
      return new FileSample(
          path,
          file.kind(),
          file.schema(),
          columns.stream().map(Column::sample).toList(),
          unusable,
          rows,
          unreadable,
          !events.hasNext());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void addColumns(
      Schema root,
      Schema record,
      String prefix,
      boolean lists,
      int depth,
      List<Column> columns,
      Map<String, String> unusable) {
    for (Schema.Field field : record.getFields()) {
      String name = prefix + field.name();
      FieldPath path;
      try {
        path = FieldPath.of(name, root);
      } catch (FieldPathException e) {
        unusable.put(name, "a field that no path leads to");
        continue;
      }
      if (path.type().getType() == Schema.Type.RECORD && depth < DEEPEST) {
        addColumns(root, path.type(), name + ".", lists, depth + 1, columns, unusable);
        continue;
      }
      Optional<Column> column = column(path, lists);
      column.ifPresentOrElse(columns::add, () -> unusable.put(name, nameOf(path.type())));
    }
  }

  private static Optional<Column> column(FieldPath path, boolean lists) {
    Schema type = path.type();
    return switch (type.getType()) {
      case STRING, ENUM, BOOLEAN ->
          Optional.of(new Column(path, null, sample(path, FieldSample.Kind.WORD, lists)));
      case INT, LONG, FLOAT, DOUBLE ->
          type.getLogicalType() == null
              ? Optional.of(new Column(path, null, sample(path, FieldSample.Kind.NUMBER, false)))
              : time(path);
      default -> Optional.empty();
    };
  }

  private static Optional<Column> time(FieldPath path) {
    try {
      EventTimeReader reader = new EventTimeReader(path, null, ZoneOffset.UTC);
      return Optional.of(new Column(path, reader, sample(path, FieldSample.Kind.TIME, false)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static FieldSample sample(FieldPath path, FieldSample.Kind kind, boolean lists) {
    return new FieldSample(path, kind, lists || path.type().getType() == Schema.Type.ENUM);
  }

  private static String nameOf(Schema type) {
    String name =
        type.getLogicalType() == null ? type.getType().getName() : type.getLogicalType().getName();
    return ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
  }
}
