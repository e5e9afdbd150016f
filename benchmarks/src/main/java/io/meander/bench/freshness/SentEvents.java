/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.freshness;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.Prediction;
import io.meander.serving.FollowedModels;
import io.meander.serving.UnknownModelException;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends events at a fixed rate, one key after another, and notes by each one's place in its key how
 * long after it was due it was answered and served. All times are milliseconds of this machine's
 * clock.
 */
final class SentEvents implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(1);
  private static final long LONGEST_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final PipelineSpec spec;
  private final FollowedModels models;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ExecutorService readers = Executors.newFixedThreadPool(2);

  /** When an event was due, by its id. */
  private final ConcurrentHashMap<String, Long> due = new ConcurrentHashMap<>();

  private final Histogram answered = new Histogram(LONGEST_MILLIS, 3);
  private final Histogram sent = new Histogram(LONGEST_MILLIS, 3);
  private final Histogram served = new Histogram(LONGEST_MILLIS, 3);

  SentEvents(PipelineSpec spec, Properties kafka, FollowedModels models) {
    this.spec = spec;
    this.models = models;
    this.producer =
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> predictions =
        consumer.partitionsFor(spec.topics().predictions()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(predictions);
    consumer.seekToBeginning(predictions);
  }

  /**
   * @param warmUp events of this time are not counted
   * @param patience for the last event to be served
   */
  void run(Duration warmUp, Duration measured, Duration patience) throws Exception {
    int perKey =
        (int) (measured.plus(warmUp).toSeconds() * FreshnessBenchmark.RATE)
            / FreshnessBenchmark.KEYS;
    int ignored = (int) (warmUp.toSeconds() * FreshnessBenchmark.RATE) / FreshnessBenchmark.KEYS;
    long deadline = System.nanoTime() + warmUp.plus(measured).plus(patience).toNanos();
    Future<?> answers = readers.submit(() -> readAnswers(perKey, ignored, deadline));
    Future<?> models = readers.submit(() -> readModels(perKey, ignored, deadline));
    send(perKey);
    answers.get();
    models.get();
  }

  long events() {
    return served.getTotalCount();
  }

  double answered(double percentile) {
    return answered.getValueAtPercentile(percentile);
  }

  /** Handed to Kafka, in a transaction that is not committed yet. */
  double sent(double percentile) {
    return sent.getValueAtPercentile(percentile);
  }

  double served(double percentile) {
    return served.getValueAtPercentile(percentile);
  }

  private static String id(int key, long place) {
    return key + "-" + place;
  }

  private void send(int perKey) throws IOException, InterruptedException, ExecutionException {
    List<Future<RecordMetadata>> sending = new ArrayList<>();
    Random random = new Random(5);
    long nanos = TimeUnit.SECONDS.toNanos(1) / FreshnessBenchmark.RATE;
    long start = System.nanoTime();
    long startMillis = System.currentTimeMillis();
    for (int i = 0; i < perKey * FreshnessBenchmark.KEYS; i++) {
      long at = start + i * nanos;
      while (System.nanoTime() < at) {
        LockSupport.parkNanos(at - System.nanoTime());
      }
      int key = i % FreshnessBenchmark.KEYS;
      String id = id(key, i / FreshnessBenchmark.KEYS + 1);
      due.put(id, startMillis + TimeUnit.NANOSECONDS.toMillis(i * nanos));
      // each key in one partition, so that its places are the order in which it learns
      sending.add(
          producer.send(
              new ProducerRecord<>(spec.events().topic(), key % 2, null, event(id, key, random))));
    }
    for (Future<RecordMetadata> one : sending) {
      one.get();
    }
  }

  private byte[] event(String id, int key, Random random) throws IOException {
    Schema schema = spec.events().schema();
    GenericRecord event = new GenericData.Record(schema);
    double x = random.nextDouble();
    double y = random.nextDouble();
    event.put("id", id);
    event.put("sensor", "k" + key);
    event.put("x", x);
    event.put("y", y);
    event.put("label", x + y > 1 ? "above" : "below");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(event, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private Void readAnswers(int perKey, int ignored, long deadline) throws MalformedEventException {
    long left = (long) perKey * FreshnessBenchmark.KEYS;
    while (left > 0) {
      check(deadline, "answered");
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        long now = System.currentTimeMillis();
        Prediction prediction = AvroEncoding.decode(record.value(), Prediction.class);
        left--;
        if (prediction.getTrainedInstances() >= ignored) {
          answered.recordValue(Math.max(0, now - due.get(prediction.getEventId())));
        }
      }
    }
    return null;
  }

  private Void readModels(int perKey, int ignored, long deadline) {
    long[] reached = new long[FreshnessBenchmark.KEYS];
    int whole = 0;
    while (whole < reached.length) {
      check(deadline, "served");
      whole = 0;
      for (int key = 0; key < reached.length; key++) {
        reached[key] = look(key, reached[key], ignored);
        whole += reached[key] == perKey ? 1 : 0;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return null;
  }

  private long look(int key, long before, int ignored) {
    FollowedModels.Description model;
    try {
      model = models.describe("k" + key).get(0);
    } catch (UnknownModelException e) {
      return before;
    }
    long now = System.currentTimeMillis();
    for (long place = before + 1; place <= model.trainedInstances(); place++) {
      if (place > ignored) {
        long at = due.get(id(key, place));
        served.recordValue(Math.max(0, now - at));
        sent.recordValue(Math.max(0, model.publishedAt().toEpochMilli() - at));
      }
    }
    return model.trainedInstances();
  }

  private void check(long deadline, String what) {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException(
          "not all events of %s were %s in time".formatted(spec.name(), what));
    }
  }

  @Override
  public void close() {
    readers.shutdownNow();
    producer.close();
    consumer.close();
  }
}
