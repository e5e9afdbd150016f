/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowCountTest {

  @TempDir Path directory;

  @Test
  void countsLinesAfterTheHeaderUpToTheLimit() throws Exception {
    Path file = Files.writeString(directory.resolve("a.csv"), "x\n1\n2\n3\n");

    assertThat(rows(file, Long.MAX_VALUE)).isEqualTo(3);
    assertThat(rows(file, 2)).isEqualTo(2);
  }

  @Test
  void countsThroughCompression() throws Exception {
    Path file = directory.resolve("a.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("x\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    }

    assertThat(rows(file, Long.MAX_VALUE)).isEqualTo(99_999);
  }

  @Test
  void doesNotKnowOfBinaryFiles() throws Exception {
    Path file = Files.writeString(directory.resolve("a.AVRO"), "\n\n");

    assertThat(rows(file, Long.MAX_VALUE)).isEqualTo(RowCount.UNKNOWN);
  }

  private static long rows(Path file, long limit) throws Exception {
    try (RowCount count = new RowCount(file, limit)) {
      assertThat(count.await(Duration.ofSeconds(30))).isTrue();
      return count.rows();
    }
  }
}
