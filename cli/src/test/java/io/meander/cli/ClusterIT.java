/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Prediction;
import io.meander.avro.Reject;
import io.meander.cli.cluster.ClusterProcess;
import io.meander.cli.cluster.LocalCluster;
import io.meander.models.LearnerCodec;
import io.meander.spec.SpecLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a platform engineer does to a job, on a cluster of processes with a real broker. */
class ClusterIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PART = 4_000;
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path FLIGHTS = ROOT.resolve("examples").resolve("flights");

  @TempDir private static Path clusterFolder;

  private static LocalCluster cluster;

  @TempDir Path folder;

  private ClusterJobs jobs;

  @BeforeAll
  static void start() throws Exception {
    cluster = ClusterJobs.startCluster(clusterFolder, 2);
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.stop();
    }
  }

  @BeforeEach
  void open() {
    jobs = new ClusterJobs(cluster, folder);
  }

  /** Whatever a test left running would take the slots of the next. */
  @AfterEach
  void cancelAll() throws Exception {
    jobs.cancelAll();
  }

  @Test
  void statusTellsWhatRunsAndASecondStartIsRefused() {
    assertThat(Command.run("cluster", "status", "--dir", clusterFolder).out())
        .contains("broker", "job-manager", "task-manager-1", "task-manager-2", "answers: ");
    Command second = Command.run("cluster", "start", "--dir", clusterFolder);
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("runs in " + clusterFolder + " already");
  }

  @Test
  void aLiveJobGoesOnFromWhatABacktestLearned() throws Exception {
    Path spec = spec("history");
    List<Path> parts = parts();
    Path results = folder.resolve("history");
    Command backtest =
        Command.run(
            "backtest",
            spec,
            "--events",
            parts.get(0),
            "--out",
            results,
            "--savepoint",
            folder.resolve("savepoints"));
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    String savepoint = ClusterJobs.find(Pattern.compile("Savepoint: (\\S+)"), backtest.out());

    replay(spec, parts.get(1));
    String job = jobs.start(spec, 2, List.of("-s", savepoint, "-n"), "--from", "earliest");
    awaitAnswers("history", 1);
    Map<String, ModelSnapshot> live = awaitModels("history", 2 * PART);
    assertShownMetricsExist(job);
    assertEqualModels(spec, live, 2);
  }

  @Test
  void aJobThatIsKilledStoppedAndRescaledAnswersAllAndLearnsTheSameModels() throws Exception {
    Path spec = spec("flights");
    List<Path> parts = parts();
    replay(spec, parts.get(0));
    String job = jobs.start(spec, 2);
    awaitAnswers("flights", 1);
    replay(spec, parts.get(1));
    kill("task-manager-1");
    awaitAnswers("flights", 2);
    assertThat(Command.run("cluster", "status", "--dir", clusterFolder).exitCode())
        .as("one process was killed")
        .isEqualTo(1);
    String savepoint = jobs.stop(job, "canonical");
    Map<String, Long> stored = trainedInstances(savepoint);
    jobs.start(spec, 3, savepoint);
    replay(spec, parts.get(2));
    awaitAnswers("flights", 3);
    assertThat(stored).isEqualTo(flightsByOrigin(2));
    Map<String, ModelSnapshot> learned = awaitModels("flights", 3 * PART);

    assertEqualModels(spec, learned, 3);
  }

  @Test
  void aTransformOfTheUsersOwnRunsOnTheCluster() throws Exception {
    Path spec = Travels.spec(folder, true);
    Path events = Travels.events(folder);
    replay(spec, events);
    jobs.start(
        spec, 2, List.of("-C", ClusterJobs.exampleJar().toUri().toString()), "--from", "earliest");
    Command backtest =
        Command.run("backtest", spec, "--events", events, "--out", folder.resolve("replayed"));
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();

    Map<String, String> votes = new TreeMap<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              for (Prediction answer : jobs.read("travels-predictions", Prediction.class)) {
                votes.put(answer.getEventId(), Travels.votes(answer));
              }
              assertThat(votes).hasSize(Travels.EVENTS);
            });
    assertThat(votes).isEqualTo(Travels.votes(folder.resolve("replayed")));
    List<Reject> rejects = jobs.read("travels-rejects", Reject.class);
    assertThat(rejects).hasSize(1);
    assertThat(rejects.get(0).getReason()).isEqualTo("failed-transform");
    assertThat(rejects.get(0).getDetail()).contains(Travels.REJECT);
    assertThat(rejects.get(0).getTopic()).isEqualTo("travels");
    assertThat(rejects.get(0).getValue().remaining()).isPositive();
  }

  /**
   * What the dashboard and the alerts name is there. Rejects are counted from the first one on, and
   * the time to a label only where labels come on their own.
   */
  private static void assertShownMetricsExist(String job) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () -> {
              Set<String> named = ShownMetrics.named(ROOT);
              named.remove("flink_taskmanager_job_task_operator_meander_reason_rejects");
              named.remove(
                  "flink_taskmanager_job_task_operator_meander_labels_verificationLatencyMillis");
              assertThat(ShownMetrics.of(cluster.webUi(), job)).containsAll(named);
            });
  }

  /** By key, as {@code meander state} finds them. */
  private static Map<String, Long> trainedInstances(String savepoint) throws Exception {
    Command state = Command.run("state", savepoint, "--json");
    assertThat(state.exitCode()).as(state.err()).isZero();
    Map<String, Long> trained = new TreeMap<>();
    for (JsonNode key : new ObjectMapper().readTree(state.out()).get("keys")) {
      trained.put(key.get("key").textValue(), key.get("slots").get(0).get("trained").longValue());
    }
    return trained;
  }

  private static Map<String, Long> flightsByOrigin(int parts) throws IOException {
    List<String> lines = lines();
    int origin = List.of(lines.get(0).split(",", -1)).indexOf("origin");
    return lines.subList(1, 1 + parts * PART).stream()
        .collect(
            Collectors.groupingBy(
                line -> line.split(",", -1)[origin], TreeMap::new, Collectors.counting()));
  }

  /** The models are, bit for bit in canonical form, those of a backtest over the first parts. */
  private void assertEqualModels(Path spec, Map<String, ModelSnapshot> models, int parts)
      throws Exception {
    Path events = folder.resolve("all.csv");
    Files.write(events, lines().subList(0, 1 + parts * PART));
    Path results = folder.resolve("all");
    Command backtest = Command.run("backtest", spec, "--events", events, "--out", results);
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    try (Stream<Path> keys = Files.list(results.resolve("models"))) {
      assertThat(models).hasSize((int) keys.count());
    }
    LearnerCodec codec = new LearnerCodec(SpecLoader.load(spec).modelContext());
    for (ModelSnapshot live : models.values()) {
      Path model = results.resolve("models").resolve(live.getKey()).resolve("ht.snapshot");
      ModelSnapshot undisturbed =
          AvroEncoding.decode(Files.readAllBytes(model), ModelSnapshot.class);
      assertThat(live.getTrainedInstances()).isEqualTo(undisturbed.getTrainedInstances());
      assertThat(codec.canonical(live.getPayload().array()))
          .as("model of " + live.getKey())
          .isEqualTo(undisturbed.getPayload().array());
    }
  }

  /** The flights, one learner, published soon after they change. */
  private Path spec(String name) throws IOException {
    Files.copy(FLIGHTS.resolve("flight.avsc"), folder.resolve("flight.avsc"));
    Path spec = folder.resolve("pipeline.yaml");
    Files.writeString(
        spec,
        """
        name: %s
        events:
          topic: %s
          schema: flight.avsc
          key: [origin]
          id: flight_id
          time: {field: scheduled_departure, out-of-orderness: 5m}
        label:
          field: arrival_delay_minutes
          above: 15
          classes: ["no", "yes"]
        features: [distance_miles, {name: to, hashed: destination, buckets: 64}]
        slots: [{id: ht, learner: trees.HoeffdingTree}]
        predictions: {delivery: exactly-once}
        snapshots: {every: {instances: 100000, time: 1s}}
        """
            .formatted(name, name));
    return spec;
  }

  /** The first flights, in files that follow one another. */
  private List<Path> parts() throws IOException {
    List<String> lines = lines();
    List<Path> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<String> part = new ArrayList<>(lines.subList(1 + i * PART, 1 + (i + 1) * PART));
      part.add(0, lines.get(0));
      parts.add(Files.write(folder.resolve("part-" + i + ".csv"), part));
    }
    return parts;
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FLIGHTS.resolve("flights.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return in.lines().limit(1 + 3 * PART).toList();
    }
  }

  private void replay(Path spec, Path events) {
    Command replayed =
        Command.run(
            "replay",
            spec,
            "--events",
            events,
            "--create-topics",
            "--bootstrap-servers",
            cluster.bootstrapServers());
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
  }

  private void kill(String name) {
    ClusterProcess victim =
        cluster.processes().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    victim.running().orElseThrow().destroyForcibly();
  }

  /** Every event of the first parts is answered, once. */
  private void awaitAnswers(String pipeline, int parts) throws Exception {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () ->
                assertThat(jobs.read(pipeline + "-predictions", Prediction.class))
                    .hasSizeGreaterThanOrEqualTo(parts * PART));
    Map<String, Integer> answers = new TreeMap<>();
    for (Prediction answer : jobs.read(pipeline + "-predictions", Prediction.class)) {
      answers.merge(answer.getEventId(), 1, Integer::sum);
    }
    assertThat(answers).hasSize(parts * PART);
    assertThat(answers.values()).containsOnly(1);
  }

  /** Each key's last model, once all of them together have learned all that was sent. */
  private Map<String, ModelSnapshot> awaitModels(String pipeline, int learned) {
    Map<String, ModelSnapshot> last = new TreeMap<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              jobs.read(pipeline + "-snapshots", ModelSnapshot.class)
                  .forEach(snapshot -> last.put(snapshot.getKey(), snapshot));
              assertThat(last.values().stream().mapToLong(ModelSnapshot::getTrainedInstances).sum())
                  .isEqualTo(learned);
            });
    return last;
  }
}
