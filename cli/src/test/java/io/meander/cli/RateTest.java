/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RateTest {

  private final Rate.Converter converter = new Rate.Converter();

  @Test
  void readsANumberWithOrWithoutItsUnit() {
    assertThat(converter.convert("2000/s")).isEqualTo(new Rate(2000));
    assertThat(converter.convert("2000")).isEqualTo(new Rate(2000));
    assertThat(converter.convert("0.5/s")).isEqualTo(new Rate(0.5));
    assertThat(converter.convert("max").isLimited()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "fast", "2000/m", "1e400", "/s"})
  void refusesWhatIsNoRate(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("write 2000/s, 2000 or max");
  }
}
