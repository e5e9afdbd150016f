/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma-separated rows under a header, RFC 4180. */
final class CsvRows implements RowReader {

  private final Schema schema;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final TextRow rows;

  CsvRows(Path path, InputStream in, Schema schema) throws IOException {
    this.schema = schema;
    this.parser = parser(in);
    this.records = parser.iterator();
    this.rows = new TextRow(path, header(path, records), schema, Missing::is);
  }

  static CSVParser parser(InputStream in) throws IOException {
    return CSVFormat.RFC4180
        .builder()
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(true)
        .get()
        .parse(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The first row. */
  static List<String> header(Path path, Iterator<CSVRecord> records) throws IOException {
    if (!hasNext(records)) {
      throw new EventFileException(path + " is empty; its first line names the columns");
    }
    List<String> header = records.next().toList();
    if (!header.isEmpty() && header.get(0).startsWith("\uFEFF")) {
      header = new java.util.ArrayList<>(header);
      header.set(0, header.get(0).substring(1));
    }
    return header;
  }

  /** The parser wraps what reading throws. */
  static boolean hasNext(Iterator<CSVRecord> records) throws IOException {
    try {
      return records.hasNext();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public EventFile.Row next() throws IOException {
    if (!hasNext(records)) {
      return null;
    }
    List<String> values = records.next().toList();
    return rows.row(values, String.join(",", values));
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
