/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelKeyTest {

  @Test
  void joinsPartsSoThatDifferentPartsNeverMeet() {
    assertThat(ModelKey.join("ATL")).isEqualTo("ATL");
    assertThat(ModelKey.join("a", "b")).isEqualTo("a|b");
    assertThat(ModelKey.join("a|b")).isEqualTo("a\\|b");
    assertThat(ModelKey.join("a\\", "b")).isEqualTo("a\\\\|b");
    assertThat(ModelKey.join("a\\|b")).isEqualTo("a\\\\\\|b");
    assertThat(ModelKey.join("a", "", "b")).isEqualTo("a||b");
  }

  @Test
  void addsTheSlotAsALastPart() {
    assertThat(ModelKey.withSlot(ModelKey.join("a|b"), "hat")).isEqualTo("a\\|b|hat");
    assertThat(ModelKey.withSlot("", "hat")).isEqualTo("|hat");
  }
}
