/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import moa.classifiers.oneclass.HSTrees;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anomaly scores from the file to the files, beside a plain loop over MOA's HSTrees. */
class AnomalyIT {

  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path NAB = ROOT.resolve("../shared/data/nab_keyed.csv.gz");

  private static final String SPEC =
      """
      name: metrics
      task: anomaly
      %s
      events: {key: [key], time: {field: timestamp, format: "yyyy-MM-dd HH:mm:ss"}}
      %s
      features:
        - {name: value_scaled, scaled: value, to: range}
      slots:
        - {id: hs, learner: "oneclass.HSTrees -t 25 -h 8"}
        - {id: small, learner: "oneclass.HSTrees -t 5 -h 6", seed: 2}
      serve: {champion: hs}
      """;

  private static final String LABEL = "label: {field: anomaly_window, classes: [\"0\", \"1\"]}";

  private static final int OVERALL_EXACT = 1 << 17;

  @TempDir Path folder;

  /** A scored event. */
  private record Scored(String key, double score, boolean called, boolean anomaly) {}

  @Test
  void scoresAndFiguresAreThoseOfPlainMoa() throws IOException {
    check(synthetic(3000), 3, true);
  }

  @Test
  void scoresAndFiguresAreThoseOfPlainMoaOnTheNumentaBenchmark() throws IOException {
    assumeTrue(Files.exists(NAB), NAB + " is not there");
    check(NAB, 58, false);
  }

