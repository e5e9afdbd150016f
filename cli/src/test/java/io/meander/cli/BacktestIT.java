/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.serving.PublishedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestIT {

  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path FLIGHTS = ROOT.resolve("examples/flights");

  @TempDir Path folder;

  @Test
  void givesMoasFiguresOnTheSmallElectricityFile() throws IOException {
    JsonNode metrics =
        backtest(
            spec("nb: bayes.NaiveBayes", "ht: trees.HoeffdingTree"), data("electricity_tiny.arff"));

    assertThat(metrics.at("/events").asLong()).isEqualTo(2000);
    assertThat(metrics.at("/slots/nb/accuracy").asDouble()).isEqualTo(84.0);
    assertThat(metrics.at("/slots/ht/accuracy").asDouble()).isEqualTo(82.65);
  }

  @Test
  void givesMoasFiguresOnElectricity() throws IOException {
    JsonNode metrics =
        backtest(
            spec(
                "nb: bayes.NaiveBayes",
                "ht: trees.HoeffdingTree",
                "htg: trees.HoeffdingTree -g 50 -c 0.001",
                "hat: trees.HoeffdingAdaptiveTree -g 50",
                "arf: meta.AdaptiveRandomForest -s 10"),
            data("elecNormNew.arff.gz"));

    assertThat(metrics.at("/slots/nb/accuracy").asDouble()).isCloseTo(73.36, within(0.005));
    assertThat(metrics.at("/slots/nb/kappa").asDouble()).isCloseTo(42.54, within(0.005));
    assertThat(metrics.at("/slots/ht/accuracy").asDouble()).isCloseTo(79.20, within(0.005));
    assertThat(metrics.at("/slots/ht/kappa").asDouble()).isCloseTo(57.23, within(0.005));
    assertThat(metrics.at("/slots/htg/accuracy").asDouble()).isEqualTo(81.6604872881356);
    assertThat(metrics.at("/slots/hat/accuracy").asDouble()).isEqualTo(84.68617584745762);
    assertThat(metrics.at("/slots/arf/accuracy").asDouble()).isEqualTo(89.32953742937853);
    assertThat(metrics.at("/baselines/no_change/accuracy").asDouble())
        .isCloseTo(85.33, within(0.005));
    assertThat(metrics.at("/baselines/no_change/kappa").asDouble()).isCloseTo(69.98, within(0.005));
  }

  @Test
  void givesTheSameFilesAtAnyParallelism() throws Exception {
    Path one = folder.resolve("one");
    Path three = folder.resolve("three");
    flights(one, 1);
    flights(three, 3);

    for (String file :
        List.of(
            "predictions.csv", "slots.csv", "drift.csv", "keys.csv", "slices.csv", "windows.csv")) {
      assertThat(three.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
    }
    assertThat(Files.readAllLines(one.resolve("predictions.csv"))).hasSize(20_001);
    try (Stream<Path> models = Files.walk(one.resolve("models")).filter(Files::isRegularFile)) {
      List<Path> files = models.toList();
      assertThat(files).hasSizeGreaterThan(50);
      for (Path file : files) {
        assertThat(three.resolve(one.relativize(file))).hasSameBinaryContentAs(file);
        assertThat(PublishedModel.read(file).snapshot().getTrainedInstances()).isPositive();
      }
    }
    assertThat(one.resolve("report.html")).content().contains("flight-delays");
  }

  @Test
  void rejectsRowsThatDoNotFitAndGoesOn() throws IOException {
    Path spec =
        write(
            "spec.yaml",
            """
            name: points
            events: {schema: p.avsc}
            label: {field: y, classes: ["a", "b"]}
            slots: [{id: nb, learner: bayes.NaiveBayes}]
            """);
    write(
        "p.avsc",
        """
        {"type": "record", "name": "P", "fields": [
          {"name": "x", "type": "double"}, {"name": "y", "type": ["null", "string"]}]}
        """);
    Path events = write("p.csv", "x,y\n1,a\ntwo,b\n3,b\n4,c\n5\n6,\n7,a\n");
    Path out = folder.resolve("out");

    Command command = Command.run("backtest", spec, "--events", events, "--out", out);

    assertThat(command.exitCode()).as(command.err()).isZero();
    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(metrics.at("/events").asLong()).isEqualTo(4);
    assertThat(metrics.at("/labels").asLong()).isEqualTo(3);
    assertThat(metrics.at("/label_outcomes/never").asLong()).isEqualTo(1);
    assertThat(metrics.at("/rejects").asLong()).isEqualTo(3);
    assertThat(Files.readAllLines(out.resolve("predictions.csv")))
        .extracting(line -> line.split(",", 2)[0])
        .containsExactly("event_id", "0", "2", "5", "6");
  }

  private void flights(Path out, int parallelism) {
    Command command =
        Command.run(
            "backtest",
            FLIGHTS.resolve("pipeline.yaml"),
            "--events",
            FLIGHTS.resolve("flights.csv.gz"),
            "--limit",
            20_000,
            "--parallelism",
            parallelism,
            "--all-slots",
            "--out",
            out);
    assertThat(command.exitCode()).as(command.err()).isZero();
  }

  private JsonNode backtest(Path spec, Path events) throws IOException {
    Path out = folder.resolve("out");
    Command command = Command.run("backtest", spec, "--events", events, "--out", out);
    assertThat(command.exitCode()).as(command.err()).isZero();
    return new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
  }

  private Path spec(String... slots) throws IOException {
    StringBuilder yaml = new StringBuilder("name: electricity\nlabel: {field: class}\nslots:\n");
    for (String slot : slots) {
      String[] parts = slot.split(": ", 2);
      yaml.append("  - {id: %s, learner: \"%s\"}%n".formatted(parts[0], parts[1]));
    }
    yaml.append("serve: {champion: %s}%n".formatted(slots[0].split(":", 2)[0]));
    return write("spec.yaml", yaml.toString());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Path data(String name) {
    Path file = ROOT.resolve("../shared/data").resolve(name);
    Assumptions.assumeTrue(
        Files.exists(file),
        () -> "skipped: reference file " + name + " is not beside the checkout");
    return file;
  }
}
