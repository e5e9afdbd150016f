/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidMetadataException;

/**
 * Waits for the leaders of topics that were just created.
 *
 * <p>A broker names a partition's leader to clients a moment before that leader takes records. A
 * producer with several requests on their way may then have the first refused and the second taken,
 * after which the first is refused as out of order until its time is over, two minutes later, and
 * is lost (KAFKA-15591). Who creates a topic therefore waits here before anybody sends.
 */
public final class PartitionLeaders {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private PartitionLeaders() {}

  /**
   * Returns once the leader of every partition of a created topic answers.
   *
   * @param created what {@link Admin#createTopics} returned
   * @param topic one of its topics
   * @param patience the longest to wait for Kafka to answer that it made the topic, and again for
   *     the leaders
   * @throws ExecutionException if the topic was not created, or Kafka's reason for not answering
   * @throws TimeoutException if it does not answer in time
   */
  public static void await(Admin admin, CreateTopicsResult created, String topic, Duration patience)
      throws ExecutionException, InterruptedException, TimeoutException {
    int partitions = created.numPartitions(topic).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (!answer(admin, ends, deadline)) {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  /** Asks once. The client asks no second time where a broker does not know the topic yet. */
  private static boolean answer(Admin admin, Map<TopicPartition, OffsetSpec> ends, long deadline)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin.listOffsets(ends).all().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InvalidMetadataException && System.nanoTime() < deadline) {
        return false;
      }
      throw e;
    }
  }
}
