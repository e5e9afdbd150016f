/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.apache.flink.util.FlinkException;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

class CausesTest {

  @Test
  void namesTheInnermostCauseThatHasAMessage() {
    Throwable thrown =
        new CompletionException(
            new FlinkException(
                "Recovery is suppressed by NoRestart",
                new UncheckedIOException(
                    "read failed", new IOException("disk on fire", new EOFException()))));

    assertThat(Causes.root(thrown)).isEqualTo("disk on fire");
    assertThat(Causes.root(new SerializedThrowable(thrown))).isEqualTo("disk on fire");
  }

  @Test
  void prefersWhatOurOwnCodeSaidOfTheCause() {
    Throwable thrown =
        new FlinkException(
            "wrapped",
            new EmbeddedException("the file is cut off", new EOFException("end of ZLIB")));

    assertThat(Causes.root(thrown)).isEqualTo("the file is cut off");
    assertThat(Causes.root(new SerializedThrowable(thrown))).isEqualTo("the file is cut off");
  }

  @Test
  void addsTheTypeWhereTheMessageAloneSaysLittle() {
    assertThat(Causes.root(new IOException("/tmp/x"))).isEqualTo("IOException: /tmp/x");
    assertThat(Causes.root(new IllegalStateException())).isEqualTo("IllegalStateException");
  }
}
