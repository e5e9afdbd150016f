/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PredictionIdsTest {

  @Test
  void isTheSameInEveryReleaseForTheSameAnswer() {
    PredictionIds ids = new PredictionIds("flights");

    assertThat(ids.of("f1", "hat")).isEqualTo("a5f96de99f9a4a57f36bf073f6a23306");
    assertThat(ids.of("f1", "hat")).isEqualTo(new PredictionIds("flights").of("f1", "hat"));
  }

  @Test
  void differsWithEachPartWhereverTheBordersLie() {
    PredictionIds ids = new PredictionIds("flights");

    assertThat(
            new String[] {
              ids.of("f1", "hat"),
              ids.of("f1h", "at"),
              ids.of("f2", "hat"),
              ids.of("f1", "arf"),
              new PredictionIds("flightsf").of("1", "hat")
            })
        .doesNotHaveDuplicates();
  }
}
