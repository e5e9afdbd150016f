/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.features.NearestName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What {@link MeanderJob} is told, by its arguments and, where they are silent, by Flink's
 * configuration ({@link MeanderOptions}).
 *
 * @param specs paths or URIs of the pipelines' specs, one or more
 * @param groupOrNull null for the pipeline's own
 * @param parallelismOrNull null for the cluster's default, or what {@code flink run -p} says
 * @param propertiesOrNull path or URI of a file of Kafka client properties
 * @param configured Kafka client properties of Flink's configuration, over which the file's win
 */
record JobArguments(
    List<String> specs,
    String bootstrapServers,
    String groupOrNull,
    KafkaOptions.Start start,
    Integer parallelismOrNull,
    String propertiesOrNull,
    Map<String, String> configured) {

  static final String USAGE =
      """
      Usage: flink run -d flink-jobs.jar --spec PATH_OR_URI [options]

        --spec PATH_OR_URI          the pipeline spec; its schema file is relative to it. Given
                                    more than once, the job runs each of them, and reads a topic
                                    that several read once
        --bootstrap-servers H:P,..  Kafka brokers (default: localhost:9092)
        --group NAME                consumer group of the events and first part of transactional
                                    ids (default: meander-<pipeline>, of the first spec)
        --from WHERE                earliest, latest, committed, or a time of Kafka's records such
                                    as 2001-07-01T00:00:00Z: where reading begins unless a
                                    savepoint says it (default: committed, the earliest where
                                    there are no commits)
        --parallelism N             of all operators (default: what flink run or the cluster says)
        --properties PATH_OR_URI    properties for every Kafka client, security for example
        --help                      this text

      What is left out is taken from Flink's configuration: meander.spec,
      meander.kafka.bootstrap-servers, meander.kafka.group, meander.kafka.from,
      meander.kafka.properties.*; and meander.cache.size, which has no argument.
      """;

  private static final String SPEC = "--spec";
  private static final String BOOTSTRAP = "--bootstrap-servers";
  private static final String GROUP = "--group";
  private static final String FROM = "--from";
  private static final String PARALLELISM = "--parallelism";
  private static final String PROPERTIES = "--properties";
  private static final List<String> OPTIONS =
      List.of(SPEC, BOOTSTRAP, GROUP, FROM, PARALLELISM, PROPERTIES, "--help");

  static boolean asksForHelp(String[] args) {
    return List.of(args).contains("--help") || List.of(args).contains("-h");
  }

  /**
   * @throws IllegalArgumentException saying which argument is wrong and what is allowed
   */
  static JobArguments parse(String[] args, ReadableConfig flink) {
    Map<String, String> values = new HashMap<>();
    List<String> specs = new ArrayList<>();
    Deque<String> rest = new ArrayDeque<>(List.of(args));
    while (!rest.isEmpty()) {
      String[] option = rest.pop().split("=", 2);
      if (!OPTIONS.contains(option[0])) {
        throw new IllegalArgumentException(
            "'"
                + option[0]
                + "' is not an option"
                + NearestName.suggestion(option[0], OPTIONS)
                + "; allowed: "
                + String.join(", ", OPTIONS));
      }
      if (option.length == 1 && (rest.isEmpty() || rest.peek().startsWith("--"))) {
        throw new IllegalArgumentException(option[0] + " needs a value");
      }
      String value = option.length == 2 ? option[1] : rest.pop();
      if (option[0].equals(SPEC)) {
        specs.add(value);
      } else if (values.put(option[0], value) != null) {
        throw new IllegalArgumentException(option[0] + " is given twice");
      }
    }
    if (specs.isEmpty()) {
      specs.addAll(flink.getOptional(MeanderOptions.SPEC).orElse(List.of()));
    }
    if (specs.isEmpty()) {
      throw new IllegalArgumentException(
          "--spec is missing: the path or URI of a pipeline spec, here or as "
              + MeanderOptions.SPEC.key()
              + " in Flink's configuration");
    }
    return new JobArguments(
        List.copyOf(specs),
        values.getOrDefault(BOOTSTRAP, flink.get(MeanderOptions.BOOTSTRAP_SERVERS)),
        values.getOrDefault(GROUP, flink.get(MeanderOptions.GROUP)),
        values.containsKey(FROM)
            ? start(FROM, values.get(FROM))
            : start(MeanderOptions.FROM.key(), flink.get(MeanderOptions.FROM)),
        parallelism(values.get(PARALLELISM)),
        values.get(PROPERTIES),
        flink.get(MeanderOptions.KAFKA_PROPERTIES));
  }

  Optional<Integer> parallelism() {
    return Optional.ofNullable(parallelismOrNull);
  }

  Optional<String> properties() {
    return Optional.ofNullable(propertiesOrNull);
  }

  /**
   * @param file the properties of {@link #properties()}
   */
  KafkaOptions kafka(String pipeline, Map<String, String> file) {
    Map<String, String> properties = new HashMap<>(configured);
    properties.putAll(file);
    return new KafkaOptions(
        bootstrapServers,
        groupOrNull == null ? KafkaOptions.defaultGroup(pipeline) : groupOrNull,
        start,
        properties);
  }

  private static KafkaOptions.Start start(String name, String text) {
    try {
      return KafkaOptions.Start.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static Integer parallelism(String text) {
    if (text == null) {
      return null;
    }
    int parallelism;
    try {
      parallelism = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      parallelism = 0;
    }
    if (parallelism < 1 || parallelism > JobDefaults.MAX_PARALLELISM) {
      throw new IllegalArgumentException(
          PARALLELISM
              + ": '"
              + text
              + "' is not a number from 1 to "
              + JobDefaults.MAX_PARALLELISM);
    }
    return parallelism;
  }
}
