/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class MeanderTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void printsHelpAndVersionOnStandardOutput() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: meander").contains("Exit codes:");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("meander ").contains("Java ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void answersWrongUsageWithTheNearestNameAndExitCode2() {
    assertThat(run("--verison")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--verison'").contains("--version");
    assertThat(run()).isEqualTo(2);
  }

  private int run(String... arguments) {
    return Meander.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