  private void check(Path events, int keys, boolean parallel) throws IOException {
    Path out = run("one", SPEC.formatted("", LABEL), events, "--parallelism", 1);
    if (parallel) {
      Path three = run("three", SPEC.formatted("", LABEL), events, "--parallelism", 3);
      for (String file : List.of("predictions.csv", "drift.csv", "keys.csv", "windows.csv")) {
        assertThat(out.resolve(file)).hasSameTextualContentAs(three.resolve(file));
      }
    }
    List<Scored> scored = new ArrayList<>();
    Map<String, PlainMoa> moa = new HashMap<>();
    List<CSVRecord> rows = rows(events);
    List<CSVRecord> answers = rows(out.resolve("predictions.csv"));
    assertThat(answers).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      CSVRecord row = rows.get(i);
      CSVRecord answer = answers.get(i);
      double value = Double.parseDouble(row.get("value"));
      double score = moa.computeIfAbsent(row.get("key"), k -> new PlainMoa()).scoreThenTrain(value);
      Map<String, Double> votes = votes(answer.get("votes"));
      assertThat(votes.get("score")).as("row %d", i).isEqualTo(score);
      boolean called = votes.containsKey("threshold") && score > votes.get("threshold");
      assertThat(answer.get("predicted")).isEqualTo(called ? "1" : "0");
      scored.add(new Scored(row.get("key"), score, called, row.get("anomaly_window").equals("1")));
    }
    assertThat(moa).hasSize(keys);

    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(metrics.at("/task").asText()).isEqualTo("anomaly");
    JsonNode served = metrics.at("/served");
    assertThat(served.has("kappa")).isFalse();
    double exact = scored.size() <= OVERALL_EXACT ? 1e-12 : 1e-4;
    assertThat(served.at("/auc").asDouble()).isCloseTo(auc(scored), within(exact));
    long called = scored.stream().filter(Scored::called).count();
    long anomalies = scored.stream().filter(Scored::anomaly).count();
    long both = scored.stream().filter(s -> s.called() && s.anomaly()).count();
    assertThat(called).isPositive();
    assertThat(metrics.at("/called_anomalies").asLong()).isEqualTo(called);
    assertThat(served.at("/precision").asDouble()).isCloseTo(100.0 * both / called, within(1e-9));
    assertThat(served.at("/recall").asDouble()).isCloseTo(100.0 * both / anomalies, within(1e-9));
    assertThat(served.at("/f1").asDouble())
        .isCloseTo(200.0 * both / (called + anomalies), within(1e-9));
    assertThat(metrics.at("/baselines/no_change/auc").isNull()).isTrue();
    assertThat(metrics.at("/comparisons/0/predictor").asText()).isEqualTo("served");
    assertThat(metrics.at("/comparisons/0/against").asText()).isEqualTo("small");
    assertThat(metrics.at("/comparisons").findValuesAsText("against")).doesNotContain("no_change");
    for (CSVRecord row : rows(out.resolve("keys.csv"))) {
      List<Scored> of = scored.stream().filter(s -> s.key().equals(row.get("key"))).toList();
      if (row.get("slot").equals("hs") && !row.get("auc").isEmpty() && of.size() <= 2048) {
        assertThat(Double.parseDouble(row.get("auc"))).isCloseTo(auc(of), within(1e-12));
      }
      if (row.get("slot").equals("served")) {
        assertThat(row.get("called"))
            .isEqualTo(Long.toString(of.stream().filter(Scored::called).count()));
      }
    }
    assertThat(Files.readAllLines(out.resolve("windows.csv")).get(0))
        .isEqualTo(
            "slot,window,from,to,instances,auc,f1,precision,recall,from_time,to_time,faded_f1");
    assertThat(Files.readString(out.resolve("report.html"))).contains("\"lead\":\"auc\"");
  }

  @Test
  void theExampleCallsAboutOneFlightInAHundred() throws IOException {
    Path example = ROOT.resolve("examples/flights/unusual.yaml");
    Path out = folder.resolve("unusual");
    Command command =
        Command.run(
            "backtest",
            example,
            "--events",
            ROOT.resolve("examples/flights/flights.csv.gz"),
            "--all-slots",
            "--out",
            out);

    assertThat(command.exitCode()).as(command.err()).isZero();
    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(metrics.at("/called_anomalies").asDouble() / metrics.at("/events").asDouble())
        .isBetween(0.005, 0.015);
    for (String slot : List.of("trees", "autoencoder")) {
      long scores =
          rows(out.resolve("slots.csv")).stream()
              .filter(row -> row.get("slot").equals(slot))
              .mapToDouble(row -> votes(row.get("votes")).get("score"))
              .distinct()
              .count();
      assertThat(scores).as(slot).isGreaterThan(1000);
    }
  }

  @Test
  void withoutLabelsItLearnsTheSameAndScoresNothing() throws IOException {
    Path events = synthetic(4500);
    Path labelled = run("labelled", SPEC.formatted("", LABEL), events);
    Path out = run("unlabelled", SPEC.formatted("", ""), events);

    List<CSVRecord> with = rows(labelled.resolve("predictions.csv"));
    List<CSVRecord> without = rows(out.resolve("predictions.csv"));
    assertThat(without)
        .extracting(row -> row.get("votes"))
        .containsExactlyElementsOf(with.stream().map(row -> row.get("votes")).toList());
    assertThat(without).extracting(row -> row.get("label")).containsOnly("");
    assertThat(without).extracting(row -> row.get("label_outcome")).containsOnly("");
    assertThat(without).extracting(row -> row.get("predicted")).contains("anomaly", "normal");
    JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(metrics.at("/labels").asLong()).isZero();
    assertThat(metrics.at("/labels_known").asText()).isEqualTo("never");
    assertThat(metrics.at("/label_outcomes/never").asLong()).isZero();
    assertThat(metrics.at("/called_anomalies").asLong())
        .isEqualTo(without.stream().filter(row -> row.get("predicted").equals("anomaly")).count());
  }

  @Test
  void learnsTheNormalOnesAlone() throws IOException {
    Path events = synthetic(2000);
    Path out = run("normal", SPEC.formatted("learn: normal", LABEL), events);

    Map<String, Integer> normal = new HashMap<>();
    for (CSVRecord row : rows(out.resolve("predictions.csv"))) {
      assertThat(row.get("trained_instances"))
          .isEqualTo(Integer.toString(normal.getOrDefault(row.get("key"), 0)));
      normal.merge(row.get("key"), row.get("label").equals("0") ? 1 : 0, Integer::sum);
    }
  }

  @Test
  void ranksAGridAndComparesAges() throws IOException {
    Path events = synthetic(6000);

    Path out = run("grid", SPEC.formatted("", LABEL), events, "--grid", "small: -h 5,7");

    List<CSVRecord> ranked = rows(out.resolve("grid.csv"));
    assertThat(ranked)
        .extracting(row -> Double.parseDouble(row.get("auc")))
        .isSortedAccordingTo(Comparator.reverseOrder());

    out = run("decay", SPEC.formatted("", LABEL), events, "--decay", "30m", "--decay-test", "1h");
    JsonNode decay = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
    assertThat(decay.at("/decay/0/live_auc").asDouble()).isBetween(0.5, 1.0);
    assertThat(decay.at("/decay/0/gap_auc").asDouble())
        .isCloseTo(
            decay.at("/decay/0/live_auc").asDouble() - decay.at("/decay/0/auc").asDouble(),
            within(1e-9));
  }

  @Test
  void validateWarnsOfWhatTheFileShows() throws IOException {
    Path events = synthetic(500);
    String bare =
        SPEC.formatted("", LABEL)
            .replace("{name: value_scaled, scaled: value, to: range}", "value")
            .replace("oneclass.HSTrees -t 25 -h 8", "oneclass.HSTrees");
    Path spec = folder.resolve("bare.yaml");
    Files.writeString(spec, bare);

    Command command = Command.run("validate", spec, "--events", events);

    assertThat(command.exitCode()).as(command.err()).isZero();
    assertThat(command.out())
        .containsPattern("warning: features: .*; 'value' \\(-?[\\d.]+ to [\\d.]+\\) is not sure")
        .contains("warning: slots[0].learner: 'oneclass.HSTrees' takes about 45 MB")
        .contains("learns       every event, once it was answered; labels only score")
        .contains("an anomaly above the 0.995 quantile of a slot's last 1,000 scores");
  }

  /** Three keys' waves, in which one value in 60 is somewhere else. */
  private Path synthetic(int rows) throws IOException {
    Path file = folder.resolve("metrics-" + rows + ".csv");
    StringBuilder text = new StringBuilder("timestamp,key,value,anomaly_window\n");
    Random random = new Random(9);
    for (int i = 0; i < rows; i++) {
      boolean odd = random.nextInt(60) == 0;
      int key = random.nextInt(3);
      double wave = 10 * (key + 1) * Math.sin(i / 40.0) + random.nextGaussian();
      double value = odd ? 200 * (random.nextDouble() - 0.5) : wave;
      int minute = i / 60;
      text.append(
          "2026-01-%02d %02d:%02d:%02d,k%d,%s,%d%n"
              .formatted(
                  1 + minute / 1440,
                  minute / 60 % 24,
                  minute % 60,
                  i % 60,
                  key,
                  value,
                  odd ? 1 : 0));
    }
    Files.writeString(file, text);
    return file;
  }

  private Path run(String name, String yaml, Path events, Object... options) throws IOException {
    Path out = folder.resolve(name);
    Path spec = folder.resolve(name + ".yaml");
    Files.writeString(spec, yaml);
    List<Object> arguments =
        new ArrayList<>(List.of("backtest", spec, "--events", events, "--out", out));
    arguments.addAll(List.of(options));
    Command command = Command.run(arguments.toArray());
    assertThat(command.exitCode()).as(command.err()).isZero();
    return out;
  }

  private static List<CSVRecord> rows(Path file) throws IOException {
    boolean zipped = file.toString().endsWith(".gz");
    try (var in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    zipped ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
        CSVParser rows =
            CSVParser.parse(
                reader, CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
      return rows.getRecords();
    }
  }

  private static Map<String, Double> votes(String text) {
    Map<String, Double> votes = new HashMap<>();
    for (String vote : text.split(";", -1)) {
      int equals = vote.indexOf('=');
      votes.put(vote.substring(0, equals), Double.valueOf(vote.substring(equals + 1)));
    }
    return votes;
  }

  /** By ranks, ties counted half: H. B. Mann, D. R. Whitney, 1947. */
  private static double auc(List<Scored> scored) {
    List<Scored> sorted =
        scored.stream().sorted(Comparator.comparingDouble(Scored::score)).toList();
    double ranks = 0;
    double positives = 0;
    for (int from = 0; from < sorted.size(); ) {
      int to = from;
      int among = 0;
      while (to < sorted.size() && sorted.get(to).score() == sorted.get(from).score()) {
        among += sorted.get(to++).anomaly() ? 1 : 0;
      }
      ranks += among * ((from + 1 + to) / 2.0);
      positives += among;
      from = to;
    }
    double negatives = sorted.size() - positives;
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
  }

  /** One key's trees, and the range of its values so far. */
  private static final class PlainMoa {
    private final HSTrees trees = new HSTrees();
    private final InstancesHeader header;
    private double least = Double.NaN;
    private double greatest = Double.NaN;

    PlainMoa() {
      trees.numTreesOption.setValue(25);
      trees.maxDepthOption.setValue(8);
      trees.setRandomSeed(1);
      trees.prepareForUse();
      List<Attribute> attributes =
          List.of(new Attribute("value_scaled"), new Attribute("class", List.of("0", "1")));
      Instances instances = new Instances("metrics", new ArrayList<>(attributes), 0);
      instances.setClassIndex(1);
      header = new InstancesHeader(instances);
      trees.setModelContext(header);
    }

    double scoreThenTrain(double value) {
      double scaled = scaled(value);
      double score = trees.getVotesForInstance(instance(scaled))[1];
      trees.trainOnInstance(instance(scaled));
      least = Double.isNaN(least) ? value : Math.min(least, value);
      greatest = Double.isNaN(greatest) ? value : Math.max(greatest, value);
      return score;
    }

    private double scaled(double value) {
      if (Double.isNaN(least)) {
        return Double.NaN;
      }
      if (least == greatest) {
        return value < least ? 0 : value > greatest ? 1 : 0.5;
      }
      return Math.min(1, Math.max(0, (value - least) / (greatest - least)));
    }

    private Instance instance(double scaled) {
      Instance instance = new DenseInstance(1, new double[] {scaled, 0});
      instance.setDataset(header);
      return instance;
    }
  }
}
