/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
                Long.toString(updates.retention().toMillis()),
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1"));
  }

  /**
   * Whether followers can do with the topic that is there.
   *
   * @throws TopicsException saying what is wrong and what to do
   */
  void check(Admin admin) throws TopicsException, InterruptedException {
    TopicSettings settings = TopicSettings.read(admin, updates.topic(), bootstrapServers);
    String cleanup = settings.text(TopicConfig.CLEANUP_POLICY_CONFIG);
    if (cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new TopicsException(
          "topic '%s' has cleanup.policy %s, which takes the updates that later ones go on from. Set"
                  .formatted(updates.topic(), cleanup)
              + " it to delete: "
              + settings.alter("cleanup.policy=delete"));
    }
    long retention = settings.number(TopicConfig.RETENTION_MS_CONFIG);
    if (retention >= 0 && retention < updates.reach().toMillis()) {
      throw new TopicsException(
          "topic '%s' keeps its records for %s, and a new follower reads %s back, twice snapshots.images."
                  .formatted(updates.topic(), Duration.ofMillis(retention), updates.reach())
              + " Have images sent more often, or keep them longer: "
              + settings.alter("retention.ms=" + updates.retention().toMillis()));
    }
    long bytes = settings.number(TopicConfig.RETENTION_BYTES_CONFIG);
    if (bytes >= 0) {
      throw new TopicsException(
          "topic '%s' keeps %d bytes a partition, whatever time they span, and a new follower reads %s back. Bound it by time alone: %s"
              .formatted(
                  updates.topic(), bytes, updates.reach(), settings.alter("retention.bytes=-1")));
    }
  }
}
