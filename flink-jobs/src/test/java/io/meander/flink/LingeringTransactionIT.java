/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.bytes;
import static io.meander.flink.TestPipelines.flight;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meander.avro.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long readers of exactly-once topics wait for a job that died between two checkpoints: the job
 * is a process of its own, which is killed, and the broker has its defaults.
 */
class LingeringTransactionIT {

  private static final int EVENTS = 20;
  private static final String LATER = "later";

  /** Until a job in a new process answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** More than the 10 s between a job's checkpoints, else it is refused. */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(11);

  /** The broker's {@code transaction.abort.timed.out.transaction.cleanup.interval.ms}. */
  private static final Duration LOOKS_EVERY = Duration.ofSeconds(10);

  /** For the broker to write what ends a transaction, and for this test to see it. */
  private static final Duration SEEN = Duration.ofSeconds(2);

  @TempDir private static Path directory;

  private static TestBroker broker;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    broker = TestBroker.start(directory);
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    Files.writeString(directory.resolve("flight.avsc"), TestPipelines.FLIGHT.toString());
  }

  @AfterAll
  static void stop() {
    if (admin != null) {
      admin.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void aJobThatNeverComesBackBlocksReadersNoLongerThanItsTransactionsLast() throws Exception {
    leaveBehind(
        "gone", Map.of("transaction.timeout.ms", Long.toString(TRANSACTION_TIMEOUT.toMillis())));

    broker.send("gone-predictions", 0, LATER.getBytes(UTF_8));
    List<String> committed = values("gone-predictions");
    assertThat(committed).as("what came later waits too").doesNotContain(LATER);
    List<String> expected = new ArrayList<>(committed);
    expected.add(LATER);
    await()
        .atMost(TRANSACTION_TIMEOUT.plus(LOOKS_EVERY).plus(SEEN))
        .untilAsserted(
            () ->
                assertThat(values("gone-predictions"))
                    .as("nothing of the transaction, and what came after it")
                    .containsExactlyElementsOf(expected));
    assertThat(open("gone")).isEmpty();
  }

  @Test
  void aJobThatComesBackEndsWhatItLeftBehindAtOnce() throws Exception {
    leaveBehind("back", Map.of());
    assertThat(open("back"))
        .isNotEmpty()
        .allSatisfy(t -> assertThat(t.transactionTimeoutMs()).isEqualTo(15 * 60 * 1000));

    Process job = job("back", Map.of());
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(broker.read("back-predictions", Prediction.class))
                      .extracting(Prediction::getEventId)
                      .containsExactlyElementsOf(
                          IntStream.range(0, EVENTS).mapToObj(i -> "f" + i).toList()));
    } finally {
      kill(job);
    }
  }

  /** A job answers events, and dies before the checkpoint that would have committed its answers. */
  private static void leaveBehind(String pipeline, Map<String, String> properties)
      throws Exception {
    broker.createTopics(new NewTopic(pipeline, 1, (short) 1));
    Process job = job(pipeline, properties);
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(admin.listTopics().names().get()).contains(pipeline + "-predictions"));
      for (int i = 0; i < EVENTS; i++) {
        broker.send(pipeline, 0, bytes(flight("f" + i, "ATL", 1_000L * i, 100 + i, "no")));
      }
      await().pollInterval(Duration.ofMillis(50)).atMost(PATIENCE).until(() -> isBlocked(pipeline));
    } finally {
      kill(job);
    }
    assertThat(isBlocked(pipeline)).as("it died before its next checkpoint").isTrue();
  }

  private static List<String> values(String topic) {
    return broker.read(topic).stream().map(record -> new String(record.value(), UTF_8)).toList();
  }

  private static boolean isBlocked(String pipeline) throws Exception {
    return end(pipeline, IsolationLevel.READ_COMMITTED)
        < end(pipeline, IsolationLevel.READ_UNCOMMITTED);
  }

  private static long end(String pipeline, IsolationLevel isolation) throws Exception {
    TopicPartition partition = new TopicPartition(pipeline + "-predictions", 0);
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
        .partitionResult(partition)
        .get()
        .offset();
  }

  private static Collection<TransactionDescription> open(String pipeline) throws Exception {
    List<String> ids =
        admin.listTransactions().all().get().stream()
            .filter(t -> t.transactionalId().startsWith("meander-" + pipeline + "."))
            .filter(t -> t.state() == TransactionState.ONGOING)
            .map(TransactionListing::transactionalId)
            .toList();
    return admin.describeTransactions(ids).all().get().values();
  }

  private static Process job(String pipeline, Map<String, String> properties) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(pipeline));
    Path spec =
        Files.writeString(
            directory.resolve(pipeline + ".yaml"),
            """
            name: %1$s
            events: {topic: %1$s, schema: flight.avsc, key: [origin], id: id}
            label: {field: late, classes: ['no', 'yes']}
            features: [miles]
            slots: [{id: bayes, learner: bayes.NaiveBayes}]
            predictions: {delivery: exactly-once}
            """
                .formatted(pipeline));
    Path file =
        Files.writeString(
            folder.resolve("kafka.properties"),
            properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue() + "\n")
                .collect(Collectors.joining()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.io.tmpdir=" + folder));
    for (String opened : List.of("lang", "util", "util.concurrent", "lang.invoke", "time")) {
      command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-cp",
            Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                .orElse(System.getProperty("java.class.path")),
            MeanderJob.class.getName(),
            "--spec",
            spec.toString(),
            "--bootstrap-servers",
            broker.bootstrapServers(),
            "--properties",
            file.toString(),
            "--parallelism",
            "1"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  /** As a machine that is gone: it closes nothing. */
  private static void kill(Process job) throws InterruptedException {
    job.destroyForcibly();
    assertThat(job.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
