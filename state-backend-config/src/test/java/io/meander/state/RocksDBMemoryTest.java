/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.RocksDBMemoryControllerUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RocksDBMemoryTest {

  private static final double FLINKS_RATIO = 0.5;

  @Test
  void dividesAsTheExampleSays() {
    RocksDBMemory memory = RocksDBMemory.of(MemorySize.parse("512mb"), FLINKS_RATIO);

    assertThat(memory.blockCache() >> 20).isEqualTo(426);
    assertThat(memory.writeBuffers() >> 20).isEqualTo(170);
    assertThat(memory.flushLimit() >> 20).isEqualTo(149);
  }

  @Test
  void dividesAsFlinkDoes() {
    MemorySize managed = MemorySize.parse("1234567890b");

    assertThat(RocksDBMemory.of(managed, 0.3).blockCache())
        .isEqualTo(
            RocksDBMemoryControllerUtils.calculateActualCacheCapacity(managed.getBytes(), 0.3));
  }

  @ParameterizedTest
  @EnumSource(RocksDBPreset.class)
  void theLeastManagedMemorySuitsThePresetAndLessDoesNot(RocksDBPreset preset) {
    MemorySize least = RocksDBMemory.leastManaged(preset, FLINKS_RATIO);

    assertThat(RocksDBMemory.of(least, FLINKS_RATIO).suits(preset)).isTrue();
    assertThat(RocksDBMemory.of(least.multiply(0.99), FLINKS_RATIO).suits(preset)).isFalse();
  }

  @Test
  void refusesARatioOutsideItsRange() {
    assertThatThrownBy(() -> RocksDBMemory.of(MemorySize.parse("1g"), 1))
        .hasMessageContaining("between 0 and 1");
  }
}
