/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.avro.Reject;
import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Observation;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {

  private static final String SPEC =
      """
      name: test
      events: {schema: s.avsc}
      label: {field: y, classes: ["no", "yes"]}
      slots:
        - {id: a, learner: bayes.NaiveBayes}
        - {id: b, learner: bayes.NaiveBayes}
      serve: {champion: a}
      evaluation: {window: 2, slices: [[x]]}
      """;
  private static final String SCHEMA =
      """
      {"type": "record", "name": "E", "fields": [
        {"name": "x", "type": "double"}, {"name": "y", "type": "string"}]}
      """;

  @TempDir Path folder;

  @Test
  void countsByHand() throws Exception {
    // Labels: no, yes, yes, no. Slot a: right, wrong, right, right. Slot b: right, right, wrong,
    // wrong.
    List<Step> steps =
        List.of(
            step(0, "k1", 0, 0.9, 0.4, 0, 0, 0),
            step(1, "k1", 1, 0.2, 0.7, 0, 0, 0),
            step(2, "k2", 1, 0.6, 0.3, 0, 0, 1),
            step(3, "k1", 0, 0.6, 0.8, 1, 0, 0));
    JsonNode metrics = run(steps);

    assertThat(metrics.at("/events").asLong()).isEqualTo(4);
    assertThat(metrics.at("/labels").asLong()).isEqualTo(4);
    assertThat(metrics.at("/keys").asLong()).isEqualTo(2);
    assertThat(metrics.at("/label_outcomes/in_time").asLong()).isEqualTo(4);
    assertThat(metrics.at("/slots/a/accuracy").asDouble()).isEqualTo(75);
    // Agreement 3/4; chance 3/4 * 2/4 + 1/4 * 2/4 = 1/2.
    assertThat(metrics.at("/slots/a/kappa").asDouble()).isEqualTo(50);
    // No-change is right once, on the first: 1/4.
    assertThat(metrics.at("/baselines/no_change/accuracy").asDouble()).isEqualTo(25);
    assertThat(metrics.at("/slots/a/kappa_temporal").asDouble())
        .isCloseTo(100 * (0.75 - 0.25) / 0.75, within(1e-9));
    double logLoss = -(Math.log(0.9) + Math.log(0.2) + Math.log(0.6) + Math.log(0.6)) / 4;
    assertThat(metrics.at("/slots/a/log_loss").asDouble()).isCloseTo(logLoss, within(1e-12));
    // Votes for yes: no 0.1, 0.4; yes 0.2, 0.6: of four pairs three are in order.
    assertThat(metrics.at("/slots/a/auc").asDouble()).isEqualTo(0.75);
    assertThat(metrics.at("/slots/a/per_class/yes/recall").asDouble()).isEqualTo(50);
    assertThat(metrics.at("/slots/a/per_class/yes/precision").asDouble()).isEqualTo(100);
    // The second of four was missed; each counts 0.999 of the next.
    double all = Math.pow(0.999, 3) + Math.pow(0.999, 2) + 0.999 + 1;
    assertThat(metrics.at("/slots/a/faded/accuracy").asDouble())
        .isCloseTo(100 * (all - Math.pow(0.999, 2)) / all, within(1e-9));
    assertThat(metrics.at("/slots/b/accuracy").asDouble()).isEqualTo(50);
    assertThat(metrics.at("/served")).isEqualTo(withoutDrifts(metrics.at("/slots/a")));
    assertThat(metrics.at("/baselines/no_change/log_loss").isNull()).isTrue();
    assertThat(metrics.at("/frozen").isNull()).isTrue();
    assertThat(metrics.at("/served_same_events").isNull()).isTrue();

    assertThat(lines("keys.csv"))
        .contains("k2,a,1,100.0,,100.0," + -Math.log(0.6) + ",,0,0,,100.0,")
        // Nothing watches a baseline for drift.
        .contains("k2,no_change,1,0.0,0.0,0.0,,,,,,0.0,0.0")
        .hasSize(1 + 2 * 5);
    assertThat(lines("windows.csv").get(1)).startsWith("a,1,1,2,2,50.0,0.0,");
    assertThat(lines("slices.csv").get(1)).startsWith("x,s,a,4,75.0,50.0,");
    assertThat(lines("predictions.csv").get(3))
        .isEqualTo(
            "e2,k2,1970-01-01T00:00:00.002Z,yes,yes,1970-01-01T00:00:00.002Z,in_time,no,1.0,a,1,2,0,"
                + "no=0.4;yes=0.6,,");
  }

  @Test
  void writesTheSameFilesInWhateverOrderResultsCome() throws Exception {
    Random random = new Random(3);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      double a = random.nextDouble();
      steps.add(
          step(
              i,
              "k" + random.nextInt(7),
              random.nextInt(2),
              a,
              random.nextDouble(),
              random.nextInt(2),
              random.nextInt(2),
              random.nextInt(2)));
    }
    run(steps);
    List<String> expected = new ArrayList<>();
    for (String file : List.of("predictions.csv", "windows.csv", "keys.csv", "slices.csv")) {
      expected.addAll(lines(file));
    }
    Collections.shuffle(steps, random);
    steps.addAll(steps.subList(0, 20)); // a restart repeats some
    run(steps);
    List<String> actual = new ArrayList<>();
    for (String file : List.of("predictions.csv", "windows.csv", "keys.csv", "slices.csv")) {
      actual.addAll(lines(file));
    }

    assertThat(actual).isEqualTo(expected);
    assertThat(lines("predictions.csv")).hasSize(501);
  }

  @Test
  void scoresTheTwinAndWhatWasServedOnTheSameEvents() throws Exception {
    Step before = step(0, "k", 1, 0.9, 0.5, 0, 0, 1);
    Step after = withTwin(step(1, "k", 1, 0.2, 0.5, 1, 0, 1), 0.7);
    JsonNode metrics = run(List.of(before, after));

    assertThat(metrics.at("/served/instances").asLong()).isEqualTo(2);
    assertThat(metrics.at("/frozen/instances").asLong()).isEqualTo(1);
    assertThat(metrics.at("/frozen/accuracy").asDouble()).isZero();
    assertThat(metrics.at("/served_same_events/instances").asLong()).isEqualTo(1);
    assertThat(metrics.at("/served_same_events/accuracy").asDouble()).isEqualTo(100);
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("\"served_same_events\":{\"n\":1,\"accuracy\":100.0,");
    assertThat(lines("keys.csv")).noneMatch(line -> line.contains("served_same_events"));
  }

  @Test
  void countsKeysThatWereBornTooLateForATwin() throws Exception {
    PipelineSpec frozen =
        SpecLoader.parse(
            SPEC.replace("schema: s.avsc", "schema: s.avsc, time: {field: t}")
                + "frozen: {at: 1970-01-01T00:00:00.002Z}\n",
            path -> SCHEMA.replace("[\n", "[\n{\"name\": \"t\", \"type\": \"long\"},\n"));
    RunReport report = new RunReport(frozen, folder, false, null);
    report.step(step(0, "early", 1, 0.9, 0.5, 0, 0, 1));
    report.step(step(1, "gone", 1, 0.9, 0.5, 0, 0, 1));
    report.step(withTwin(step(2, "early", 1, 0.9, 0.5, 0, 0, 1), 0.7));
    report.step(step(3, "late", 1, 0.9, 0.5, 0, 0, 1));
    report.step(step(4, "late", 1, 0.9, 0.5, 0, 0, 1));
    report.step(step(5, "later", 1, 0.9, 0.5, 0, 0, 1));
    report.finish();
    JsonNode keys =
        new ObjectMapper().readTree(folder.resolve("metrics.json").toFile()).at("/frozen_keys");

    assertThat(keys.get("with_twin").asLong()).isEqualTo(1);
    assertThat(keys.get("born_later").asLong()).isEqualTo(2);
    assertThat(keys.get("labels_born_later").asLong()).isEqualTo(3);
    assertThat(keys.get("not_frozen").asLong()).isEqualTo(1);
    assertThat(run(List.of()).at("/frozen_keys").isNull()).isTrue();
  }

  @Test
  void countsRejectsAndEventsWithoutALabel() throws Exception {
    RunReport report = new RunReport(spec(), folder, true, null);
    Step labelled = step(1, "k", 1, 0.9, 0.5, 0, 0, 1);
    report.step(new Step(2, labelled.answer(), null, List.of()));
    report.step(labelled);
    report.reject(
        Reject.newBuilder()
            .setPipeline("test")
            .setReason("bad-field")
            .setDetail("x")
            .setTopic("f.csv")
            .setPartition(0)
            .setOffset(0)
            .setSequence(0L)
            .build());
    RunReport.Progress progress = report.progress();
    report.finish();

    assertThat(progress.records()).isEqualTo(3);
    assertThat(progress.events()).isEqualTo(2);
    assertThat(progress.scored()).isEqualTo(1);
    assertThat(progress.rejects()).isEqualTo(1);
    assertThat(lines("predictions.csv")).hasSize(3);
    assertThat(lines("predictions.csv").get(2)).contains(",,,never,");
    assertThat(lines("slots.csv")).hasSize(5);
  }

  @Test
  void listsDriftsAndDrawsTheirMarks() throws Exception {
    Step quiet = step(0, "k", 1, 0.9, 0.5, 0, 0, 1);
    Step drifted =
        new Step(
            0,
            quiet.answer(),
            quiet.scored(),
            List.of(
                new DriftSignal(
                    "k",
                    "a",
                    1,
                    "DDM",
                    DriftSignal.Level.DRIFT,
                    1,
                    5,
                    0.1,
                    0.2,
                    DriftSignal.Action.ALERT)));
    JsonNode metrics = run(List.of(drifted));

    assertThat(metrics.at("/slots/a/drifts").asLong()).isEqualTo(1);
    assertThat(lines("drift.csv"))
        .containsExactly(
            "key,slot,detector,level,instance,event_time,action,switched_to,error_before,"
                + "error_after,feature,measure,evidence_error,won,lost,confidence",
            "k,a,DDM,drift,1,1970-01-01T00:00:00.005Z,alert,,0.1,0.2,,,,,,");
    String page = Files.readString(folder.resolve("report.html"));
    assertThat(page)
        .contains("\"drifts\":[{\"level\":\"DRIFT\",\"slot\":\"a\",\"at\":1,")
        .contains("uPlot");
    assertThat(page).doesNotContain("/*FIGURES*/").doesNotContain("src=\"http");
  }

  @Test
  void aPromotionsRowHasItsEvidence() throws Exception {
    Step quiet = step(0, "k", 1, 0.9, 0.5, 0, 0, 1);
    DriftSignal promoted =
        new DriftSignal(
            "k",
            "a",
            1,
            "best",
            DriftSignal.Level.ROLLED_BACK,
            9,
            5,
            0.3,
            0.4,
            DriftSignal.Action.SWITCH,
            "b",
            null,
            new DriftSignal.Evidence(0.2, 8, 1, 0.96));
    run(List.of(new Step(0, quiet.answer(), quiet.scored(), List.of(promoted))));

    assertThat(lines("drift.csv"))
        .last()
        .asString()
        .isEqualTo(
            "k,a,best,rolled_back,9,1970-01-01T00:00:00.005Z,switch,b,0.3,0.4,,,0.2,8,1,0.96");
  }

  @Test
  void saysWhereItCannotWrite() throws Exception {
    Path file = Files.createFile(folder.resolve("in-the-way"));

    assertThatThrownBy(() -> new RunReport(spec(), file.resolve("out"), false, null))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("in-the-way");
  }

  @Test
  void makesFileNamesOfKeys() {
    assertThat(ModelFiles.fileName("ATL")).isEqualTo("ATL");
    assertThat(ModelFiles.fileName("a|b/c")).isEqualTo("a%7Cb%2Fc");
    assertThat(ModelFiles.fileName("..")).isEqualTo("%2E.");
    assertThat(ModelFiles.fileName("")).isEqualTo("%");
  }

  private JsonNode run(List<Step> steps) throws IOException, SpecException {
    RunReport report = new RunReport(spec(), folder, false, null);
    steps.forEach(report::step);
    report.finish();
    report.finish();
    return new ObjectMapper().readTree(folder.resolve("metrics.json").toFile());
  }

  private static JsonNode withoutDrifts(JsonNode slot) {
    return ((com.fasterxml.jackson.databind.node.ObjectNode) slot.deepCopy())
        .without(List.of("drifts", "warnings"));
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  /** The label's votes by slot a and slot b: more than a half is right. */
  static Step step(
      int number,
      String key,
      int label,
      double a,
      double b,
      int noChange,
      int majority,
      int majorityWithLabel) {
    Answer answer =
        new Answer(
            "e" + number,
            key,
            number,
            1,
            new Answer.SlotAnswer[] {slot("a", number, label, a), slot("b", number, label, b)},
            0,
            noChange,
            majority,
            new String[] {"s"});
    return new Step(
        number, answer, new Scored(answer, label, number, majorityWithLabel), List.of());
  }

  private static Answer.SlotAnswer slot(String id, int trained, int label, double vote) {
    double[] votes = new double[2];
    votes[label] = vote;
    votes[1 - label] = 1 - vote;
    return new Answer.SlotAnswer(id, 1, trained, 0, vote > 0.5 ? label : 1 - label, votes);
  }

  private static Step withTwin(Step step, double against) {
    Answer a = step.answer();
    int label = (int) step.scored().label();
    Answer.SlotAnswer twin = slot(SlotSpec.FROZEN, 1, label, 1 - against);
    Answer.SlotAnswer right = slot("a", 2, label, 0.8);
    Answer answer =
        new Answer(
            a.eventId(),
            a.key(),
            a.eventTime(),
            1,
            new Answer.SlotAnswer[] {right, a.slots()[1], twin},
            0,
            a.noChange(),
            a.typical(),
            a.slices());
    return new Step(
        step.sequence(),
        answer,
        new Scored(answer, label, Observation.NO_TIME, step.scored().reference()),
        List.of());
  }

  static PipelineSpec spec() throws SpecException {
    return SpecLoader.parse(SPEC, path -> SCHEMA);
  }
}
