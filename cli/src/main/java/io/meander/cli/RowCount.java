/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * About how many rows a file has, for progress in per cent: its lines, counted while the work on
 * them has begun. Unknown until they are, and for files that are not lines.
 */
final class RowCount implements AutoCloseable {

  static final long UNKNOWN = -1;

  private final Path file;
  private final long limit;
  private final Background counting;

  private volatile long rows = UNKNOWN;

  /**
   * @param limit of the rows that will be used
   */
  RowCount(Path file, long limit) {
    this.file = file;
    this.limit = limit;
    this.counting = new Background("row-count", this::count);
  }

  /** {@link #UNKNOWN}, or an estimate: an ARFF header and empty lines are counted too. */
  long rows() {
    return rows;
  }

  /** Waits for the count; returns whether it came within {@code bound}. */
  boolean await(Duration bound) throws IOException, InterruptedException {
    return counting.await(bound);
  }

  @Override
  public void close() {
    counting.close();
  }

  private void count() throws IOException, InterruptedException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean isCsv = name.contains(".csv");
    boolean packed = name.endsWith(".gz");
    if (name.endsWith(packed ? ".avro.gz" : ".avro")) {
      return;
    }
    try (InputStream plain = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream in = packed ? new GZIPInputStream(plain, 1 << 16) : plain) {
      byte[] buffer = new byte[1 << 16];
      long lines = 0;
      int read = in.read(buffer);
      while (read > 0 && lines <= limit) {
        for (int i = 0; i < read; i++) {
          if (buffer[i] == '\n') {
            lines++;
          }
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        read = in.read(buffer);
      }
      rows = Math.min(isCsv ? lines - 1 : lines, limit);
    }
  }
}
