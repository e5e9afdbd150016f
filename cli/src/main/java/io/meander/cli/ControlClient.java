/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.MalformedEventException;
import io.meander.avro.Rollback;
import io.meander.cli.local.Causes;
import io.meander.serving.CommittedRecords;
import io.meander.serving.FollowException;
import io.meander.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends commands to one pipeline's control topic and waits, in bounded time, for the
 * acknowledgement of each.
 */
final class ControlClient implements AutoCloseable {

  static final long SEAL_SECONDS = 600;
  static final long DEFAULT_SECONDS = 30;
  private static final Duration BROKER = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final PipelineSpec spec;
  private final KafkaAddress kafka;
  private final long seconds;
  private final Path specFile;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param seconds to wait for an answer
   * @throws CommandFailure if no broker answers, or the pipeline's topics are not there
   */
  ControlClient(PipelineSpec spec, KafkaAddress kafka, long seconds, Path specFile) {
    this.spec = spec;
    this.kafka = kafka;
    this.seconds = seconds;
    this.specFile = specFile;
    try (KafkaTopics topics = new KafkaTopics(kafka)) {
      if (!topics.has(spec.topics().control()) || !topics.has(spec.topics().controlAcks())) {
        throw new CommandFailure(
            """
            There is no topic '%s' or '%s' at %s: the job of '%s' never ran there.
            Start it first: ./meander run %s %s"""
                .formatted(
                    spec.topics().control(),
                    spec.topics().controlAcks(),
                    kafka.bootstrapServers(),
                    spec.name(),
                    specFile,
                    kafka));
      }
    }
    producer =
        new KafkaProducer<>(
            kafka.clientProperties(Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, BROKER.toMillis())),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            kafka.clientProperties(
                Map.of(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) BROKER.toMillis())),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /**
   * @param kind sets the one kind that the command is of
   * @throws CommandFailure if no answer comes in time, with what to do
   */
  ControlAck send(Consumer<ControlCommand.Builder> kind) {
    ControlCommand.Builder builder =
        ControlCommand.newBuilder()
            .setCommandId(UUID.randomUUID().toString())
            .setPipeline(spec.name())
            .setIssuedAt(Instant.now());
    kind.accept(builder);
    ControlCommand command = builder.build();
    try {
      seekToEnd();
      byte[] bytes = AvroEncoding.encode(command);
      producer
          .send(new ProducerRecord<>(spec.topics().control(), 0, null, bytes))
          .get(BROKER.toSeconds() + 1, TimeUnit.SECONDS);
      return await(command.getCommandId());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    } catch (KafkaException | ExecutionException | TimeoutException e) {
      throw new CommandFailure(
          "The command could not be sent to '%s' at %s: %s"
              .formatted(spec.topics().control(), kafka.bootstrapServers(), Causes.root(e)),
          e);
    }
  }

  private void seekToEnd() {
    List<TopicPartition> partitions =
        consumer.partitionsFor(spec.topics().controlAcks()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // before the command is sent, not at the first poll
  }

  private ControlAck await(String id) {
    long until = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    while (System.nanoTime() < until) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Optional<ControlAck> ack = decode(record).filter(a -> a.getCommandId().equals(id));
        if (ack.isPresent()) {
          return ack.get();
        }
      }
    }
    throw new CommandFailure(
        """
        No answer on '%s' within %d s. The command is on '%s': a job that starts later takes it up.
        Is the job of '%s' running, against this broker? If not: ./meander run %s %s
        If it is, it may be catching up or restarting: look at its log, wait, and see what holds with
          ./meander control status %s %s"""
            .formatted(
                spec.topics().controlAcks(),
                seconds,
                spec.topics().control(),
                spec.name(),
                specFile,
                kafka,
                specFile,
                kafka));
  }

  /**
   * Where payloads are that the commands on a pipeline's control topic name: a job that is down, or
   * goes back to a checkpoint, reads them yet. What is no command names nothing.
   */
  static Set<String> payloads(PipelineSpec spec, KafkaAddress kafka) throws FollowException {
    Set<String> uris = new HashSet<>();
    CommittedRecords.read(
        kafka.clientProperties(),
        spec.topics().control(),
        (key, value) -> {
          try {
            Rollback rollback =
                value == null
                    ? null
                    : AvroEncoding.decode(value, ControlCommand.class).getRollback();
            if (rollback != null && rollback.getPayloadUri() != null) {
              uris.add(rollback.getPayloadUri());
            }
          } catch (MalformedEventException e) {
            // The gate rejects it.
          }
        });
    return uris;
  }

  /** Empty for what is no acknowledgement: somebody else's. */
  private static Optional<ControlAck> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(AvroEncoding.decode(record.value(), ControlAck.class));
    } catch (MalformedEventException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
