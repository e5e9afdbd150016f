/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureInputs;
import io.meander.flink.PipelineUids;
import io.meander.models.Answer;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.LabelResult;
import io.meander.models.LearnerCodec;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.state.api.OperatorIdentifier;
import org.junit.jupiter.api.Test;

/**
 * A savepoint of every released format is stored, in Flink's canonical form and in the state
 * backend's own, and restored by the present code. To write those of the present format anew,
 * before its release only: {@code mvn -pl flink-jobs -am test -Dtest=StoredSavepointTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dmeander.regenerate=true}.
 */
class StoredSavepointTest {

  private static final Path SAVEPOINTS = Path.of("src/test/resources/savepoints");

  /** Predictions wait for their labels, and missing values are filled in from what was before. */
  private static final PipelineSpec SPEC =
      UpgradeSpecs.parse(
          UpgradeSpecs.YAML.replace(
                  "label: {field: label,",
                  "label: {topic: labels, schema: point.avsc, key: [place], id: id, field: label,"
                      + " wait: 1d,")
              + "missing: last\n"
              + "frozen: {after: {instances: 20}}\n"
              + "snapshots: {every: {instances: 20, time: 1d}}\n");

  private static final int EVENTS = 240;
  private static final int STORED = 160;

  /** A label comes so many events after its own. */
  private static final int DELAY = 9;

  @Test
  void theSavepointOfFormat1GoesOnAsIfItHadNeverStopped() throws Exception {
    goesOn("1", SavepointFormatType.CANONICAL);
  }

  @Test
  void soDoesTheOneInTheStateBackendsOwnForm() throws Exception {
    goesOn("1-native", SavepointFormatType.NATIVE);
  }

  private static void goesOn(String name, SavepointFormatType format) throws Exception {
    Path file = SAVEPOINTS.resolve(name).resolve("_metadata");
    if (Boolean.getBoolean("meander.regenerate")) {
      write(file, format);
    }
    Map<String, List<String>> expected = new TreeMap<>();
    try (var task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      go(task, arrivals(0, STORED));
      int published = task.snapshots().size();
      go(task, arrivals(STORED, EVENTS)).forEach(step -> add(step, expected));
      List<ModelSnapshot> all = task.snapshots();
      all.subList(published, all.size()).forEach(snapshot -> add(snapshot, expected));
    }

    OperatorSubtaskState state = read(file);
    Map<String, List<String>> actual = new TreeMap<>();
    for (int i = 0; i < 2; i++) {
      try (var task = TestTask.restore(SPEC, LearningOptions.LIVE, 2, i, state, 1)) {
        go(task, own(arrivals(STORED, EVENTS), i)).forEach(step -> add(step, actual));
        task.snapshots().forEach(snapshot -> add(snapshot, actual));
      }
    }
    assertThat(actual).isEqualTo(expected);
    assertThat(actual).hasSize(3);
    // Answers, labels without three of the first key, and two models of each key.
    assertThat(actual.values().stream().mapToInt(List::size).sum()).isEqualTo(80 + 77 + 6);
  }

  /** What was answered, and which answer a label scored. */
  private static void add(Step step, Map<String, List<String>> byKey) {
    if (step.answer() != null) {
      add(step.answer().key(), "answered " + text(step.answer()), byKey);
    }
    for (LabelResult label : step.labels()) {
      Answer answer = label.scoredOrNull().answer();
      add(answer.key(), label.outcome() + " " + label.label() + " scored " + text(answer), byKey);
    }
  }

  private static String text(Answer answer) {
    return answer.eventId()
        + " "
        + answer.served()
        + " "
        + answer.noChange()
        + " "
        + answer.typical()
        + Stream.of(answer.slots())
            .map(
                slot ->
                    " %s %d %d %d %s"
                        .formatted(
                            slot.slot(),
                            slot.incarnation(),
                            slot.trainedInstances(),
                            slot.modelVersion(),
                            Arrays.toString(slot.votes())))
            .toList();
  }

