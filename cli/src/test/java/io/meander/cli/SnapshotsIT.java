/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The snapshots commands over the files that a backtest leaves. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SnapshotsIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root"), "examples", "flights");

  @TempDir private static Path directory;
  private static Path models;

  @BeforeAll
  static void backtest() throws Exception {
    Path few = directory.resolve("few.csv");
    try (var in =
            new java.util.zip.GZIPInputStream(
                Files.newInputStream(EXAMPLE.resolve("flights.csv.gz")));
        Stream<String> lines =
            new java.io.BufferedReader(
                    new java.io.InputStreamReader(in, java.nio.charset.StandardCharsets.UTF_8))
                .lines()) {
      Files.write(few, lines.limit(2001).toList());
    }
    Command run =
        Command.run(
            "backtest",
            EXAMPLE.resolve("pipeline.yaml"),
            "--events",
            few,
            "--out",
            directory.resolve("out"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    models = directory.resolve("out/models");
  }

  @Test
  void listsWhatIsThere() throws Exception {
    JsonNode all = json(Command.run("snapshots", "list", models, "--json"));
    assertThat(all.size()).isGreaterThan(20);
    JsonNode charlotte = json(Command.run("snapshots", "list", models, "--key", "CLT", "--json"));
    assertThat(charlotte).hasSize(3);
    for (JsonNode snapshot : charlotte) {
      assertThat(snapshot.get("key").asText()).isEqualTo("CLT");
      assertThat(snapshot.get("champion").asText()).isEqualTo("ht");
      assertThat(snapshot.get("trained_instances").asLong()).isPositive();
      assertThat(snapshot.get("payload_bytes").asLong()).isPositive();
      assertThat(snapshot.get("position").asLong()).isPositive();
    }
  }

  @Test
  void showsOneAndSaysWhichWereMeant() throws Exception {
    JsonNode shown =
        json(Command.run("snapshots", "show", models, "--key", "CLT", "--slot", "nb", "--json"));
    assertThat(shown.get("learner").asText()).isEqualTo("bayes.NaiveBayes");
    assertThat(shown.get("classes").toString()).isEqualTo("[\"no\",\"yes\"]");
    assertThat(shown.get("task").asText()).isEqualTo("classification");
    assertThat(shown.get("metrics").get("rmse").isNull()).isTrue();

    Command many = Command.run("snapshots", "show", models, "--key", "CLT");
    assertThat(many.exitCode()).isEqualTo(1);
    assertThat(many.err()).contains("has 3 such snapshots").contains("--slot");
    Command none = Command.run("snapshots", "show", models, "--key", "CLS");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).contains("has no snapshot of key 'CLS'").contains("did you mean 'CLT'");
  }

  @Test
  void verifiesAndTellsTheOneThatWasChanged() throws Exception {
    Path copies = Files.createDirectory(directory.resolve("copies"));
    Path good = copies.resolve("good.snapshot");
    Files.copy(models.resolve("CLT/nb.snapshot"), good);
    assertThat(Command.run("snapshots", "verify", copies).exitCode()).isZero();

    byte[] bytes = Files.readAllBytes(good);
    bytes[bytes.length - 40] ^= 1;
    Files.write(copies.resolve("changed.snapshot"), bytes);
    Files.write(copies.resolve("short.snapshot"), java.util.Arrays.copyOf(bytes, 30));
    Command verify = Command.run("snapshots", "verify", copies, "--json");
    assertThat(verify.exitCode()).isEqualTo(1);
    JsonNode found = new JsonMapper().readTree(verify.out());
    assertThat(found).hasSize(3);
    assertThat(found.get(0).get("problem").asText()).contains("does not match its checksum");
    assertThat(found.get(1).get("problem").isNull()).isTrue();
    assertThat(found.get(2).get("problem").asText()).contains("not a ModelSnapshot");
  }

  @Test
  void getsOneAndAsksIt() throws Exception {
    Path file = directory.resolve("one.snapshot");
    Command get =
        Command.run("snapshots", "get", models, "--key", "CLT", "--slot", "nb", "--out", file);
    assertThat(get.exitCode()).as(get.err()).isZero();
    assertThat(file).hasSameBinaryContentAs(models.resolve("CLT/nb.snapshot"));

    String features =
        "{\"distance_miles\": 500, \"hour_sin\": 0, \"hour_cos\": 1, \"weekday_sin\": null,"
            + " \"weekday_cos\": 1, \"to\": \"7\"}";
    JsonNode answer = json(Command.run("snapshots", "predict", file, "--features", features));
    double sum =
        answer.get("votes").get("no").asDouble() + answer.get("votes").get("yes").asDouble();
    assertThat(sum).isBetween(0.999999, 1.000001);
    assertThat(answer.get("predicted").asText()).isIn("no", "yes");

    Command wrong =
        Command.run(
            "snapshots", "predict", file, "--features", features.replace("\"to\"", "\"too\""));
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).contains("features.to: is not given");
    assertThat(Command.run("snapshots", "predict", file).exitCode()).isEqualTo(2);
    assertThat(Command.run("snapshots").exitCode()).isEqualTo(2);
  }

  /** The keys that MLflow's own reader of these files takes. */
  @Test
  void exportsModelDirectoriesForMlflow() throws Exception {
    Path mlflow = directory.resolve("mlflow");
    Command export = Command.run("snapshots", "export", models, "--key", "CLT", "--mlflow", mlflow);
    assertThat(export.exitCode()).as(export.err()).isZero();

    Path model = mlflow.resolve("CLT/nb");
    assertThat(model.resolve("model.snapshot"))
        .hasSameBinaryContentAs(models.resolve("CLT/nb.snapshot"));
    Map<String, Object> file = new Yaml().load(Files.readString(model.resolve("MLmodel")));
    assertThat(file)
        .containsOnlyKeys(
            "artifact_path",
            "flavors",
            "signature",
            "model_size_bytes",
            "model_uuid",
            "utc_time_created",
            "metadata");
    assertThat(file.get("model_uuid").toString()).matches("[0-9a-f]{32}");
    assertThat(file.get("flavors").toString()).contains("meander={data=model.snapshot");
    JsonNode inputs =
        new JsonMapper().readTree(((Map<?, ?>) file.get("signature")).get("inputs").toString());
    assertThat(inputs).hasSize(6);
    assertThat(inputs.get(0).toString())
        .isEqualTo("{\"type\":\"double\",\"name\":\"distance_miles\",\"required\":true}");
    JsonNode aliases = new JsonMapper().readTree(Files.readString(mlflow.resolve("aliases.json")));
    assertThat(aliases.get("flight-delays.CLT").get("champion").asText()).isEqualTo("CLT/ht");
    assertThat(aliases.get("flight-delays.CLT").get("challenger-nb").asText()).isEqualTo("CLT/nb");
    assertThat(aliases.get("flight-delays.CLT").get("challenger-hat").asText())
        .isEqualTo("CLT/hat");
  }

  @Test
  void rollsBackToASnapshotWhosePayloadIsElsewhere() throws Exception {
    ModelSnapshot snapshot =
        AvroEncoding.decode(
            Files.readAllBytes(models.resolve("CLT/nb.snapshot")), ModelSnapshot.class);
    ByteBuffer payload = snapshot.getPayload();
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    Path elsewhere = Files.write(directory.resolve("payload"), bytes);
    snapshot.setPayload(ByteBuffer.allocate(0));
    snapshot.setPayloadUri(elsewhere.toUri().toString());
    Path file = Files.write(directory.resolve("elsewhere.snapshot"), AvroEncoding.encode(snapshot));

    ModelSnapshot whole = ControlCommands.whole(file);

    assertThat(whole.getPayload()).isEqualTo(payload);
    assertThat(whole.getPayloadUri()).isNull();
  }

  private static JsonNode json(Command run) throws Exception {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return new JsonMapper().readTree(run.out());
  }
}
