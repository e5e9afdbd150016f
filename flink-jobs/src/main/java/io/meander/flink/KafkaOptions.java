/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * How a job talks to Kafka. Immutable.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param group consumer group of the events, under which offsets are committed; also the first part
 *     of transactional ids, so two jobs that write at the same time must not share it
 * @param start where reading begins if the job starts without a checkpoint or savepoint
 * @param properties for every Kafka client of the job, security for example
 */
public record KafkaOptions(
    String bootstrapServers, String group, Start start, Map<String, String> properties) {

  private static final String MAX_REQUEST_SIZE = "max.request.size";
  private static final int DEFAULT_MAX_REQUEST_BYTES = 1024 * 1024;

  /** Where reading begins. */
  public enum Start {
    /** At the oldest record. */
    EARLIEST,
    /** After the newest record. */
    LATEST,
    /** At the group's committed offsets, the oldest record where there are none. */
    COMMITTED;

    /**
     * @throws IllegalArgumentException naming what is allowed
     */
    public static Start of(String text) {
      for (Start start : values()) {
        if (start.toString().equals(text.toLowerCase(Locale.ROOT))) {
          return start;
        }
      }
      throw new IllegalArgumentException(
          "'" + text + "' is not a start; allowed: earliest, latest, committed");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public KafkaOptions {
    properties = Map.copyOf(properties);
  }

  /** The defaults for a pipeline: its own group, from the committed offsets. */
  public static KafkaOptions of(String bootstrapServers, String pipeline) {
    return new KafkaOptions(bootstrapServers, defaultGroup(pipeline), Start.COMMITTED, Map.of());
  }

  public static String defaultGroup(String pipeline) {
    return "meander-" + pipeline;
  }

  /** For a Kafka client; a copy. */
  public Properties clientProperties() {
    Properties copy = new Properties();
    copy.putAll(properties);
    copy.setProperty("bootstrap.servers", bootstrapServers);
    return copy;
  }

  /** The largest request a producer of the job sends, in bytes. */
  public int maxRequestBytes() {
    String text = properties.get(MAX_REQUEST_SIZE);
    return text == null ? DEFAULT_MAX_REQUEST_BYTES : Integer.parseInt(text.strip());
  }
}
