/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.avro.Prediction;
import io.meander.cli.cluster.ClusterProcess;
import io.meander.cli.cluster.LocalCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as containers run it: its JobManager is its own, and ends with it. */
class ApplicationModeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ROWS = 500;
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));

  @TempDir Path folder;

  @BeforeEach
  void bringTransforms() throws Exception {
    System.setProperty(ClusterCommand.OWN_JARS, ClusterJobs.exampleJar().toString());
  }

  @AfterEach
  void stop() throws Exception {
    System.clearProperty(ClusterCommand.OWN_JARS);
    if (LocalCluster.find(cluster(), ROOT).isPresent()) {
      LocalCluster.find(cluster(), ROOT).get().stop();
    }
  }

  @Test
  void theJobStartsWithItsClusterEndsWithItAndGoesOnFromItsSavepoint() throws Exception {
    Path spec = spec();
    assertThat(start(List.of(spec, byDigit())).out()).contains("'numbers, digits' runs");
    String job = runningJob();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        get("/jobs/" + job + "/config")
                            .at("/execution-config/user-config")
                            .path("specs.numbers.slots[0].learner")
                            .asText())
                    .isEqualTo("bayes.NaiveBayes"));
    replay(spec, 0);
    awaitAnswers("numbers", 1);
    awaitAnswers("digits", 1);

    String savepoint = jobs().stop(job, "canonical");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(running())
                    .as("the JobManager ends with its job")
                    .doesNotContain("job-manager"));
    assertThat(Command.run("cluster", "stop", "--dir", cluster()).exitCode()).isZero();

    start(List.of(spec), "--from-savepoint", savepoint, "--allow-non-restored-state");
    replay(spec, 1);
    awaitAnswers("numbers", 2);
    awaitAnswers("digits", 1);
    assertThat(
            read("numbers").stream()
                .filter(answer -> answer.getEventId().equals("" + (2 * ROWS - 1)))
                .map(Prediction::getTrainedInstances))
        .as("all before it is learned, what was learned before the savepoint too")
        .containsExactly(2L * ROWS - 1);
  }

  @Test
  void aSavepointThatIsNotThereIsRefusedBeforeAnythingStarts() throws Exception {
    Command refused =
        Command.run(
            "cluster",
            "start",
            "--application",
            spec(),
            "--from-savepoint",
            folder.resolve("none"),
            "--dir",
            cluster());

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("--from-savepoint: there is no whole savepoint in")
        .contains(folder.resolve("none").toUri().getPath());
    assertThat(cluster()).doesNotExist();
  }

  @Test
  void aSavepointWithoutAnApplicationIsRefused() {
    Command refused = Command.run("cluster", "start", "--from-savepoint", "x", "--dir", cluster());

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("--from-savepoint goes with --application");
  }

  @Test
  void leavingStateBehindWithoutASavepointIsRefused() throws Exception {
    Command refused =
        Command.run(
            "cluster",
            "start",
            "--application",
            spec(),
            "--allow-non-restored-state",
            "--dir",
            cluster());

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("--allow-non-restored-state goes with --from-savepoint");
  }

  @Test
  void pipelinesThatCannotShareAJobAreRefusedBeforeAnythingStarts() throws Exception {
    Path spec = spec();
    Command refused =
        Command.run("cluster", "start", "--application", spec, spec, "--dir", cluster());

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("two of the job's pipelines have the name 'numbers'");
    assertThat(cluster()).doesNotExist();
  }

  private Command start(List<Path> specs, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("cluster", "start", "--dir", cluster(), "--application"));
    arguments.addAll(specs);
    arguments.addAll(List.of("--web-port", 0, "--kafka-port", 0, "--slots", 1));
    arguments.addAll(List.of(more));
    Command started = Command.run(arguments.toArray());
    assertThat(started.exitCode()).as(started.err()).isZero();
    return started;
  }

  private Path cluster() {
    return folder.resolve("cluster");
  }

  private LocalCluster found() throws Exception {
    return LocalCluster.find(cluster(), ROOT).orElseThrow();
  }

  private List<String> running() throws Exception {
    return found().processes().stream()
        .filter(process -> process.running().isPresent())
        .map(ClusterProcess::name)
        .toList();
  }

  private String runningJob() throws Exception {
    return get("/jobs").at("/jobs/0/id").asText();
  }

  private JsonNode get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(found().webUi() + path)).timeout(PATIENCE).build();
    return new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  private ClusterJobs jobs() throws Exception {
    return new ClusterJobs(found(), folder);
  }

  private void awaitAnswers(String pipeline, int parts) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () ->
                assertThat(read(pipeline).stream().map(Prediction::getEventId))
                    .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, parts * ROWS).mapToObj(Integer::toString).toList()));
  }

  private List<Prediction> read(String pipeline) throws Exception {
    return jobs().read(pipeline + "-predictions", Prediction.class);
  }

  private void replay(Path spec, int part) throws Exception {
    List<String> rows = new ArrayList<>(List.of("id,x,at,big"));
    for (int i = part * ROWS; i < (part + 1) * ROWS; i++) {
      rows.add("%d,%d,%d,%s".formatted(i, i % 10, i, i % 10 > 4 ? "yes" : "no"));
    }
    Path events = Files.write(folder.resolve("part.csv"), rows);
    Command replayed =
        Command.run(
            "replay", spec, "--events", events, "--bootstrap-servers", found().bootstrapServers());
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
  }

  private Path spec() throws Exception {
    Files.writeString(
        folder.resolve("number.avsc"),
        """
        {"type": "record", "name": "Number", "fields": [
          {"name": "id", "type": "string"},
          {"name": "x", "type": "double"},
          {"name": "at", "type": "long"},
          {"name": "big", "type": "string"}]}
        """);
    return Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: numbers
        events: {topic: numbers, schema: number.avsc, id: id}
        label: {field: big, classes: ["no", "yes"]}
        features: [x, {name: from, transform: distance-from-last, fields: [x, x, at]}]
        slots: [{id: bayes, learner: bayes.NaiveBayes}]
        predictions: {delivery: exactly-once}
        """);
  }

  /** Of the same topic, with a model set per digit. */
  private Path byDigit() throws Exception {
    return Files.writeString(
        folder.resolve("digits.yaml"),
        """
        name: digits
        events: {topic: numbers, schema: number.avsc, id: id, key: [x]}
        label: {field: big, classes: ["no", "yes"]}
        features: [at]
        slots: [{id: bayes, learner: bayes.NaiveBayes}]
        predictions: {delivery: exactly-once}
        """);
  }
}