  /** With its model in canonical form: its bytes may come out otherwise after a restart. */
  private static void add(ModelSnapshot snapshot, Map<String, List<String>> byKey) {
    byte[] payload = new byte[snapshot.getPayload().remaining()];
    snapshot.getPayload().duplicate().get(payload);
    CRC32C model = new CRC32C();
    model.update(new LearnerCodec(SPEC.modelContext()).canonical(payload));
    String text =
        "published %s %d %d %s %s %x"
            .formatted(
                snapshot.getSlot(),
                snapshot.getVersion(),
                snapshot.getTrainedInstances(),
                snapshot.getMetrics(),
                snapshot.getOffsets(),
                model.getValue());
    add(snapshot.getKey(), text, byKey);
  }

  private static void add(String key, String what, Map<String, List<String>> byKey) {
    byKey.computeIfAbsent(key, any -> new ArrayList<>()).add(what);
  }

  private static List<Step> go(TestTask task, List<Arrival> arrivals) throws Exception {
    for (Arrival arrival : arrivals) {
      task.setProcessingTime(arrival.time());
      task.send(arrival);
    }
    return task.steps();
  }

  private static List<Arrival> own(List<Arrival> arrivals, int index) {
    return arrivals.stream().filter(arrival -> TestJob.taskOf(arrival.key(), 2) == index).toList();
  }

  /**
   * Events from one number to another, each after the label that comes then. The first key says
   * nothing in the second half of what the savepoint holds, the third one nothing in the first.
   */
  private static List<Arrival> arrivals(int from, int to) {
    List<Observation> events = TakeOverTest.events(EVENTS, 3);
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = from; i < to; i++) {
      if (i >= DELAY && comes(events.get(i - DELAY))) {
        arrivals.add(label(events.get(i - DELAY), i));
      }
      if (comes(events.get(i))) {
        arrivals.add(event(events.get(i), i));
      }
    }
    return arrivals;
  }

  private static boolean comes(Observation event) {
    long half = STORED / 2;
    return switch (event.key()) {
      case "p0" -> event.sequence() < half - DELAY || event.sequence() >= STORED;
      case "p2" -> event.sequence() >= half;
      default -> true;
    };
  }

  private static LabelArrival label(Observation of, int number) {
    return new LabelArrival(
        Observation.UNNUMBERED,
        of.eventId(),
        of.key(),
        1000L * number,
        of.label(),
        false,
        FeatureInputs.NONE,
        false,
        1,
        number);
  }

  private static Observation event(Observation labelled, int number) {
    double[] features = labelled.features().clone();
    if (number % 10 == 0) {
      features[0] = Double.NaN;
    }
    return new Observation(
        Observation.UNNUMBERED,
        labelled.eventId(),
        labelled.key(),
        labelled.eventTime(),
        features,
        Observation.NO_LABEL,
        1,
        new String[0],
        FeatureInputs.NONE,
        0,
        number);
  }

  /** The first key has an image alone, the second an image and a log, the third a log alone. */
  private static void write(Path file, SavepointFormatType format) throws Exception {
    try (var task = TestTask.start(SPEC, LearningOptions.LIVE)) {
      go(task, arrivals(0, STORED / 2));
      ControlInputTest.seal(task, SPEC);
      ControlInputTest.release(task, SPEC);
      go(task, arrivals(STORED / 2, STORED));
      OperatorSubtaskState state = task.savepoint(1, format);
      assertThat(task.image("p0")).isNotNull();
      assertThat(task.log("p0")).isEmpty();
      assertThat(task.image("p1")).isNotNull();
      assertThat(task.log("p1")).isNotEmpty();
      assertThat(task.image("p2")).isNull();
      assertThat(task.log("p2")).isNotEmpty();
      String uid = PipelineUids.of(SPEC, "learning");
      OperatorState operator =
          new OperatorState(
              "learning",
              uid,
              OperatorIdentifier.forUid(uid).getOperatorId(),
              1,
              TestTask.MAX_PARALLELISM);
      operator.putState(0, state);
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        Checkpoints.storeCheckpointMetadata(
            new CheckpointMetadata(
                1, List.of(operator), List.of(), CheckpointProperties.forSavepoint(false, format)),
            out);
      }
    }
  }

  private static OperatorSubtaskState read(Path file) throws Exception {
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      return Checkpoints.loadCheckpointMetadata(
              in, StoredSavepointTest.class.getClassLoader(), file.getParent().toUri().toString())
          .getOperatorStates()
          .iterator()
          .next()
          .getState(0);
    }
  }
}
