/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.Closeable;
import java.io.IOException;
import org.apache.avro.Schema;

/** Reads the rows of one kind of file. */
interface RowReader extends Closeable {

  /** Of the records, a record type. */
  Schema schema();

  /** The next row, or null after the last. */
  EventFile.Row next() throws IOException;
}
