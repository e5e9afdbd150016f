/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/**
 * What Flink's configuration may say of a job, in {@code config.yaml}, by {@code flink run -D} or
 * in a {@code FlinkDeployment}. An argument of the job wins over the option of the same meaning.
 */
public final class MeanderOptions {

  public static final ConfigOption<List<String>> SPEC =
      ConfigOptions.key("meander.spec")
          .stringType()
          .asList()
          .noDefaultValue()
          .withDescription(
              "Path or URI of the pipeline spec, or of several, separated by semicolons; a schema"
                  + " file is relative to its spec.");

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("meander.kafka.bootstrap-servers")
          .stringType()
          .defaultValue("localhost:9092")
          .withDescription("Kafka brokers, host:port, separated by commas.");

  public static final ConfigOption<String> GROUP =
      ConfigOptions.key("meander.kafka.group")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Consumer group of the events and first part of transactional ids; left out,"
                  + " meander- and the name of the (first) pipeline.");

  public static final ConfigOption<String> FROM =
      ConfigOptions.key("meander.kafka.from")
          .stringType()
          .defaultValue(KafkaOptions.Start.COMMITTED.toString())
          .withDescription(
              "Where reading begins unless a savepoint says it: earliest, latest, committed, or a"
                  + " time of Kafka's records such as 2001-07-01T00:00:00Z.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      ConfigOptions.key("meander.kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Properties for every Kafka client of the job, one option each:"
                  + " meander.kafka.properties.security.protocol. Those of the file that"
                  + " --properties names win over them. Keep passwords out of the configuration:"
                  + " a file that only Flink reads has them.");

  public static final ConfigOption<MemorySize> CACHE =
      ConfigOptions.key("meander.cache.size")
          .memoryType()
          .noDefaultValue()
          .withDescription(
              "Live models that a learning task may hold, in estimated bytes; left out, 40% of the"
                  + " heap shared among the tasks of a process.");

  private MeanderOptions() {}
}
