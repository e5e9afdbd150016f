/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UpdatesTopicIT {

  private static final Duration IMAGES = Duration.ofHours(1);

  @TempDir private Path directory;

  @Test
  void makesATopicThatIsKeptLongerThanImagesAreApartAndRefusesOneThatIsNot() throws Exception {
    try (TestBroker broker = TestBroker.start(directory)) {
      broker.createTopics(
          new NewTopic("flights", 1, (short) 1),
          updates("short", Map.of("retention.ms", "3600000")),
          updates("compacted", Map.of("cleanup.policy", "compact,delete")),
          updates("long", Map.of("retention.ms", "7200000")),
          updates("endless", Map.of("retention.ms", "-1")));
      assertThatThrownBy(() -> prepare(broker, "short"))
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("topic 'short' keeps its records for PT1H")
          .hasMessageContaining("reads PT2H back")
          .hasMessageContaining("--add-config retention.ms=604800000");
      assertThatThrownBy(() -> prepare(broker, "compacted"))
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("cleanup.policy")
          .hasMessageContaining("--add-config cleanup.policy=delete");
      prepare(broker, "long");
      prepare(broker, "endless");
      prepare(broker, "new");

      ConfigResource made = new ConfigResource(ConfigResource.Type.TOPIC, "new");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        var config = admin.describeConfigs(Set.of(made)).all().get().get(made);
        assertThat(config.get("retention.ms").value())
            .isEqualTo(Long.toString(Duration.ofDays(7).toMillis()));
        assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
      }
    }
  }

  private static NewTopic updates(String name, Map<String, String> configs) {
    return new NewTopic(name, 1, (short) 1).configs(configs);
  }

  private static void prepare(TestBroker broker, String topic) throws Exception {
    PipelineSpec spec = TestPipelines.followed(new PipelineSpec.Updates(topic, IMAGES));
    new PipelineTopics(spec, KafkaOptions.of(broker.bootstrapServers(), spec.name())).prepare();
  }
}
