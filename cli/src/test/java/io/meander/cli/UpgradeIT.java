/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.avro.Reject;
import io.meander.cli.cluster.LocalCluster;
import io.meander.models.LearnerCodec;
import io.meander.spec.SpecLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Savepoint upgrades on a cluster of processes, while events come in through Kafka. */
class UpgradeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int EVENTS = 12_000;

  /** Events before the first one of the class that is added. */
  private static final int BEFORE = 11_000;

  private static final String TWO_CLASSES = "classes: [\"no\", \"yes\"]";
  private static final String THREE_CLASSES = "classes: [\"no\", \"yes\", \"very\"]";
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path FLIGHTS = ROOT.resolve("examples").resolve("flights");

  private static final String SPEC =
      """
      name: upgraded
      events:
        topic: upgraded
        schema: flight.avsc
        key: [origin]
        id: flight_id
        time: {field: scheduled_departure, out-of-orderness: 5m}
      label:
        value: "arrival_delay_minutes <= 15 ? 'no' : flight_id > %d && arrival_delay_minutes > 60 ? 'very' : 'yes'"
        %s
      features:
        - distance_miles
        - {name: to, hashed: destination, buckets: 64}
        - {name: today, window: distance_miles, stat: mean, last: 1d}
      slots:
        - {id: ht, learner: trees.HoeffdingTree}
        - {id: other, learner: bayes.NaiveBayes}
      serve: {champion: ht}
      predictions: {delivery: exactly-once}
      snapshots: {every: {instances: 100000, time: 1s}}
      """
          .formatted(BEFORE, TWO_CLASSES);

  @TempDir private static Path clusterFolder;

  private static LocalCluster cluster;

  @TempDir Path folder;

  private ClusterJobs jobs;
  private String yaml = SPEC;
  private int garbage;

  @BeforeAll
  static void start() throws Exception {
    cluster = ClusterJobs.startCluster(clusterFolder, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.stop();
    }
  }

  @Test
  void everyEventIsAnsweredOnceAndUnchangedSlotsLearnTheSameModelsWhateverChangesBesides()
      throws Exception {
    jobs = new ClusterJobs(cluster, folder);
    Files.copy(FLIGHTS.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    List<String> lines = lines();
    Path events = Files.write(folder.resolve("events.csv"), lines);
    List<String> first = lines.subList(0, 1 + BEFORE);
    List<String> second = new ArrayList<>(lines.subList(1 + BEFORE, lines.size()));
    assertThat(second).anyMatch(line -> delay(line) > 60);
    Set<String> origins = second.stream().map(line -> line.split(",", -1)[2]).collect(toSet());
    second.add(0, lines.get(0));
    Path base = spec();
    CompletableFuture<Command> load = CompletableFuture.supplyAsync(() -> replay(base, first));
    String job = jobs.start(base, 2);
    awaitAnswers(1);

    job = upgraded(job, "canonical", 2); // the same spec
    job = upgraded(job, "native", 3); // another parallelism
    change(
        "  - distance_miles\n",
        "  - distance_miles\n  - {name: hour, cyclic: scheduled_departure, period: 1d}\n");
    job = upgraded(job, "canonical", 3);
    change("bayes.NaiveBayes", "trees.HoeffdingTree -g 50"); // a learner's options
    job = upgraded(job, "canonical", 2);
    change(
        "  - {id: other, learner: trees.HoeffdingTree -g 50}",
        "  - {id: added, learner: functions.SGDMultiClass}");
    job = upgraded(job, "native", 2);
    change("serve:", "drift: {detector: DDM}\nserve:");
    String savepoint = jobs.stop(job, "canonical");
    assertRefused(savepoint);
    job = started(savepoint, 2);
    change(TWO_CLASSES, THREE_CLASSES);
    upgraded(job, "native", 3);

    Command replayed = load.get();
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
    // By a spec that knows the class: what does not fit has no key there, and so no order.
    replayed = replay(spec(), second);
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
    awaitAnswers(EVENTS);
    Map<String, ModelSnapshot> last = awaitModels("ht");
    assertThat(
            jobs.read("upgraded-predictions", Prediction.class).stream()
                .map(Prediction::getEventId))
        .doesNotHaveDuplicates()
        .hasSize(EVENTS);
    assertRejects();
    yaml = SPEC;
    change(TWO_CLASSES, THREE_CLASSES);
    assertUndisturbed(spec(), events, last);
    assertThat(last.values()).allSatisfy(model -> assertThat(model.getIncarnation()).isEqualTo(1));
    assertBeganAnew("added", origins);
    jobs.cancelAll();
  }

  /** Stops the job with a savepoint and starts it from that with the spec as it is now. */
  private String upgraded(String job, String format, int parallelism) throws Exception {
    sendGarbage();
    return started(jobs.stop(job, format), parallelism);
  }

  /** The job, once it has answered again. */
  private String started(String savepoint, int parallelism) throws Exception {
    int before = answers().size();
    String job = jobs.start(spec(), parallelism, savepoint);
    awaitAnswers(Math.min(BEFORE, before + 1));
    return job;
  }

  private Command replay(Path spec, List<String> lines) {
    try {
      Path events = Files.write(folder.resolve("events-" + lines.size() + ".csv"), lines);
      return Command.run(
          "replay",
          spec,
          "--events",
          events,
          "--rate",
          "120/s",
          "--create-topics",
          "--bootstrap-servers",
          cluster.bootstrapServers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The job fails once, says why, and leaves the savepoint as it was. */
  private void assertRefused(String savepoint) throws Exception {
    String right = yaml;
    change("key: [origin]", "key: [origin, destination]");
    String job = jobs.start(spec(), 2, savepoint);
    yaml = right;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(rest(job, "").path("state").asText()).isEqualTo("FAILED"));
    JsonNode failures = rest(job, "/exceptions").path("exceptionHistory").path("entries");
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).path("stacktrace").asText())
        .contains("events.key was [origin] and is [origin, destination] now");
  }

  private static JsonNode rest(String job, String what) throws IOException {
    URI uri = URI.create(cluster.webUi() + "/jobs/" + job + what);
    try (InputStream answer = uri.toURL().openStream()) {
      return new JsonMapper().readTree(answer);
    }
  }

  private void change(String before, String after) {
    assertThat(yaml).contains(before);
    yaml = yaml.replace(before, after);
  }

  private Path spec() throws IOException {
    return Files.writeString(folder.resolve("pipeline-" + yaml.hashCode() + ".yaml"), yaml);
  }

  /** A record that is no event. */
  private void sendGarbage() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] value = ("garbage " + garbage++).getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>("upgraded", value, value)).get();
    }
  }

  private void assertRejects() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              Set<String> rejected = new HashSet<>();
              for (Reject reject : jobs.read("upgraded-rejects", Reject.class)) {
                rejected.add(
                    StandardCharsets.UTF_8.decode(reject.getValue().duplicate()).toString());
              }
              assertThat(rejected).hasSize(garbage).allMatch(value -> value.startsWith("garbage "));
            });
  }

  private Set<String> answers() throws Exception {
    Set<String> ids = new HashSet<>();
    for (Prediction answer : jobs.read("upgraded-predictions", Prediction.class)) {
      ids.add(answer.getEventId());
    }
    return ids;
  }

  private void awaitAnswers(int atLeast) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(answers()).hasSizeGreaterThanOrEqualTo(atLeast));
  }

  /** Each key's last model of a slot, once they have learned all that was sent. */
  private Map<String, ModelSnapshot> awaitModels(String slot) {
    Map<String, ModelSnapshot> last = new TreeMap<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              jobs.read("upgraded-snapshots", ModelSnapshot.class).stream()
                  .filter(snapshot -> snapshot.getSlot().equals(slot))
                  .forEach(snapshot -> last.put(snapshot.getKey(), snapshot));
              assertThat(last.values().stream().mapToLong(ModelSnapshot::getTrainedInstances).sum())
                  .isEqualTo(EVENTS);
            });
    return last;
  }

  /** A slot that cannot take another class. */
  private void assertBeganAnew(String slot, Set<String> keys) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              Map<Integer, Map<String, ModelSnapshot>> byClasses = new TreeMap<>();
              for (ModelSnapshot model : jobs.read("upgraded-snapshots", ModelSnapshot.class)) {
                if (model.getSlot().equals(slot)) {
                  byClasses
                      .computeIfAbsent(model.getClasses().size(), any -> new TreeMap<>())
                      .put(model.getKey(), model);
                }
              }
              assertThat(byClasses.get(3).keySet()).containsAll(keys);
              Set<String> both = new TreeSet<>(byClasses.get(2).keySet());
              both.retainAll(keys);
              assertThat(both).isNotEmpty();
              for (String key : both) {
                assertThat(byClasses.get(2).get(key).getIncarnation()).isEqualTo(1);
                assertThat(byClasses.get(3).get(key).getIncarnation()).isEqualTo(2);
              }
            });
  }

  private static int delay(String line) {
    String[] fields = line.split(",", -1);
    return fields[5].isEmpty() ? 0 : Integer.parseInt(fields[5]);
  }

  /** The models are, bit for bit in canonical form, those of one run over all events. */
  private void assertUndisturbed(Path spec, Path events, Map<String, ModelSnapshot> models)
      throws Exception {
    Path results = folder.resolve("undisturbed");
    Command backtest = Command.run("backtest", spec, "--events", events, "--out", results);
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    LearnerCodec codec = new LearnerCodec(SpecLoader.load(spec).modelContext());
    for (ModelSnapshot model : models.values()) {
      Path file = results.resolve("models").resolve(model.getKey()).resolve("ht.snapshot");
      ModelSnapshot undisturbed =
          AvroEncoding.decode(Files.readAllBytes(file), ModelSnapshot.class);
      assertThat(codec.canonical(model.getPayload().array()))
          .as("model of " + model.getKey())
          .isEqualTo(undisturbed.getPayload().array());
      assertThat(model.getFeatureFingerprint()).isEqualTo(undisturbed.getFeatureFingerprint());
    }
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FLIGHTS.resolve("flights.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return in.lines().limit(1 + EVENTS).toList();
    }
  }
}
