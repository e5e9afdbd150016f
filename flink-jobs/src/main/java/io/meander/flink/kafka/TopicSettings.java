/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;

/** The settings of a topic that is there, the broker's own where the topic has none. */
final class TopicSettings {

  private final String topic;
  private final String bootstrapServers;
  private final Config config;

  private TopicSettings(String topic, String bootstrapServers, Config config) {
    this.topic = topic;
    this.bootstrapServers = bootstrapServers;
    this.config = config;
  }

  /**
   * @throws TopicsException if they cannot be read
   */
  static TopicSettings read(Admin admin, String topic, String bootstrapServers)
      throws TopicsException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config = admin.describeConfigs(Set.of(resource)).all().get().get(resource);
      return new TopicSettings(topic, bootstrapServers, config);
    } catch (ExecutionException e) {
      throw new TopicsException(
          ("the settings of topic '%s' at %s cannot be read: %s. They are checked when a job starts,"
                  + " which needs the right DescribeConfigs on the topic")
              .formatted(topic, bootstrapServers, e.getCause().getMessage()),
          e.getCause());
    }
  }

  String text(String name) {
    return config.get(name).value();
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  /** The command that sets one, for people to run. */
  String alter(String setting) {
    return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config %s"
        .formatted(bootstrapServers, topic, setting);
  }
}
