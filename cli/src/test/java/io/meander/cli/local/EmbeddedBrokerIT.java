/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedBrokerIT {

  @TempDir Path directory;

  @Test
  void keepsWhatItWasSentEvenOldRecordsAndStopsWithoutLeavingThreads() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      broker.createTopics(List.of(new NewTopic("events", 2, (short) 1)));
      try (var producer =
          new KafkaProducer<>(
              Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
              new StringSerializer(),
              new StringSerializer())) {
        producer.send(new ProducerRecord<>("events", 1, 981_000_000_000L, "ORD", "old")).get();
      }
      assertThat(read(broker, new TopicPartition("events", 1))).isEqualTo("old");
    }

    Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
    left.removeAll(before);
    left.removeIf(thread -> thread.getName().startsWith("metrics-meter-tick-thread"));
    for (Thread thread : left) {
      thread.join(Duration.ofSeconds(10).toMillis());
    }
    assertThat(left).noneMatch(Thread::isAlive);
  }

  @Test
  void startsAgainOnTheDirectoryOfAnEarlierRun() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      broker.createTopics(List.of(new NewTopic("events", 1, (short) 1)));
    }
    try (EmbeddedBroker again = EmbeddedBroker.start(directory, 0)) {
      assertThatThrownBy(() -> again.createTopics(List.of(new NewTopic("events", 1, (short) 1))))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining("'events' already exists");
    }
  }

  /** Without waiting for the leaders, some of the first requests are lost (KAFKA-15591). */
  @Test
  void takesAllThatIsSentAtOnceOnceItsTopicsAreCreated() throws Exception {
    int partitions = 200;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      try (var producer =
          new KafkaProducer<>(
              Map.<String, Object>of(
                  "bootstrap.servers", broker.bootstrapServers(),
                  "batch.size", 0,
                  "request.timeout.ms", 5000,
                  "delivery.timeout.ms", 20_000),
              new StringSerializer(),
              new StringSerializer())) {
        broker.createTopics(List.of(new NewTopic("many", partitions, (short) 1)));
        for (int i = 0; i < 10 * partitions; i++) {
          sent.add(producer.send(new ProducerRecord<>("many", i % partitions, "", "" + i)));
        }
      }
      assertThat(sent).allSatisfy(one -> assertThat(one.get().offset()).isLessThan(10));
    }
  }

  @Test
  void saysThatAPortIsUsed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, taken.getLocalPort()))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " on 127.0.0.1 is in use");
    }
  }

  @Test
  void saysThatItsDirectoryCannotBeMade() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");

    assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("broker"), 0))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("did not start in")
        .hasMessageContaining("file");
  }

  private static String read(EmbeddedBroker broker, TopicPartition partition) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      var records = consumer.poll(Duration.ofSeconds(30));
      return records.iterator().next().value();
    }
  }
}
