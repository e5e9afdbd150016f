/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private final StringWriter shown = new StringWriter();
  private long now;

  @Test
  void writesOverTheSameLineOnATerminal() {
    ProgressLine line = new ProgressLine(new PrintWriter(shown), 11, () -> now);

    line.update(() -> "1 event");
    line.update(() -> "too soon");
    now += Duration.ofSeconds(1).toNanos();
    line.update(() -> "a text longer than the terminal");
    line.close();

    assertThat(shown.toString()).isEqualTo("\r1 event   \ra text lon" + System.lineSeparator());
  }

  @Test
  void drawsABarWhereTheTotalIsKnown() {
    assertThat(ProgressLine.bar(1, 3)).isEqualTo("[######..............]  33%  ");
    assertThat(ProgressLine.bar(4, 3)).isEqualTo("[####################] 100%  ");
    assertThat(ProgressLine.bar(1, RowCount.UNKNOWN)).isEmpty();
  }

  @Test
  void writesALineNowAndThenElsewhere() {
    ProgressLine line = new ProgressLine(new PrintWriter(shown), 0, () -> now);

    line.update(() -> "at once");
    now += Duration.ofSeconds(4).toNanos();
    line.update(() -> "after 4 s");
    now += Duration.ofSeconds(1).toNanos();
    line.update(() -> "after 5 s");
    line.end("all");

    assertThat(shown.toString().lines()).containsExactly("after 5 s", "all");
  }
}
