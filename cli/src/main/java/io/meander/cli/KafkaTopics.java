/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.local.Causes;
import io.meander.features.NearestName;
import io.meander.flink.kafka.PartitionLeaders;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;

/** Asks a broker about a topic and creates it, in bounded time and with errors a user can use. */
final class KafkaTopics implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final KafkaAddress kafka;
  private final Admin admin;

  /**
   * @throws CommandFailure if the addresses are not addresses; whether a broker answers shows with
   *     the first question
   */
  KafkaTopics(KafkaAddress kafka) {
    this.kafka = kafka;
    try {
      admin =
          Admin.create(
              kafka.clientProperties(
                  Map.of(
                      AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                      (int) TIMEOUT.toMillis() / 2,
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                      (int) TIMEOUT.toMillis())));
    } catch (KafkaException e) {
      throw new CommandFailure(
          "--bootstrap-servers '%s'%s cannot be used: %s. Give host:port, more of them separated by commas."
              .formatted(kafka.bootstrapServers(), kafka.withProperties(), Causes.root(e)),
          e);
    }
  }

  /**
   * Checks that a topic exists, or creates it with the broker's replication and waits until it
   * takes records.
   *
   * @param partitions if it is created
   * @param create whether to
   * @return whether it was created
   * @throws CommandFailure if no broker answers, or the topic is missing and not to be created
   */
  boolean require(String topic, int partitions, boolean create) {
    Set<String> there = names();
    if (there.contains(topic)) {
      return false;
    }
    if (!create) {
      throw new CommandFailure(
          """
          There is no topic '%s' at %s%s.
          Create it by adding --create-topics, or with Kafka's own tool:
            kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d"""
              .formatted(
                  topic,
                  kafka.bootstrapServers(),
                  NearestName.suggestion(topic, there),
                  kafka.bootstrapServers(),
                  topic,
                  partitions));
    }
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    CreateTopicsResult created = admin.createTopics(List.of(wanted));
    answer(
        "create the topic '" + topic + "'",
        () -> {
          PartitionLeaders.await(admin, created, topic, TIMEOUT);
          return null;
        });
    return true;
  }

  /**
   * Checks that the topics of a pipeline's events and labels exist, or creates them.
   *
   * @throws CommandFailure as {@link #require}
   */
  void requireInputs(PipelineSpec spec, boolean create) {
    require(spec.events().topic(), KafkaAddress.PARTITIONS, create);
    spec.label()
        .topic()
        .ifPresent(labels -> require(labels.topic(), KafkaAddress.PARTITIONS, create));
  }

  /**
   * @throws CommandFailure if no broker answers
   */
  boolean has(String topic) {
    return names().contains(topic);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private Set<String> names() {
    long patience = TIMEOUT.toMillis() + 1000;
    return answer(
        "list its topics", () -> admin.listTopics().names().get(patience, TimeUnit.MILLISECONDS));
  }

  /** A question that waits for its answer in bounded time. */
  private interface Question<T> {
    T ask() throws ExecutionException, TimeoutException, InterruptedException;
  }

  private <T> T answer(String what, Question<T> question) {
    try {
      return question.ask();
    } catch (ExecutionException | TimeoutException e) {
      boolean silent =
          e instanceof TimeoutException
              || e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
      throw new CommandFailure(
          silent
              ? "No Kafka broker answered at %s within %d s. Is it running, and is this its address? One that wants TLS or SASL needs --properties."
                  .formatted(kafka.bootstrapServers(), TIMEOUT.toSeconds())
              : "The broker at %s did not %s: %s"
                  .formatted(kafka.bootstrapServers(), what, Causes.root(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
