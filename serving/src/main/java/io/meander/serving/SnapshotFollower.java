/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.features.NearestName;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a pipeline's snapshot topic from its start, and its update log from as far back as images
 * reach if the models are to follow that, committed records only, into {@link FollowedModels}.
 * Keeps no offsets: after a restart it reads the topics again and holds the same models. Reading
 * goes on on a thread of its own until {@link #close}.
 */
public final class SnapshotFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFollower.class);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PARTITIONS_EACH = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final String topic;
  private final String updatesOrNull;
  private final Properties kafka;
  private final FollowedModels models;
  private final Consumer<byte[], byte[]> consumer;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Map<TopicPartition, Long> startEnds = new HashMap<>();
  private final Set<TopicPartition> assigned = new HashSet<>();

  private Instant partitionsAt = Instant.MIN;

  /** When Kafka answered last. */
  private volatile Instant heardAt;

  /** Why nothing is read at the moment, or null. */
  private volatile String failureOrNull;

  private volatile boolean closed;

  /**
   * Begins to follow.
   *
   * @param kafka properties of a Kafka client, {@code bootstrap.servers} among them
   * @param topic of the snapshots
   * @throws FollowException if no broker answers or there is no such topic
   */
  public static SnapshotFollower start(Properties kafka, String topic, FollowedModels models)
      throws FollowException {
    KafkaConsumer<byte[], byte[]> consumer = consumer(kafka);
    SnapshotFollower follower =
        new SnapshotFollower(kafka, consumer, topic, models, Clock.systemUTC());
    try {
      follower.assign();
    } catch (KafkaException e) {
      consumer.close();
      throw new FollowException(
          "no broker answered at %s: %s"
              .formatted(kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG), cause(e)),
          e);
    } catch (FollowException e) {
      consumer.close();
      throw e;
    }
    follower.thread.start();
    return follower;
  }

  /** Of committed records, from the start. */
  static KafkaConsumer<byte[], byte[]> consumer(Properties kafka) throws FollowException {
    Properties properties = new Properties();
    properties.putAll(kafka);
    properties.putIfAbsent(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    try {
      return new KafkaConsumer<>(
          properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new FollowException("a Kafka client cannot be made: " + cause(e), e);
    }
  }

  /**
   * @throws FollowException if there is no such topic, with those of similar names
   */
  static List<PartitionInfo> partitions(Consumer<byte[], byte[]> consumer, String topic)
      throws FollowException {
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) {
      Collection<String> topics = consumer.listTopics().keySet();
      throw new FollowException(
          "there is no topic '%s'%s. The job of the pipeline makes it when it starts."
              .formatted(topic, NearestName.suggestion(topic, topics)),
          null);
    }
    return infos;
  }

  private SnapshotFollower(
      Properties kafka,
      Consumer<byte[], byte[]> consumer,
      String topic,
      FollowedModels models,
      Clock clock) {
    this.kafka = kafka;
    this.consumer = consumer;
    this.topic = topic;
    this.updatesOrNull = models.updates().map(u -> u.updates().topic()).orElse(null);
    this.models = models;
    this.clock = clock;
    this.heardAt = clock.instant();
    this.thread = new Thread(this::run, "snapshots-" + topic);
    this.thread.setDaemon(true);
  }

  /** Whether all that was in the topic at the start has been read. */
  public boolean isCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /**
   * @return whether all that was in the topic at the start was read in time
   */
  public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
    return caughtUp.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Why what is held may be behind the topic; empty if it is not. */
  public Optional<String> whyNotReady() {
    if (!isCaughtUp()) {
      return Optional.of("the snapshots of " + topic + " are still being read");
    }
    if (failureOrNull != null) {
      return Optional.of("reading " + topic + " fails: " + failureOrNull);
    }
    Duration silence = Duration.between(heardAt, clock.instant());
    return silence.compareTo(LONGEST_SILENCE) < 0
        ? Optional.empty()
        : Optional.of("Kafka has not answered for " + silence.toSeconds() + " s");
  }

  /** Stops reading; what is held stays. */
  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (consumer) {
      while (!closed) {
        try {
          if (partitionsAt.plus(PARTITIONS_EACH).isBefore(clock.instant())) {
            assign();
          }
          consumer.poll(POLL).forEach(this::take);
          checkCaughtUp();
          failureOrNull = null;
        } catch (WakeupException e) {
          // closed
        } catch (KafkaException | FollowException e) {
          failed(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void failed(Exception e) throws InterruptedException {
    String failure = cause(e);
    if (!failure.equals(failureOrNull)) {
      LOG.warn("Reading {} failed, and is tried again: {}", topic, failure, e);
    }
    failureOrNull = failure;
    if (!(e instanceof RetriableException)) {
      Thread.sleep(AFTER_FAILURE.toMillis());
    }
  }

  /** All partitions, those that were added since too. */
  private void assign() throws FollowException {
    Set<TopicPartition> found = new HashSet<>(partitionsOf(topic));
    if (updatesOrNull != null) {
      found.addAll(partitionsOf(updatesOrNull));
    }
    heardAt = clock.instant();
    partitionsAt = heardAt;
    Set<TopicPartition> added = new HashSet<>(found);
    added.removeAll(assigned);
    if (added.isEmpty()) {
      return;
    }
    boolean first = assigned.isEmpty();
    Map<TopicPartition, Long> starts = first && updatesOrNull != null ? updateStarts() : Map.of();
    assigned.addAll(added);
    consumer.assign(assigned);
    consumer.seekToBeginning(added);
    starts.forEach(consumer::seek);
    if (first) {
      startEnds.putAll(consumer.endOffsets(added));
    }
  }

  private Set<TopicPartition> partitionsOf(String name) throws FollowException {
    Set<TopicPartition> found = new HashSet<>();
    partitions(consumer, name)
        .forEach(info -> found.add(new TopicPartition(name, info.partition())));
    return found;
  }

  /** Where images of all keys are that learned lately, as long as the job has run lately. */
  private Map<TopicPartition, Long> updateStarts() throws FollowException {
    try (Admin admin = Admin.create(kafka)) {
      Map<TopicPartition, OffsetSpec> newest = new HashMap<>();
      partitionsOf(updatesOrNull).forEach(p -> newest.put(p, OffsetSpec.maxTimestamp()));
      long reach = models.updates().orElseThrow().updates().reach().toMillis();
      Map<TopicPartition, Long> times = new HashMap<>();
      for (var found : admin.listOffsets(newest).all().get().entrySet()) {
        if (found.getValue().timestamp() >= 0) {
          times.put(found.getKey(), Math.max(0, found.getValue().timestamp() - reach));
        }
      }
      Map<TopicPartition, Long> starts = new HashMap<>();
      for (var found : consumer.offsetsForTimes(times).entrySet()) {
        if (found.getValue() != null) {
          starts.put(found.getKey(), found.getValue().offset());
        }
      }
      return starts;
    } catch (ExecutionException | KafkaException e) {
      throw new FollowException(
          "the offsets of %s are not told: %s".formatted(updatesOrNull, cause(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FollowException("interrupted", e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    heardAt = clock.instant();
    boolean update = record.topic().equals(updatesOrNull);
    if (record.value() == null) {
      if (!update) {
        remove(record);
      }
      return;
    }
    try {
      if (update) {
        models.takeUpdate(record.value());
      } else {
        models.take(record.value());
      }
    } catch (SnapshotException e) {
      LOG.warn(
          "Refused {}-{} offset {}: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  private void remove(ConsumerRecord<byte[], byte[]> tombstone) {
    if (tombstone.key() == null) {
      return;
    }
    String text = new String(tombstone.key(), StandardCharsets.UTF_8);
    int cut = text.lastIndexOf('|');
    if (cut > 0) {
      models.remove(text.substring(0, cut), text.substring(cut + 1));
    }
  }

  private void checkCaughtUp() {
    if (caughtUp.getCount() == 0) {
      return;
    }
    for (Map.Entry<TopicPartition, Long> end : startEnds.entrySet()) {
      if (consumer.position(end.getKey()) < end.getValue()) {
        return;
      }
    }
    caughtUp.countDown();
  }

  static String cause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
