/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic once, as it stands, committed records only. */
public final class CommittedRecords {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private CommittedRecords() {}

  /**
   * Every record, those of a partition in their order.
   *
   * @param kafka properties of a Kafka client, {@code bootstrap.servers} among them
   * @param each takes a record's key as text, "" without one, and its value, null of a tombstone
   * @throws FollowException if no broker answers, there is no such topic, or reading stands still
   */
  public static void read(Properties kafka, String topic, BiConsumer<String, byte[]> each)
      throws FollowException {
    try (KafkaConsumer<byte[], byte[]> consumer = SnapshotFollower.consumer(kafka)) {
      List<PartitionInfo> infos = SnapshotFollower.partitions(consumer, topic);
      Collection<TopicPartition> partitions = new ArrayList<>();
      infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long progress = System.nanoTime();
      while (!isRead(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
          each.accept(key, record.value());
          progress = System.nanoTime();
        }
        if (System.nanoTime() - progress > PATIENCE.toNanos()) {
          throw new FollowException(
              "reading '%s' stands still: nothing came for %d s"
                  .formatted(topic, PATIENCE.toSeconds()),
              null);
        }
      }
    } catch (KafkaException e) {
      throw new FollowException(
          "no broker answered at %s: %s"
              .formatted(
                  kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG), SnapshotFollower.cause(e)),
          e);
    }
  }

  private static boolean isRead(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }
}
