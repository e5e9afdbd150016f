/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  @Test
  void splitsIntoThePartsThatWereJoined() {
    String[][] keys = {
      {""},
      {"ATL"},
      {"a", "b"},
      {"", ""},
      {"a", "", "b"},
      {"a|b"},
      {"a\\", "b"},
      {"|", "\\|\\", "\\"}
    };
    for (String[] parts : keys) {
      assertThat(ModelKey.split(ModelKey.join(parts))).containsExactly(parts);
    }
    assertThat(ModelKey.split(ModelKey.withSlot(ModelKey.join("a|b", "c"), "hat")))
        .containsExactly("a|b", "c", "hat");
  }

  @Test
  void doesNotSplitWhatEndsInAnEscape() {
    assertThatThrownBy(() -> ModelKey.split("a\\"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a\\' is not a model key");
  }
}
