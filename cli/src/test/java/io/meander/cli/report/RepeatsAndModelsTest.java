/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Reject;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.models.Answer;
import io.meander.models.Scored;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepeatsAndModelsTest {

  @TempDir Path folder;

  @Test
  void countsWhatARestartRepeatsOnce() throws Exception {
    Step step = RunReportTest.step(0, "k", 1, 0.9, 0.5, 0, 0, 1);
    Step ahead = RunReportTest.step(2, "k", 1, 0.9, 0.5, 0, 0, 1);
    try (RunReport report = new RunReport(RunReportTest.spec(), null, false, null)) {
      for (int attempt = 0; attempt < 2; attempt++) {
        report.step(step);
        report.step(ahead);
      }
      for (int attempt = 0; attempt < 2; attempt++) {
        report.reject(reject(1L));
      }
      RunReport.Progress progress = report.progress();

      assertThat(progress.records()).isEqualTo(3);
      assertThat(progress.rejects()).isEqualTo(1);
      assertThat(progress.events()).isEqualTo(2);
      assertThat(progress.line("served").instances()).isEqualTo(2);
    }
  }

  @Test
  void countsEveryRejectWithoutANumber() throws Exception {
    try (RunReport report = new RunReport(RunReportTest.spec(), null, false, null)) {
      report.reject(reject(null));
      report.reject(reject(null));

      assertThat(report.progress().rejects()).isEqualTo(2);
    }
  }

  @Test
  void stopsItsClockWhenItHasEnded() throws Exception {
    RunReport report = new RunReport(RunReportTest.spec(), folder, false, null);
    report.finish();
    Duration took = report.progress().elapsed();

    assertThat(report.progress().elapsed()).isEqualTo(took);
    assertThat(metrics().at("/seconds").asDouble()).isEqualTo(took.toMillis() / 1000.0);
    assertThat(metrics().at("/served/accuracy").isNull()).isTrue();
  }

  @Test
  void writesTheLastModelsAndTheirSizes() throws Exception {
    try (RunReport report = new RunReport(RunReportTest.spec(), folder, false, null)) {
      report.step(RunReportTest.step(0, "a/b", 1, 0.9, 0.5, 0, 0, 1));
      report.snapshot(snapshot("a/b", "a", SnapshotCause.INSTANCES, 3));
      report.snapshot(snapshot("a/b", "b", SnapshotCause.END, 5));
      assertThat(report.progress().snapshots()).isEqualTo(2);
      report.finish();
    }

    Path models = folder.resolve("models").resolve("a%2Fb");
    try (var files = Files.list(models)) {
      assertThat(files).extracting(f -> f.getFileName().toString()).containsExactly("b.snapshot");
    }
    ModelSnapshot read =
        AvroEncoding.decode(Files.readAllBytes(models.resolve("b.snapshot")), ModelSnapshot.class);
    assertThat(read).isEqualTo(snapshot("a/b", "b", SnapshotCause.END, 5));
    List<String> keys = Files.readAllLines(folder.resolve("keys.csv"));
    assertThat(keys.get(1)).startsWith("a/b,a,").contains(",0,0,,");
    assertThat(keys.get(2)).startsWith("a/b,b,").contains(",0,0,5,");
  }

  @Test
  void keepsLongKeysApartWithinAFileSystemsLimit() throws Exception {
    String one = "é".repeat(300) + "1";
    String two = "é".repeat(300) + "2";
    try (RunReport report = new RunReport(RunReportTest.spec(), folder, false, null)) {
      report.snapshot(snapshot(one, "a", SnapshotCause.END, 1));
      report.snapshot(snapshot(two, "a", SnapshotCause.END, 1));
    }

    assertThat(ModelFiles.fileName(one)).hasSize(200).startsWith("%C3%A9").contains("%.");
    try (var files = Files.list(folder.resolve("models"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void tellsNearlyEqualVotesApartAndSaysHowFar() throws Exception {
    try (RunReport report = new RunReport(RunReportTest.spec(), folder, false, null)) {
      // Slot a's votes for yes: 0.4 where the label is no, the next double where it is yes.
      report.step(RunReportTest.step(0, "k", 0, 1 - 0.4, 0.5, 0, 0, 0));
      report.step(RunReportTest.step(1, "k", 1, Math.nextUp(0.4), 0.5, 0, 0, 0));
      report.finish();
    }

    assertThat(metrics().at("/slots/a/auc").asDouble()).isEqualTo(1);
    assertThat(metrics().at("/slots/b/auc").asDouble()).isEqualTo(0.5);
    for (String file : new String[] {"keys.csv", "slices.csv", "windows.csv"}) {
      List<String> lines = Files.readAllLines(folder.resolve(file));
      int column = List.of(lines.get(0).split(",", -1)).indexOf("auc");
      assertThat(lines.get(1).split(",", -1)[column]).as(file).isEqualTo("1.0");
    }
    assertThat(metrics().at("/labels_known").asText()).isEqualTo("at once");
    assertThat(metrics().at("/note").asText())
        .contains("optimistic", "auc is exact for up to 131072 labels");
  }

  @Test
  void hasNoRocAreaForThreeClassesAndCutsTheLastWindowShort() throws Exception {
    String yaml =
        """
        name: three
        events: {schema: s.avsc}
        label: {field: y, classes: [a, b, c]}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        serve: {champion: nb}
        evaluation: {window: 2}
        """;
    String schema =
        """
        {"type": "record", "name": "E", "fields": [
          {"name": "x", "type": "double"}, {"name": "y", "type": "string"}]}
        """;
    PipelineSpec spec = SpecLoader.parse(yaml, path -> schema);
    try (RunReport report = new RunReport(spec, folder, false, null)) {
      report.step(three(0, 0, 0));
      report.step(three(1, 1, 2));
      report.step(three(2, 2, 2));
      report.finish();
    }

    JsonNode served = metrics().at("/served");
    assertThat(served.at("/auc").isNull()).isTrue();
    assertThat(served.at("/accuracy").asDouble()).isEqualTo(2.0 / 3 * 100);
    // Agreement 2/3; chance 1/3 * 1/3 + 1/3 * 0 + 1/3 * 2/3 = 1/3.
    assertThat(served.at("/kappa").asDouble())
        .isCloseTo(50, org.assertj.core.api.Assertions.within(1e-9));
    // Nothing was predicted as b: precision has no denominator.
    assertThat(served.at("/per_class/b/precision").isNull()).isTrue();
    assertThat(served.at("/per_class/b/recall").asDouble()).isZero();
    assertThat(served.at("/per_class/c/precision").asDouble()).isEqualTo(50);
    assertThat(Files.readAllLines(folder.resolve("windows.csv")))
        .filteredOn(row -> row.startsWith("served,"))
        .satisfiesExactly(
            row -> assertThat(row).startsWith("served,1,1,2,2,50.0,"),
            row -> assertThat(row).startsWith("served,2,3,3,1,100.0,"));
  }

  private JsonNode metrics() throws java.io.IOException {
    return new ObjectMapper().readTree(folder.resolve("metrics.json").toFile());
  }

  private static Step three(int number, int label, int predicted) {
    double[] votes = {0.2, 0.2, 0.2};
    votes[predicted] = 0.6;
    Answer answer =
        new Answer(
            "e" + number,
            "",
            number,
            1,
            new Answer.SlotAnswer[] {new Answer.SlotAnswer("nb", 1, number, 0, predicted, votes)},
            0,
            0,
            0,
            new String[0]);
    return new Step(number, answer, new Scored(answer, label, number, 0), List.of());
  }

  private static Reject reject(Long sequence) {
    return Reject.newBuilder()
        .setPipeline("test")
        .setReason("bad-field")
        .setDetail("x")
        .setTopic("f.csv")
        .setPartition(0)
        .setOffset(1)
        .setSequence(sequence)
        .build();
  }

  private static ModelSnapshot snapshot(String key, String slot, SnapshotCause cause, int bytes) {
    return ModelSnapshot.newBuilder()
        .setPipeline("test")
        .setKey(key)
        .setSlot(slot)
        .setIncarnation(1)
        .setVersion(1)
        .setParentVersion(0)
        .setCause(cause)
        .setTrainedInstances(1)
        .setOffsets(List.of())
        .setMetrics(SnapshotMetrics.newBuilder().setInstances(1).build())
        .setLearner("bayes.NaiveBayes")
        .setSeed(1)
        .setMoaVersion("x")
        .setFeatures(List.of())
        .setFeatureFingerprint("f")
        .setClasses(List.of("no", "yes"))
        .setFormat(1)
        .setChecksum(0)
        .setPayload(ByteBuffer.wrap(new byte[bytes]))
        .build();
  }
}
