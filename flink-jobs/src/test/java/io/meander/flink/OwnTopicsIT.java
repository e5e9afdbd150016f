/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The topics that a job makes, and those made by hand that it refuses. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OwnTopicsIT {

  private static final Duration IMAGES = Duration.ofHours(1);

  @TempDir private Path directory;

  @Test
  void makesATopicThatIsKeptLongerThanImagesAreApartAndRefusesOneThatIsNot() throws Exception {
    try (TestBroker broker = TestBroker.start(directory)) {
      broker.createTopics(
          new NewTopic("flights", 1, (short) 1),
          topic("short", Map.of("retention.ms", "3600000")),
          topic("compacted", Map.of("cleanup.policy", "compact,delete")),
          topic("bounded", Map.of("retention.ms", "-1", "retention.bytes", "1048576")),
          topic("long", Map.of("retention.ms", "7200000")),
          topic("endless", Map.of("retention.ms", "-1")));
      assertThatThrownBy(() -> prepare(broker, "short"))
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("topic 'short' keeps its records for PT1H")
          .hasMessageContaining("reads PT2H back")
          .hasMessageContaining("--add-config retention.ms=604800000");
      assertThatThrownBy(() -> prepare(broker, "compacted"))
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("cleanup.policy")
          .hasMessageContaining("--add-config cleanup.policy=delete");
      assertThatThrownBy(() -> prepare(broker, "bounded"))
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("topic 'bounded' keeps 1048576 bytes a partition")
          .hasMessageContaining("--add-config retention.bytes=-1");
      prepare(broker, "long");
      prepare(broker, "endless");
      prepare(broker, "new");

      ConfigResource made = new ConfigResource(ConfigResource.Type.TOPIC, "new");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        var config = admin.describeConfigs(Set.of(made)).all().get().get(made);
        assertThat(config.get("retention.ms").value())
            .isEqualTo(Long.toString(Duration.ofDays(7).toMillis()));
        assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
        assertThat(config.get("retention.bytes").value()).isEqualTo("-1");
      }
    }
  }

  @Test
  void refusesATopicOfSnapshotsThatForgetsTheModelsOfQuietKeys() throws Exception {
    PipelineSpec spec = TestPipelines.flights();
    String name = spec.topics().snapshots();
    try (TestBroker broker = TestBroker.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      PipelineTopics topics =
          new PipelineTopics(spec, KafkaOptions.of(broker.bootstrapServers(), spec.name()));
      broker.createTopics(
          new NewTopic("flights", 1, (short) 1), topic(name, Map.of("cleanup.policy", "delete")));
      assertThatThrownBy(topics::prepare)
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("topic '%s' has cleanup.policy delete", name)
          .hasMessageContaining("--topic %s --add-config cleanup.policy=compact", name);
      setCleanup(admin, name, "compact,delete");
      assertThatThrownBy(topics::prepare)
          .isInstanceOf(TopicsException.class)
          .hasMessageContaining("topic '%s' has cleanup.policy compact,delete", name);
      setCleanup(admin, name, "compact");
      assertThat(topics.prepare()).isEmpty();
    }
  }

  private static void setCleanup(Admin admin, String topic, String policy) throws Exception {
    AlterConfigOp set =
        new AlterConfigOp(new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET);
    admin
        .incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(set)))
        .all()
        .get();
  }

  private static NewTopic topic(String name, Map<String, String> configs) {
    return new NewTopic(name, 1, (short) 1).configs(configs);
  }

  private static void prepare(TestBroker broker, String topic) throws Exception {
    PipelineSpec spec = TestPipelines.followed(new PipelineSpec.Updates(topic, IMAGES));
    new PipelineTopics(spec, KafkaOptions.of(broker.bootstrapServers(), spec.name())).prepare();
  }
}
