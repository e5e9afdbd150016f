/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
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
  private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";

  /** A broker's default maximum; Flink's default of an hour is refused by such a broker. */
  private static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  /**
   * Where reading begins.
   *
   * @param millis since the epoch, with {@link Where#TIME}; else 0
   */
  public record Start(Where where, long millis) {

    /** At the oldest record. */
    public static final Start EARLIEST = new Start(Where.EARLIEST, 0);

    /** After the newest record. */
    public static final Start LATEST = new Start(Where.LATEST, 0);

    /** At the group's committed offsets, the oldest record where there are none. */
    public static final Start COMMITTED = new Start(Where.COMMITTED, 0);

    /** Kinds of places. */
    public enum Where {
      EARLIEST,
      LATEST,
      COMMITTED,
      /** At the first record whose Kafka time is not before a time. */
      TIME
    }

    /**
     * @throws IllegalArgumentException naming what is allowed
     */
    public static Start of(String text) {
      for (Start start : List.of(EARLIEST, LATEST, COMMITTED)) {
        if (start.toString().equals(text.toLowerCase(Locale.ROOT))) {
          return start;
        }
      }
      try {
        return new Start(Where.TIME, Instant.parse(text).toEpochMilli());
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "' is not a start; allowed: earliest, latest, committed, or a time such as"
                + " 2001-07-01T00:00:00Z",
            e);
      }
    }

    @Override
    public String toString() {
      return where == Where.TIME
          ? Instant.ofEpochMilli(millis).toString()
          : where.name().toLowerCase(Locale.ROOT);
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

  /**
   * How long a transaction of the job's may be open before the broker aborts it.
   *
   * @throws IllegalArgumentException if the property is not a number of milliseconds
   */
  public Duration transactionTimeout() {
    String text = properties.get(TRANSACTION_TIMEOUT);
    if (text == null) {
      return DEFAULT_TRANSACTION_TIMEOUT;
    }
    try {
      int millis = Integer.parseInt(text.strip());
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException e) {
      throw notMillis(text, e);
    }
    throw notMillis(text, null);
  }

  /**
   * Checks that the job can commit what it writes: a transaction lasts from one checkpoint to the
   * end of the next, and one that the broker has aborted by then is lost.
   *
   * @throws IllegalArgumentException if a transaction may not outlast a checkpoint interval
   */
  void requireTimeToCommit(Duration checkpointInterval) {
    Duration timeout = transactionTimeout();
    if (timeout.compareTo(checkpointInterval) <= 0) {
      throw new IllegalArgumentException(
          ("%s is %d, but a checkpoint comes only every %d ms and commits what was written since"
                  + " the last one: the broker would abort that first. Make it longer than the"
                  + " checkpoint interval and the longest recovery together, or"
                  + " execution.checkpointing.interval shorter")
              .formatted(TRANSACTION_TIMEOUT, timeout.toMillis(), checkpointInterval.toMillis()));
    }
  }

  private static IllegalArgumentException notMillis(String text, Exception causeOrNull) {
    return new IllegalArgumentException(
        "%s is '%s', but must be milliseconds from 1 to %d"
            .formatted(TRANSACTION_TIMEOUT, text, Integer.MAX_VALUE),
        causeOrNull);
  }
}
