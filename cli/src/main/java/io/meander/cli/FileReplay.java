/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.Arrivals;
import io.meander.cli.files.EventFile;
import io.meander.cli.local.Causes;
import io.meander.flink.RawRecord;
import io.meander.flink.events.ArrivalReader;
import io.meander.flink.events.UnfitRecordException;
import io.meander.flink.kafka.RawRecords;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts a file's rows on the events topic, and those of a file of labels on theirs, in the order of
 * their times and numbered from 0 without gaps: single-object Avro under the model key's text. A
 * row that cannot be read is sent as its text, so that the job rejects it with its reason instead
 * of never hearing of it; one that is unfit goes under its key too, if that can be read.
 *
 * <p>{@link #run} belongs to one thread; the counts may be read by any.
 */
final class FileReplay {

  /** All was flushed before, or the broker does not take it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private final PipelineSpec spec;
  private final Path file;
  private final Path labelsOrNull;
  private final KafkaAddress kafka;
  private final long limit;
  private final Pacer pacer;
  private final BinaryMessageEncoder<GenericRecord> encoder;
  private final BinaryMessageEncoder<GenericRecord> labelEncoderOrNull;
  private final ArrivalReader reader;

  private volatile long sent;
  private volatile long unfit;
  private volatile KafkaException refused;

  /**
   * @param labelsOrNull labels, where the spec has them on a topic of their own
   * @param limit events to send at most
   * @param speed how much faster than the events' own times; infinite for regardless of them
   */
  FileReplay(
      PipelineSpec spec,
      Path file,
      Path labelsOrNull,
      KafkaAddress kafka,
      long limit,
      Rate rate,
      double speed) {
    this.spec = spec;
    this.file = file;
    this.labelsOrNull = labelsOrNull;
    this.kafka = kafka;
    this.limit = limit;
    this.pacer = new Pacer(rate, speed);
    this.encoder = new BinaryMessageEncoder<>(new GenericData(), spec.events().schema());
    this.labelEncoderOrNull =
        labelsOrNull == null
            ? null
            : new BinaryMessageEncoder<>(
                new GenericData(), spec.label().topic().orElseThrow().schema());
    this.reader = new ArrivalReader(spec);
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
    run(producer());
  }

  /** As {@link #run()}, by a producer that it closes. */
  void run(Producer<byte[], byte[]> producer) throws IOException, InterruptedException {
    try (Arrivals arrivals = Arrivals.open(file, labelsOrNull, spec, limit, false, null)) {
      for (Arrivals.Arrived next = arrivals.next(); next != null; next = arrivals.next()) {
        if (labelsOrNull != null || next.kind() != RawRecord.Kind.LABEL) {
          send(next, producer);
        } // else it is inside its event, and a job learns it with that
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
  private void send(Arrivals.Arrived arrived, Producer<byte[], byte[]> producer)
      throws IOException, InterruptedException {
    EventFile.Row row = arrived.content();
    boolean isLabel = arrived.kind() == RawRecord.Kind.LABEL;
    byte[] value =
        row.record() == null
            ? row.text().getBytes(StandardCharsets.UTF_8)
            : bytes((isLabel ? labelEncoderOrNull : encoder).encode(row.record()));
    String topic = isLabel ? spec.label().topic().orElseThrow().topic() : spec.events().topic();
    RawRecord raw =
        new RawRecord(
            topic,
            0,
            arrived.row(),
            Observation.NO_TIME,
            null,
            value,
            sent,
            row.unreadable(),
            isLabel ? RawRecord.Kind.LABEL : RawRecord.Kind.EVENT,
            arrived.row());
    String keyOrNull;
    long time = Observation.NO_TIME;
    try {
      Arrival arrival = reader.read(raw);
      keyOrNull = arrival.key();
      time = arrival.time();
    } catch (UnfitRecordException e) {
      keyOrNull = reader.keyOrNull(raw);
      unfit++;
    }
    byte[] key = keyOrNull == null ? null : keyOrNull.getBytes(StandardCharsets.UTF_8);
    if (time == Observation.NO_TIME) {
      pacer.awaitNext();
    } else {
      pacer.awaitNext(time);
    }
    checkTaken();
    // The callback is told of failures.
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(
                topic,
                null,
                key,
                value,
                List.of(
                    number(RawRecords.SEQUENCE_HEADER, sent),
                    number(RawRecords.ROW_HEADER, arrived.row()))),
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

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        kafka.clientProperties(
            Map.of(
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                15_000,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                MAX_REQUEST_BYTES)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static Header number(String name, long number) {
    return new RecordHeader(name, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
