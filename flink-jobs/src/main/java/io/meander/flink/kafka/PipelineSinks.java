/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.avro.Reject;
import io.meander.flink.KafkaOptions;
import io.meander.flink.PipelineUids;
import io.meander.spec.PipelineSpec;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Writes a pipeline's records to its topics. A sink has its input's parallelism, so that records
 * keep their order on the way.
 */
public final class PipelineSinks {

  private final PipelineSpec spec;
  private final KafkaOptions options;

  public PipelineSinks(PipelineSpec spec, KafkaOptions options) {
    this.spec = spec;
    this.options = options;
  }

  /**
   * @param name of the sink: the last part of its uid and of its transactional ids
   */
  public <T extends SpecificRecordBase> void write(
      DataStream<T> records,
      String name,
      String topic,
      KeyText<T> key,
      DeliveryGuarantee guarantee) {
    write(
        records,
        name,
        guarantee,
        new AvroRecords<>(spec.name(), topic, key, options.maxRequestBytes(), record -> null));
  }

  /**
   * As {@link #write(DataStream, String, String, KeyText, DeliveryGuarantee)}, to a compacted
   * topic.
   *
   * @param gone of which records only the key is sent: a tombstone
   */
  public <T extends SpecificRecordBase> void writeNewest(
      DataStream<T> records,
      String name,
      String topic,
      KeyText<T> key,
      DeliveryGuarantee guarantee,
      AvroRecords.Gone<T> gone) {
    write(
        records,
        name,
        guarantee,
        new AvroRecords<>(
            spec.name(), topic, key, options.maxRequestBytes(), record -> null, gone));
  }

  /** Rejects keep their place even when what was rejected is too large to be sent on. */
  public void writeRejects(DataStream<Reject> rejects, DeliveryGuarantee guarantee) {
    write(
        rejects,
        "rejects-sink",
        guarantee,
        new AvroRecords<Reject>(
            spec.name(),
            spec.topics().rejects(),
            reject -> null,
            options.maxRequestBytes(),
            PipelineSinks::withoutBytes));
  }

  /** As the spec says for predictions. */
  public DeliveryGuarantee declared() {
    return switch (spec.predictions().delivery()) {
      case AT_LEAST_ONCE -> DeliveryGuarantee.AT_LEAST_ONCE;
      case EXACTLY_ONCE -> DeliveryGuarantee.EXACTLY_ONCE;
    };
  }

  private <T extends SpecificRecordBase> void write(
      DataStream<T> records, String name, DeliveryGuarantee guarantee, AvroRecords<T> serializer) {
    records
        .sinkTo(sink(name, guarantee, serializer))
        .setParallelism(records.getParallelism())
        .uid(PipelineUids.of(spec, name))
        .name(name)
        .setDescription(name + ", " + guarantee);
  }

  private <T extends SpecificRecordBase> KafkaSink<T> sink(
      String name, DeliveryGuarantee guarantee, AvroRecords<T> serializer) {
    Properties properties = options.clientProperties();
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(options.transactionTimeout().toMillis()));
    return KafkaSink.<T>builder()
        .setBootstrapServers(options.bootstrapServers())
        .setKafkaProducerConfig(properties)
        .setDeliveryGuarantee(guarantee)
        .setTransactionalIdPrefix(options.group() + "." + spec.name() + "." + name)
        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
        .setRecordSerializer(serializer)
        .build();
  }

  private static Reject withoutBytes(Reject reject) {
    int bytes = reject.getValue() == null ? 0 : reject.getValue().remaining();
    return Reject.newBuilder(reject)
        .setKey(null)
        .setValue(null)
        .setDetail(
            reject.getDetail()
                + " (its "
                + bytes
                + " bytes are left out here: too large for the rejects topic)")
        .build();
  }
}
