/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.flink.KafkaOptions;
import io.meander.flink.PipelineUids;
import io.meander.flink.RawRecord;
import io.meander.flink.wire.WireTypes;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Reads the topics of a job's pipelines as raw records, each topic once. Nothing is learned from
 * aborted transactions.
 */
public final class PipelineSources {

  private final StreamExecutionEnvironment env;
  private final KafkaOptions options;
  private final Map<String, SingleOutputStreamOperator<RawRecord>> read = new HashMap<>();

  public PipelineSources(StreamExecutionEnvironment env, KafkaOptions options) {
    this.env = env;
    this.options = options;
  }

  /**
   * A topic of events or of labels, from where the options say; offsets are committed with
   * checkpoints.
   */
  public SingleOutputStreamOperator<RawRecord> topic(String topic) {
    return read.computeIfAbsent(topic, t -> read(t, options.group(), start()));
  }

  private OffsetsInitializer start() {
    return switch (options.start().where()) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> OffsetsInitializer.latest();
      case COMMITTED -> committed();
      case TIME -> OffsetsInitializer.timestamp(options.start().millis());
    };
  }

  /**
   * The control commands that the group has not seen, whatever the start of the events: a job that
   * starts without state begins with its spec, not with old commands.
   */
  public SingleOutputStreamOperator<RawRecord> control(String topic) {
    return read(topic, options.group() + "-control", committed()).setParallelism(1);
  }

  private SingleOutputStreamOperator<RawRecord> read(
      String topic, String group, OffsetsInitializer start) {
    Properties properties = options.clientProperties();
    properties.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    KafkaSource<RawRecord> source =
        KafkaSource.<RawRecord>builder()
            .setProperties(properties)
            .setBootstrapServers(options.bootstrapServers())
            .setTopics(topic)
            .setGroupId(group)
            .setClientIdPrefix(group + "-" + topic)
            .setStartingOffsets(start)
            .setDeserializer(new RawRecords())
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), topic, WireTypes.RAW_RECORD)
        .uid(PipelineUids.ofSource(topic))
        .setDescription("raw records of " + topic);
  }

  /** The connector's interface takes a type that Kafka has replaced. */
  @SuppressWarnings("deprecation")
  private static OffsetsInitializer committed() {
    return OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
  }
}
