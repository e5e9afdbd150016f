/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.EventFile;
import io.meander.cli.local.Causes;
import io.meander.flink.RawRecord;
import io.meander.flink.events.EventReader;
import io.meander.flink.events.UnfitRecordException;
import io.meander.flink.kafka.RawRecords;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts a file's rows on the events topic, numbered from 0 without gaps: single-object Avro under
 * the model key's text. A row that cannot be read is sent as its text, so that the job rejects it
 * with its reason instead of never hearing of it.
 *
 * <p>{@link #run} belongs to one thread; the counts may be read by any.
 */
final class FileReplay {

  /** All was flushed before, or the broker does not take it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private final PipelineSpec spec;
  private final Path file;
  private final String bootstrapServers;
  private final long limit;
  private final Pacer pacer;
  private final BinaryMessageEncoder<GenericRecord> encoder;
  private final EventReader reader;

  private volatile long sent;
  private volatile long unfit;
  private volatile KafkaException refused;

  /**
   * @param limit rows to send at most
   * @param speed how much faster than the events' own times; infinite for regardless of them
   */
  FileReplay(
      PipelineSpec spec, Path file, String bootstrapServers, long limit, Rate rate, double speed) {
    this.spec = spec;
    this.file = file;
    this.bootstrapServers = bootstrapServers;
    this.limit = limit;
    this.pacer = new Pacer(rate, speed);
    this.encoder = new BinaryMessageEncoder<>(new GenericData(), spec.events().schema());
    this.reader = new EventReader(spec);
  }

  /** Rows sent so far. */
  long sent() {
    return sent;
  }

  /** Of those, rows that the job will reject. */
  long unfit() {
    return unfit;
  }

  /**
   * Sends all and waits until the broker has it.
   *
   * @throws CommandFailure if the broker does not take it
   */
  void run() throws IOException, InterruptedException {
    KafkaProducer<byte[], byte[]> producer = producer();
    try (EventFile rows = EventFile.open(file, spec.events().schema())) {
      Iterator<EventFile.Row> iterator = rows.rows();
      while (sent < limit && iterator.hasNext()) {
        send(iterator.next(), producer);
      }
      producer.flush();
      checkTaken();
    } catch (KafkaException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw new CommandFailure(
          "Sending row %d of %s to topic '%s' failed: %s"
              .formatted(sent, file, spec.events().topic(), Causes.root(e)),
          e);
    } finally {
      producer.close(CLOSE_TIMEOUT);
    }
  }

  // Only this thread writes the counts.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void send(EventFile.Row row, KafkaProducer<byte[], byte[]> producer)
      throws IOException, InterruptedException {
    byte[] value =
        row.record() == null
            ? row.text().getBytes(StandardCharsets.UTF_8)
            : bytes(encoder.encode(row.record()));
    String topic = spec.events().topic();
    byte[] key = null;
    long eventTime = Observation.NO_TIME;
    try {
      Observation event =
          reader.read(
              new RawRecord(
                  topic, 0, sent, Observation.NO_TIME, null, value, sent, row.unreadable()));
      key = event.key().getBytes(StandardCharsets.UTF_8);
      eventTime = event.eventTime();
    } catch (UnfitRecordException e) {
      unfit++;
    }
    if (eventTime == Observation.NO_TIME) {
      pacer.awaitNext();
    } else {
      pacer.awaitNext(eventTime);
    }
    checkTaken();
    // The callback is told of failures.
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(topic, null, key, value, List.of(sequence(sent))),
            (metadata, e) -> {
              if (e != null && refused == null) {
                refused = e instanceof KafkaException kafka ? kafka : new KafkaException(e);
              }
            });
    sent++;
  }

  private void checkTaken() {
    if (refused != null) {
      throw refused;
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            15_000,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            MAX_REQUEST_BYTES),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static Header sequence(long number) {
    return new RecordHeader(
        RawRecords.SEQUENCE_HEADER, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
