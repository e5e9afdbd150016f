/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.junit.jupiter.api.Test;

class CsvLinesTest {

  @Test
  void readsQuotesSpacesAndLineEnds() throws IOException {
    assertThat(cells("a, b ,\r\n\n\" x \" , \"y, \"\"z\"\"\",\"two\r\nlines\"\n,,\n"))
        .containsExactly(
            List.of("a", "b", ""), List.of(" x ", "y, \"z\"", "two\nlines"), List.of("", "", ""));
  }

  @Test
  void aBrokenQuoteCostsItsLineAlone() throws IOException {
    List<CsvLines.Line> lines = read("1,\"a\"b\n2,\"c\n3,d\n4,\"e\"\n5,g\"h\n");

    assertThat(lines)
        .extracting(CsvLines.Line::text)
        .containsExactly("1,\"a\"b", "2,\"c", "3,d", "4,\"e\"", "5,g\"h");
    assertThat(lines.get(0).broken()).startsWith("has text after a closing quote");
    assertThat(lines.get(1).broken()).isNotNull();
    assertThat(lines.subList(2, 5))
        .extracting(CsvLines.Line::cells)
        .containsExactly(List.of("3", "d"), List.of("4", "e"), List.of("5", "g\"h"));
  }

  @Test
  void goesOnBehindAQuoteThatNeverCloses() throws IOException {
    List<CsvLines.Line> lines = read("1,\"a\n2,b\n3,c\n");

    assertThat(lines).extracting(CsvLines.Line::text).containsExactly("1,\"a", "2,b", "3,c");
    assertThat(lines)
        .extracting(CsvLines.Line::broken)
        .containsExactly("opens a quote that is not closed", null, null);
  }

  @Test
  void aQuoteMayNotBeEndless() throws IOException {
    String filler = "x".repeat(CsvLines.LONGEST_QUOTE);
    List<CsvLines.Line> lines = read("1,\"a\n" + filler + "\n3,c\"\n");

    assertThat(lines).extracting(CsvLines.Line::text).containsExactly("1,\"a", filler, "3,c\"");
    assertThat(lines.get(0).broken()).isEqualTo("opens a quote that is not closed");
  }

  @Test
  void agreesWithCommonsCsvOnWhatItPrints() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    String[] parts = {"", "a", "\"", ",", "b c", "\n", "ü", "'", "1.5"};
    for (int i = 0; i < 500; i++) {
      List<String> row = new ArrayList<>();
      for (int c = 0; c < 3; c++) {
        row.add("x" + parts[(i * 7 + c) % 9] + parts[(i / 9 + c) % 9] + parts[(i / 81) % 9] + "y");
      }
      rows.add(row);
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      CSVFormat.RFC4180.printRecord(text, row.toArray());
    }

    assertThat(cells(text.toString())).isEqualTo(rows);
  }

  private static List<List<String>> cells(String text) throws IOException {
    return read(text).stream().map(CsvLines.Line::cells).toList();
  }

  private static List<CsvLines.Line> read(String text) throws IOException {
    List<CsvLines.Line> all = new ArrayList<>();
    try (CsvLines lines = new CsvLines(new BufferedReader(new StringReader(text)))) {
      for (CsvLines.Line line = lines.next(); line != null; line = lines.next()) {
        all.add(line);
      }
    }
    return all;
  }
}
