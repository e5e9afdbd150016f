/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {

  @Test
  void readsEveryUnit() {
    assertThat(Durations.parse("100ms")).isEqualTo(Duration.ofMillis(100));
    assertThat(Durations.parse("30s")).isEqualTo(Duration.ofSeconds(30));
    assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(Durations.parse("24h")).isEqualTo(Duration.ofDays(1));
    assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void writesWhatItReadsInTheLargestUnitThatFits() {
    for (String text :
        new String[] {"1ms", "1500ms", "0s", "90s", "5m", "90m", "23h", "1d", "7d"}) {
      assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
    }
    assertThat(Durations.text(Durations.parse("48h"))).isEqualTo("2d");
  }

  @Test
  void refusesAnythingElse() {
    for (String text : new String[] {"", "5", "m", "-1s", "1.5h", "5 m", "1w"}) {
      assertThatThrownBy(() -> Durations.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
