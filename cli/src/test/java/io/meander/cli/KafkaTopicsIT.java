/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.LoopbackPorts;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KafkaTopicsIT {

  @TempDir Path directory;

  @Test
  void createsATopicOnlyIfAskedTo() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()))) {
      assertThat(topics.require("flights", 4, true)).isTrue();
      assertThat(topics.require("flights", 4, false)).isFalse();

      assertThatThrownBy(() -> topics.require("flihgts", 4, false))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("There is no topic 'flihgts' at " + broker.bootstrapServers())
          .hasMessageContaining("did you mean 'flights'?")
          .hasMessageContaining("--create --topic flihgts --partitions 4");
    }
  }

  /** A broker may answer that it made a topic before it knows the topic itself. */
  @Test
  void waitsForEachOfManyTopicsUntilItsLeadersAnswer() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()))) {
      for (int i = 0; i < 150; i++) {
        assertThat(topics.require("topic-" + i, 4, true)).isTrue();
      }
    }
  }

  @Test
  void saysThatNoBrokerAnswersInBoundedTime() throws Exception {
    String nobody = "127.0.0.1:" + LoopbackPorts.free();
    try (KafkaTopics topics = new KafkaTopics(KafkaAddress.of(nobody))) {
      assertThatThrownBy(() -> topics.require("flights", 1, false))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("No Kafka broker answered at " + nobody);
    }
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatThrownBy(() -> new KafkaTopics(KafkaAddress.of("localhost")).close())
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--bootstrap-servers 'localhost'")
        .hasMessageContaining("Give host:port");
  }
}
