/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Observation;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** A CSV file of a result directory: a header, then rows; what is undefined is empty. */
final class CsvFile implements Closeable {

  private final Path path;
  private final CSVPrinter printer;

  CsvFile(Path path, String... header) {
    this.path = path;
    try {
      BufferedWriter out = Files.newBufferedWriter(path);
      this.printer =
          new CSVPrinter(out, CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
      printer.printRecord((Object[]) header);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Doubles that are NaN and nulls become empty. */
  void row(Object... values) {
    try {
      for (Object value : values) {
        printer.print(value instanceof Double d && d.isNaN() ? null : value);
      }
      printer.println();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** ISO-8601 in UTC, or null. */
  static String time(long millis) {
    return millis == Observation.NO_TIME ? null : Instant.ofEpochMilli(millis).toString();
  }

  @Override
  public void close() {
    try {
      printer.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ReportException failed(IOException e) {
    return new ReportException("cannot write " + path, e);
  }
}
