/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.avro.AvroEncoding;
import io.meander.flink.PipelineMetrics;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Avro records in single-object encoding under their key's UTF-8 text. A record that is too
 * large for a request would fail the job again and again, so it is measured first: it is replaced
 * by what {@code smaller} makes of it, or left out, counted under {@code recordsTooLarge} and
 * logged.
 */
public final class AvroRecords<T extends SpecificRecordBase>
    implements KafkaRecordSerializationSchema<T> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(AvroRecords.class);

  /** More than Kafka adds to a key and a value in a batch of one record. */
  private static final int OVERHEAD = 256;

  private final String pipeline;
  private final String topic;
  private final KeyText<T> key;
  private final Smaller<T> smaller;
  private final int maxRequestBytes;
  private final Gone<T> gone;

  private transient Counter tooLarge;

  /**
   * @param maxRequestBytes the producer's {@code max.request.size}
   * @param smaller gives a record that says as much as possible in a few hundred bytes, or null
   */
  AvroRecords(
      String pipeline, String topic, KeyText<T> key, int maxRequestBytes, Smaller<T> smaller) {
    this(pipeline, topic, key, maxRequestBytes, smaller, record -> false);
  }

  /**
   * As above.
   *
   * @param gone of which records only the key is sent: a tombstone
   */
  AvroRecords(
      String pipeline,
      String topic,
      KeyText<T> key,
      int maxRequestBytes,
      Smaller<T> smaller,
      Gone<T> gone) {
    this.gone = gone;
    this.pipeline = pipeline;
    this.topic = topic;
    this.key = key;
    this.maxRequestBytes = maxRequestBytes;
    this.smaller = smaller;
  }

  /** What to send in the place of a record that is too large. */
  @FunctionalInterface
  interface Smaller<T> extends UnaryOperator<T>, Serializable {}

  /** Which records only say that their key has no value any more. */
  @FunctionalInterface
  public interface Gone<T> extends Predicate<T>, Serializable {}

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    tooLarge = PipelineMetrics.of(context.getMetricGroup(), pipeline).counter("recordsTooLarge");
  }

  /** Null leaves the record out. */
  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T record, KafkaSinkContext context, Long timestamp) {
    String keyText = key.apply(record);
    byte[] keyBytes = keyText == null ? null : keyText.getBytes(StandardCharsets.UTF_8);
    if (gone.test(record)) {
      return new ProducerRecord<>(topic, keyBytes, null);
    }
    byte[] value = AvroEncoding.encode(record);
    if (!fits(keyBytes, value)) {
      tooLarge.inc();
      T replacement = smaller.apply(record);
      LOG.warn(
          "A {} of {} bytes with key {} does not fit into a request of {} to {}: {}. Raise"
              + " max.request.size in the properties file and the topic's max.message.bytes.",
          record.getSchema().getName(),
          value.length,
          keyText,
          maxRequestBytes,
          topic,
          replacement == null ? "left out" : "shortened");
      if (replacement == null) {
        return null;
      }
      value = AvroEncoding.encode(replacement);
      if (!fits(keyBytes, value)) {
        return null;
      }
    }
    return new ProducerRecord<>(topic, keyBytes, value);
  }

  private boolean fits(byte[] keyBytes, byte[] value) {
    long size = OVERHEAD + (long) value.length + (keyBytes == null ? 0 : keyBytes.length);
    return size <= maxRequestBytes;
  }
}
