/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaOptionsTest {

  @Test
  void transactionsLastAQuarterOfAnHourUnlessThePropertiesSayOtherwise() {
    assertThat(KafkaOptions.of("a:1", "p").transactionTimeout()).isEqualTo(Duration.ofMinutes(15));
    assertThat(with("60000").transactionTimeout()).isEqualTo(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "0", "-5", "3000000000"})
  void aTransactionTimeoutThatIsNoneIsRefused(String text) {
    assertThatThrownBy(with(text)::transactionTimeout)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "transaction.timeout.ms is '%s', but must be milliseconds from 1 to 2147483647", text);
  }

  @Test
  void aJobWhoseTransactionsEndBeforeItsCheckpointsIsRefused() throws Exception {
    var spec = TestPipelines.trips("trips", "origin", "{field: late, classes: ['no', 'yes']}");

    assertThatThrownBy(() -> KafkaPipeline.build(everyMinute(), spec, with("60000")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "transaction.timeout.ms is 60000, but a checkpoint comes only every 60000 ms");
    assertThat(KafkaPipeline.build(everyMinute(), spec, with("60001"))).isNotNull();
  }

  private static StreamExecutionEnvironment everyMinute() {
    Configuration config = new Configuration();
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMinutes(1));
    return StreamExecutionEnvironment.getExecutionEnvironment(config);
  }

  private static KafkaOptions with(String timeout) {
    return new KafkaOptions(
        "a:1", "g", KafkaOptions.Start.COMMITTED, Map.of("transaction.timeout.ms", timeout));
  }
}
