/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic of the published models. It is compacted and nothing else, so that it holds the newest
 * model of each key and slot however long ago that was: with deletion too, the models of quiet keys
 * would go, and the sweep would take their payloads.
 */
final class SnapshotsTopic {

  private SnapshotsTopic() {}

  /** As it is made where it is missing. */
  static NewTopic of(String topic) {
    return new NewTopic(topic, Optional.empty(), Optional.empty())
        .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  /**
   * Whether the topic that is there keeps the newest models.
   *
   * @throws TopicsException saying what is wrong and what to do
   */
  static void check(Admin admin, String topic, String bootstrapServers)
      throws TopicsException, InterruptedException {
    TopicSettings settings = TopicSettings.read(admin, topic, bootstrapServers);
    String cleanup = settings.text(TopicConfig.CLEANUP_POLICY_CONFIG);
    if (!cleanup.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new TopicsException(
          "topic '%s' has cleanup.policy %s and must keep the newest model of each key and slot for good. Set it to compact: %s"
              .formatted(topic, cleanup, settings.alter("cleanup.policy=compact")));
    }
  }
}
