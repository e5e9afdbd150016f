/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.flink.AvroType;
import io.meander.flink.TestPipelines;
import io.meander.models.Answer;
import io.meander.models.Board;
import io.meander.models.Scored;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartScoresTest {

  private static final int MAX_PARALLELISM = 16;
  private static final long MINUTE = 60_000;
  private static final long NOW = 100 * MINUTE;
  private static final int NO = 0;
  private static final int YES = 1;

  private final List<AutoCloseable> harnesses = new ArrayList<>();

  @AfterEach
  void closeHarnesses() throws Exception {
    for (AutoCloseable harness : harnesses) {
      harness.close();
    }
  }

  @Test
  void aKeyIsToldOnceAMinuteIfItHasNewLabels() throws Exception {
    var scores = scores(spec(1000, 10));
    scores.setProcessingTime(NOW);
    add(scores, Stretch.ofKey("ATL"), 3, 1);
    add(scores, Stretch.ofKey("ATL"), 1, 0);
    assertThat(told(scores)).isEmpty();

    scores.setProcessingTime(NOW + MINUTE);
    List<Evaluation> first = told(scores);
    assertThat(first)
        .extracting(Evaluation::getSlot)
        .containsExactlyInAnyOrder("bayes", "served", "no_change", "majority");
    Evaluation served = of(first, "served");
    assertThat(served.getScope()).isEqualTo(EvaluationScope.KEY_TOTAL);
    assertThat(served.getKey()).isEqualTo("ATL");
    assertThat(served.getFromInstance()).isEqualTo(1);
    assertThat(served.getToInstance()).isEqualTo(5);
    assertThat(served.getAccuracy()).isEqualTo(80);
    assertThat(served.getPerClass().get("yes").getRecall()).isEqualTo(80);
    assertThat(served.getPerClass().get("no").getRecall()).isNull();
    assertThat(served.getFaded().getAccuracy()).isBetween(80.0, 81.0);
    assertThat(served.getDrifts()).isNull();
    assertThat(of(first, "bayes").getDrifts()).isZero();

    scores.setProcessingTime(NOW + 10 * MINUTE);
    assertThat(told(scores)).isEmpty();
    add(scores, Stretch.ofKey("ATL"), 0, 5);
    scores.setProcessingTime(NOW + 11 * MINUTE);
    assertThat(of(told(scores), "served").getAccuracy()).isEqualTo(40);
  }

  @Test
  void keysOfOneMomentAreToldAtMomentsOfTheirOwn() throws Exception {
    var scores = scores(spec(1_000_000, 10));
    scores.setProcessingTime(NOW);
    int keys = 300;
    for (int i = 0; i < keys; i++) {
      add(scores, Stretch.ofKey("k" + i), 1, 0);
    }

    List<Integer> bySecond = new ArrayList<>();
    for (int second = 1; second <= 61; second++) {
      scores.setProcessingTime(NOW + 1000L * second);
      bySecond.add(keys(told(scores)).size());
    }

    assertThat(bySecond.stream().mapToInt(Integer::intValue).sum()).isEqualTo(keys);
    assertThat(bySecond).allSatisfy(told -> assertThat(told).isLessThan(20));
  }

  @Test
  void noMoreAreToldInASecondThanAllowed() throws Exception {
    var scores = scores(spec(4, 10));
    scores.setProcessingTime(NOW);
    int keys = 300;
    for (int i = 0; i < keys; i++) {
      add(scores, Stretch.ofKey("k" + i), 1, 0);
    }

    int told = 0;
    for (int second = 1; second <= 90; second++) {
      for (int part = 1; part <= 4; part++) {
        scores.setProcessingTime(NOW + 1000L * (second - 1) + 250L * part);
      }
      int now = keys(told(scores)).size();
      assertThat(now).isLessThanOrEqualTo(5);
      told += now;
    }
    assertThat(told).isEqualTo(keys);
  }

  @Test
  void goesOnAfterARestoreIntoMoreTasks() throws Exception {
    var before = scores(spec(1_000_000, 1000));
    before.setProcessingTime(NOW);
    for (int i = 0; i < 40; i++) {
      add(before, Stretch.ofKey("k" + i), 2, 1);
      add(before, Stretch.ofSlice(List.of("carrier", "origin"), "DL|k" + i), 2, 1);
    }
    OperatorSubtaskState state = before.snapshot(1, 1);

    List<Evaluation> told = new ArrayList<>();
    for (int task = 0; task < 2; task++) {
      var after = scores(spec(1_000_000, 1000), 2, task, state);
      advance(after, NOW + MINUTE);
      told.addAll(told(after));
    }

    assertThat(told.stream().filter(e -> e.getSlot().equals("served")))
        .hasSize(80)
        .allSatisfy(
            e -> {
              assertThat(e.getInstances()).isEqualTo(3);
              assertThat(e.getAccuracy()).isCloseTo(200.0 / 3, within(1e-9));
            });
    assertThat(
            told.stream()
                .filter(e -> e.getScope() == EvaluationScope.SLICE_TOTAL)
                .map(e -> e.getSlice() + "=" + e.getSliceValue()))
        .contains("carrier|origin=DL|k0", "carrier|origin=DL|k39");
  }

  @Test
  void aTurnThatWasWaitedForIsTakenAgainAfterARestore() throws Exception {
    var before = scores(spec(1, 10));
    before.setProcessingTime(NOW);
    for (int i = 0; i < 30; i++) {
      add(before, Stretch.ofKey("k" + i), 1, 0);
    }
    before.setProcessingTime(NOW + MINUTE / 2);
    int told = keys(told(before)).size();
    OperatorSubtaskState state = before.snapshot(1, 1);

    var after = scores(spec(1, 10), 1, 0, state);
    after.setProcessingTime(NOW + 10 * MINUTE);
    assertThat(keys(told(after)).size()).as("at once, whatever was due").isLessThanOrEqualTo(2);
    int rest = 0;
    for (int second = 1; second <= 60; second++) {
      after.setProcessingTime(NOW + 10 * MINUTE + 1000L * second);
      rest += keys(told(after)).size();
    }
    assertThat(told).isPositive();
    assertThat(told + rest).isBetween(28, 30);
  }

  @Test
  void slicesBeyondTheLimitAreLeftOutAndTheOthersGoOn() throws Exception {
    var scores = scores(spec(1_000_000, 3));
    scores.setProcessingTime(NOW);
    List<String> origin = List.of("origin");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5; i++) {
        add(scores, Stretch.ofSlice(origin, "v" + i), 1, 0);
      }
      add(scores, Stretch.ofKey("k" + round), 1, 0);
    }
    OperatorSubtaskState state = scores.snapshot(1, 1);
    advance(scores, NOW + MINUTE);
    Map<String, Long> slices =
        told(scores).stream()
            .filter(e -> e.getSliceValue() != null && e.getSlot().equals("served"))
            .collect(Collectors.toMap(Evaluation::getSliceValue, Evaluation::getInstances));
    assertThat(slices).isEqualTo(Map.of("v0", 2L, "v1", 2L, "v2", 2L));
    assertThat(((PartScores) scores.getOperator()).leftOut()).isEqualTo(4);

    var after = scores(spec(1_000_000, 3), 1, 0, state);
    advance(after, NOW + MINUTE);
    told(after);
    add(after, Stretch.ofSlice(origin, "new"), 1, 0);
    add(after, Stretch.ofSlice(origin, "v2"), 1, 0);
    after.endInput();
    assertThat(told(after)).extracting(Evaluation::getSliceValue).containsOnly("v2");
  }

  @Test
  void aKeyWithoutLabelsForLongIsForgotten() throws Exception {
    var scores = scores(spec(1000, 10, Duration.ofHours(1)));
    scores.setProcessingTime(NOW);
    add(scores, Stretch.ofKey("old"), 1, 0);
    add(scores, Stretch.ofKey("young"), 1, 0);
    scores.setProcessingTime(NOW + 30 * MINUTE);
    add(scores, Stretch.ofKey("young"), 1, 0);
    advance(scores, NOW + 61 * MINUTE);
    told(scores);

    add(scores, Stretch.ofKey("old"), 1, 0);
    add(scores, Stretch.ofKey("young"), 1, 0);
    advance(scores, NOW + 63 * MINUTE);
    Map<String, Long> instances =
        told(scores).stream()
            .filter(e -> e.getSlot().equals("served"))
            .collect(Collectors.toMap(Evaluation::getKey, Evaluation::getInstances));
    assertThat(instances).isEqualTo(Map.of("old", 1L, "young", 3L));

    scores.setProcessingTime(NOW + 200 * MINUTE);
    assertThat(scores.numProcessingTimeTimers()).isZero();
  }

  @Test
  void manyPartsBecomeOneBeforeTheyAreTold() throws Exception {
    var scores = scores(spec(1000, 10));
    scores.setProcessingTime(NOW);
    int parts = 3 * PartScores.MAX_PARTS;
    for (int i = 0; i < parts; i++) {
      add(scores, Stretch.ofKey("k"), 1, 1);
    }
    assertThat(storedParts(scores, "k")).isLessThanOrEqualTo(PartScores.MAX_PARTS);

    scores.endInput();
    assertThat(of(told(scores), "served").getInstances()).isEqualTo(2L * parts);
    assertThat(storedParts(scores, "k")).isEqualTo(1);
  }

  @Test
  void countsOfAKeyLeaveItsTaskAfterSomeSecondsAndBeforeABarrier() throws Exception {
    var partial = partial(spec(1000, 10));
    partial.setProcessingTime(0);
    partial.open();
    partial.processElement(step("ATL", YES), 0);
    partial.setProcessingTime(5_000);
    assertThat(stretches(partial)).containsExactly(slice("ATL"));
    partial.processElement(step("ATL", NO), 0);
    partial.processElement(step("ORD", NO), 0);
    partial.setProcessingTime(11_000);
    assertThat(stretches(partial)).containsExactly(slice("ATL"), slice("ORD"), key("ATL"));
    partial.prepareSnapshotPreBarrier(1);
    assertThat(stretches(partial)).containsExactly(key("ORD"));
    partial.setProcessingTime(60_000);
    assertThat(stretches(partial)).isEmpty();
  }

  @Test
  void withoutATimeNothingIsKeptByKeyAndSlice() throws Exception {
    var partial = partial(spec(null, 1000, 10, null));
    partial.open();
    partial.processElement(step("ATL", YES), 0);
    partial.endInput();

    assertThat(stretches(partial)).isEmpty();
    assertThat(partial.extractOutputValues()).hasSize(1);
  }

  private static int storedParts(
      KeyedOneInputStreamOperatorTestHarness<String, ScoreDelta, Evaluation> scores, String key)
      throws Exception {
    KeyedStateBackend<String> state = ((PartScores) scores.getOperator()).getKeyedStateBackend();
    state.setCurrentKey(key(key));
    ListState<byte[]> parts =
        state.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ListStateDescriptor<>(
                PartScores.PARTS, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    List<byte[]> stored = new ArrayList<>();
    parts.get().forEach(stored::add);
    return stored.size();
  }

  private static String key(String key) {
    return Stretch.ofKey(key).text();
  }

  private static String slice(String origin) {
    return Stretch.ofSlice(List.of("carrier", "origin"), "DL|" + origin).text();
  }

  /** Of what it handed on since it was asked last. */
  private static List<String> stretches(OneInputStreamOperatorTestHarness<Step, ScoreDelta> task) {
    var parts = task.getSideOutput(PartialScores.PARTS);
    if (parts == null) {
      return List.of();
    }
    List<String> stretches = parts.stream().map(record -> record.getValue().stretch()).toList();
    parts.clear();
    return stretches;
  }

  private static Step step(String key, int label) {
    Scored scored = scored(key, YES, label);
    return new Step(0, scored.answer(), scored, List.of());
  }

  private static Scored scored(String key, int predicted, int label) {
    double[] votes = predicted == YES ? new double[] {0.2, 0.8} : new double[] {0.8, 0.2};
    Answer answer =
        new Answer(
            "e",
            key,
            0,
            1,
            new Answer.SlotAnswer[] {new Answer.SlotAnswer("bayes", 1, 0, 0, predicted, votes)},
            0,
            NO,
            NO,
            new String[] {"DL|" + key});
    return new Scored(answer, label, 0, YES);
  }

  /** Label yes: so many predicted right and wrong. */
  private static void add(
      OneInputStreamOperatorTestHarness<ScoreDelta, Evaluation> scores,
      Stretch stretch,
      int right,
      int wrong)
      throws Exception {
    Board part =
        new Board(
            TestPipelines.flights().target(),
            stretch.precision(),
            TestPipelines.flights().evaluation().fading());
    for (int i = 0; i < right + wrong; i++) {
      part.add(scored("k", i < wrong ? NO : YES, YES));
    }
    scores.processElement(new StreamRecord<>(new ScoreDelta(stretch.text(), part.bytes())));
  }

  /** To a time and a little on, for what came due together takes turns. */
  private static void advance(
      OneInputStreamOperatorTestHarness<ScoreDelta, Evaluation> scores, long time)
      throws Exception {
    scores.setProcessingTime(time);
    scores.setProcessingTime(time + 1000);
  }

  /** What was told since the last time. */
  private static List<Evaluation> told(
      OneInputStreamOperatorTestHarness<ScoreDelta, Evaluation> scores) {
    List<Evaluation> told = scores.extractOutputValues();
    scores.getOutput().clear();
    return told;
  }

  private static Evaluation of(List<Evaluation> evaluations, String slot) {
    return evaluations.stream().filter(e -> e.getSlot().equals(slot)).findFirst().orElseThrow();
  }

  private static List<String> keys(List<Evaluation> evaluations) {
    return evaluations.stream().map(Evaluation::getKey).distinct().toList();
  }

  private static PipelineSpec spec(int maxPerSecond, int maxSlices) {
    return spec(maxPerSecond, maxSlices, null);
  }

  private static PipelineSpec spec(int maxPerSecond, int maxSlices, Duration expireAfterOrNull) {
    return spec(Duration.ofMinutes(1), maxPerSecond, maxSlices, expireAfterOrNull);
  }

  private static PipelineSpec spec(
      Duration everyOrNull, int maxPerSecond, int maxSlices, Duration expireAfterOrNull) {
    PipelineSpec.Evaluation given = TestPipelines.flights().evaluation();
    return TestPipelines.evaluated(
        new PipelineSpec.Evaluation(
            given.window(), given.fading(), given.slices(), everyOrNull, maxPerSecond, maxSlices),
        expireAfterOrNull);
  }

  private OneInputStreamOperatorTestHarness<Step, ScoreDelta> partial(PipelineSpec spec)
      throws Exception {
    return closedLater(new OneInputStreamOperatorTestHarness<>(new PartialScores(spec)));
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ScoreDelta, Evaluation> scores(
      PipelineSpec spec) throws Exception {
    return scores(spec, 1, 0, null);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ScoreDelta, Evaluation> scores(
      PipelineSpec spec, int tasks, int task, OperatorSubtaskState stateOrNull) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<String, ScoreDelta, Evaluation>(
            new PartScores(spec), ScoreDelta::stretch, Types.STRING, MAX_PARALLELISM, tasks, task);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(AvroType.of(Evaluation.class).createSerializer(new SerializerConfigImpl()));
    if (stateOrNull != null) {
      harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              stateOrNull, MAX_PARALLELISM, 1, tasks, task));
    }
    harness.open();
    return closedLater(harness);
  }

  private <T extends AutoCloseable> T closedLater(T harness) {
    harnesses.add(harness);
    return harness;
  }
}
