/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.avro.Schema;

/** Rows of Weka's and MOA's attribute-relation files, dense ones. */
final class ArffRows implements RowReader {

  private final BufferedReader in;
  private final Schema schema;
  private final TextRow rows;

  /**
   * @param schemaOrNull null for the header's own
   */
  ArffRows(Path path, InputStream stream, Schema schemaOrNull) throws IOException {
    this.in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    ArffHeader header = ArffHeader.read(path, in);
    this.schema = schemaOrNull == null ? header.schema() : schemaOrNull;
    this.rows = new TextRow(path, header.columns(), schema, Objects::isNull);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public EventFile.Row next() throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String text = ArffCells.withoutComment(line);
      if (text.isEmpty()) {
        continue;
      }
      return text.startsWith("{")
          ? EventFile.Row.unreadable(text, "is sparse; only dense rows are read")
          : rows.row(ArffCells.row(text), text);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
