/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.features.NearestName;
import io.meander.flink.KafkaOptions;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topics of a pipeline. Those of events and labels must be there before a job starts; the
 * others are the pipeline's own and are made if they are missing: the snapshots' compacted, so that
 * it holds the current models, those of control with one partition, so that commands have one
 * order, and that of the updates with a retention that is long enough to follow.
 */
public final class PipelineTopics {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final PipelineSpec spec;
  private final KafkaOptions options;

  public PipelineTopics(PipelineSpec spec, KafkaOptions options) {
    this.spec = spec;
    this.options = options;
  }

  /**
   * Checks that Kafka answers and has the events, and makes what is missing of the rest.
   *
   * @return names of the topics that were made
   * @throws TopicsException saying what is wrong and what to do
   */
  public List<String> prepare() throws TopicsException, InterruptedException {
    try (Admin admin = Admin.create(adminProperties())) {
      Set<String> there = names(admin);
      require("events.topic", spec.events().topic(), there);
      if (spec.label().topic().isPresent()) {
        require("label.topic", spec.label().topic().get().topic(), there);
      }
      List<NewTopic> missing = own().stream().filter(t -> !there.contains(t.name())).toList();
      create(admin, missing);
      check(admin, there);
      return missing.stream().map(NewTopic::name).toList();
    } catch (KafkaException e) {
      throw new TopicsException(
          "a Kafka client for " + options.bootstrapServers() + " cannot be made: " + reason(e), e);
    }
  }

  /** The settings of those that somebody else has made. */
  private void check(Admin admin, Set<String> there) throws TopicsException, InterruptedException {
    if (there.contains(spec.topics().snapshots())) {
      SnapshotsTopic.check(admin, spec.topics().snapshots(), options.bootstrapServers());
    }
    Optional<PipelineSpec.Updates> updates = spec.snapshots().updates();
    if (updates.isPresent() && there.contains(updates.get().topic())) {
      new UpdatesTopic(updates.get(), options.bootstrapServers()).check(admin);
    }
  }

  private void require(String path, String topic, Set<String> there) throws TopicsException {
    if (!there.contains(topic)) {
      throw new TopicsException(
          path
              + ": there is no topic '"
              + topic
              + "' at "
              + options.bootstrapServers()
              + NearestName.suggestion(topic, there)
              + ". Create it first: kafka-topics.sh --bootstrap-server "
              + options.bootstrapServers()
              + " --create --topic "
              + topic
              + " --partitions 4");
    }
  }

  /**
   * Checks that pipelines can share a job.
   *
   * @throws TopicsException if two have one name, or write or are commanded by one topic
   */
  public static void requireApart(List<PipelineSpec> specs) throws TopicsException {
    Set<String> names = new HashSet<>();
    Map<String, String> owners = new HashMap<>();
    for (PipelineSpec spec : specs) {
      if (!names.add(spec.name())) {
        throw new TopicsException(
            "two of the job's pipelines have the name '%s': give each its own"
                .formatted(spec.name()));
      }
      for (NewTopic topic : own(spec)) {
        String owner = owners.put(topic.name(), spec.name());
        if (owner != null) {
          throw new TopicsException(
              ("the topic '%s' is both pipeline '%s's and pipeline '%s's: they may read the same"
                      + " topics, but what each writes and its control topic are its own")
                  .formatted(topic.name(), owner, spec.name()));
        }
      }
    }
  }

  /** The pipeline's own topics, partitions and replicas left to the broker's defaults. */
  public List<NewTopic> own() {
    return own(spec);
  }

  private static List<NewTopic> own(PipelineSpec spec) {
    PipelineSpec.Topics topics = spec.topics();
    List<NewTopic> own =
        new ArrayList<>(
            List.of(
                topic(topics.predictions()),
                topic(topics.drift()),
                topic(topics.evaluations()),
                SnapshotsTopic.of(topics.snapshots()),
                topic(topics.rejects()),
                new NewTopic(topics.control(), Optional.of(1), Optional.empty()),
                new NewTopic(topics.controlAcks(), Optional.of(1), Optional.empty())));
    spec.snapshots().updates().ifPresent(updates -> own.add(UpdatesTopic.of(updates)));
    return own;
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, Optional.empty(), Optional.empty());
  }

  private Properties adminProperties() {
    Properties properties = options.clientProperties();
    String millis = Long.toString(PATIENCE.toMillis());
    properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    return properties;
  }

  private Set<String> names(Admin admin) throws TopicsException, InterruptedException {
    try {
      return admin.listTopics().names().get();
    } catch (ExecutionException e) {
      String what =
          e.getCause() instanceof TimeoutException
              ? "no Kafka broker answers at " + options.bootstrapServers()
              : "Kafka at " + options.bootstrapServers() + " refuses: " + reason(e.getCause());
      throw new TopicsException(
          what + ". Is it running, and is --bootstrap-servers right?", e.getCause());
    }
  }

  private void create(Admin admin, List<NewTopic> missing)
      throws TopicsException, InterruptedException {
    List<String> failures = new ArrayList<>();
    CreateTopicsResult created = admin.createTopics(missing);
    for (NewTopic topic : missing) {
      try {
        PartitionLeaders.await(admin, created, topic.name(), PATIENCE);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          failures.add(topic.name() + " (" + reason(e.getCause()) + ")");
        }
      } catch (java.util.concurrent.TimeoutException e) {
        failures.add(topic.name() + " (no answer within " + PATIENCE.toSeconds() + " s)");
      }
    }
    if (!failures.isEmpty()) {
      throw new TopicsException(
          "these topics are missing at "
              + options.bootstrapServers()
              + " and cannot be created: "
              + String.join(", ", failures)
              + ". Create them first.");
    }
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
