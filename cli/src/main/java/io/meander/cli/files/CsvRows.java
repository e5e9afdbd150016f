/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Comma-separated rows under a header. */
final class CsvRows implements RowReader {

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final List<String> OTHER_SEPARATORS = List.of(";", "\t", "|");

  private final Schema schema;
  private final CsvLines lines;
  private final TextRow rows;

  CsvRows(Path path, InputStream in, Schema schema) throws IOException {
    this.schema = schema;
    this.lines = lines(in);
    this.rows = new TextRow(path, header(path, lines), schema, Missing::is);
  }

  static CsvLines lines(InputStream in) {
    return new CsvLines(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
  }

  /** The columns' names, from the first row. */
  static List<String> header(Path path, CsvLines lines) throws IOException {
    CsvLines.Line first = lines.next();
    if (first == null) {
      throw new EventFileException(path + " is empty; its first line names the columns");
    }
    if (first.broken() != null) {
      throw new EventFileException(path + ", line 1, the columns' names: " + first.broken());
    }
    List<String> header = new ArrayList<>(first.cells());
    if (header.get(0).startsWith(BYTE_ORDER_MARK)) {
      header.set(0, header.get(0).substring(1));
    }
    if (header.size() == 1) {
      for (String separator : OTHER_SEPARATORS) {
        if (header.get(0).indexOf(separator) > 0) {
          throw new EventFileException(
              "%s has the one column '%s', parted by '%s'; only commas are read"
                  .formatted(path, header.get(0), separator.equals("\t") ? "tab" : separator));
        }
      }
    }
    return header;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public EventFile.Row next() throws IOException {
    CsvLines.Line line = lines.next();
    if (line == null) {
      return null;
    }
    return line.broken() == null
        ? rows.row(line.cells(), line.text())
        : EventFile.Row.unreadable(line.text(), line.broken());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
