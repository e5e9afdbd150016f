/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads a snapshot topic once, as it stands. */
public final class SnapshotTopic {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private SnapshotTopic() {}

  /**
   * The newest committed record under each record key, whatever it holds.
   *
   * @param kafka properties of a Kafka client, {@code bootstrap.servers} among them
   * @return values by record key, in the order of the keys
   * @throws FollowException if no broker answers, there is no such topic, or reading stands still
   */
  public static Map<String, byte[]> newest(Properties kafka, String topic) throws FollowException {
    try (KafkaConsumer<byte[], byte[]> consumer = SnapshotFollower.consumer(kafka)) {
      List<PartitionInfo> infos = SnapshotFollower.partitions(consumer, topic);
      Collection<TopicPartition> partitions = new ArrayList<>();
      infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<String, byte[]> newest = new TreeMap<>();
      long progress = System.nanoTime();
      while (!isRead(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          progress = System.nanoTime();
          String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            newest.remove(key);
          } else {
            newest.put(key, record.value());
          }
        }
        if (System.nanoTime() - progress > PATIENCE.toNanos()) {
          throw new FollowException(
              "reading '%s' stands still: nothing came for %d s"
                  .formatted(topic, PATIENCE.toSeconds()),
              null);
        }
      }
      return newest;
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
