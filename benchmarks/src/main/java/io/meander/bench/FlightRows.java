/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** The example's flights. */
public final class FlightRows {

  private FlightRows() {}

  /**
   * The first rows, in the file's order.
   *
   * @param file the example's CSV file, gzipped
   * @throws IOException if it cannot be read, or has fewer rows
   */
  public static List<CSVRecord> first(Path file, int rows) throws IOException {
    try (var reader =
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8);
        var records = CSVFormat.DEFAULT.builder().setHeader().get().parse(reader)) {
      List<CSVRecord> first = records.stream().limit(rows).toList();
      if (first.size() < rows) {
        throw new IOException(file + " has only " + first.size() + " of " + rows + " flights");
      }
      return first;
    }
  }
}
