/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic of the update log. It keeps its records for a time, longer than from one image of a key
 * to the next: compaction would leave the last update of a key and take those that it goes on from.
 */
final class UpdatesTopic {

  private final PipelineSpec.Updates updates;
  private final String bootstrapServers;

  UpdatesTopic(PipelineSpec.Updates updates, String bootstrapServers) {
    this.updates = updates;
    this.bootstrapServers = bootstrapServers;
  }

  /** As it is made where it is missing. */
  static NewTopic of(PipelineSpec.Updates updates) {
    return new NewTopic(updates.topic(), Optional.empty(), Optional.empty())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(updates.retention().toMillis())));
  }

  /**
   * Whether followers can do with the topic that is there.
   *
   * @throws TopicsException saying what is wrong and what to do
   */
  void check(Admin admin) throws TopicsException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, updates.topic());
    Config config;
    try {
      config = admin.describeConfigs(Set.of(resource)).all().get().get(resource);
    } catch (ExecutionException e) {
      throw new TopicsException(
          "the settings of topic '%s' at %s cannot be read: %s"
              .formatted(updates.topic(), bootstrapServers, e.getCause().getMessage()),
          e.getCause());
    }
    String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new TopicsException(
          "topic '%s' has cleanup.policy %s, which takes the updates that later ones go on from. Set"
                  .formatted(updates.topic(), cleanup)
              + " it to delete: "
              + alter("cleanup.policy=delete"));
    }
    long retention = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
    if (retention >= 0 && retention < updates.reach().toMillis()) {
      throw new TopicsException(
          "topic '%s' keeps its records for %s, and a new follower reads %s back, twice snapshots.images."
                  .formatted(updates.topic(), Duration.ofMillis(retention), updates.reach())
              + " Have images sent more often, or keep them longer: "
              + alter("retention.ms=" + updates.retention().toMillis()));
    }
  }

  private String alter(String setting) {
    return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config %s"
        .formatted(bootstrapServers, updates.topic(), setting);
  }
}
