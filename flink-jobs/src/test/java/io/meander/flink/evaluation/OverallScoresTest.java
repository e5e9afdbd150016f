/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.flink.AvroType;
import io.meander.flink.TestPipelines;
import io.meander.models.Answer;
import io.meander.models.Board;
import io.meander.models.ClassScore;
import io.meander.models.ClassTarget;
import io.meander.models.Figures;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OverallScoresTest {

  private static final Target TARGET = new ClassTarget(List.of("no", "yes"));
  private static final PipelineSpec SPEC = TestPipelines.flights();
  private static final int WINDOW = SPEC.evaluation().window();
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
  void countsEveryPredictorOfAStep() throws Exception {
    var partial = partial();
    partial.open();
    partial.processElement(step(YES, YES, NO), 0);
    partial.processElement(step(NO, YES, NO), 0);
    partial.processElement(new Step(3, null, null, List.of()), 0);
    partial.endInput();

    Map<String, Figures> scores = scores(partial);
    assertThat(scores.keySet())
        .containsExactlyInAnyOrder(
            "hat", "arf", "frozen", "served", "served_same_events", "no_change", "majority");
    assertThat(correct(scores, "hat")).isEqualTo(1);
    assertThat(correct(scores, "served")).isEqualTo(1);
    assertThat(correct(scores, "arf")).isEqualTo(1);
    assertThat(correct(scores, "frozen")).isEqualTo(2);
    assertThat(correct(scores, "no_change")).isEqualTo(1);
    assertThat(correct(scores, "majority")).isEqualTo(1);
    assertThat(scores.values()).allSatisfy(s -> assertThat(s.instances()).isEqualTo(2));
  }

  @Test
  void nothingStaysBehindABarrierOrASecond() throws Exception {
    var partial = partial();
    partial.setProcessingTime(0);
    partial.open();
    partial.processElement(step(YES, YES, NO), 0);
    assertThat(partial.extractOutputValues()).isEmpty();

    partial.prepareSnapshotPreBarrier(1);
    assertThat(scores(partial).get("served").instances()).isEqualTo(1);

    partial.processElement(step(YES, YES, NO), 0);
    partial.setProcessingTime(1_000);
    assertThat(
            partial.extractOutputValues().stream()
                .filter(d -> board(d).all().containsKey("served")))
        .hasSize(2);

    int before = partial.extractOutputValues().size();
    partial.setProcessingTime(2_000);
    assertThat(partial.extractOutputValues()).hasSize(before);
  }

  @Test
  void totalsGoOnAfterARestore() throws Exception {
    var before = overall();
    before.open();
    before.processElement(delta("hat", 3, 1), 0);
    OperatorSubtaskState state = before.snapshot(1, 1);

    var overall = overall();
    overall.initializeState(state);
    overall.setProcessingTime(5);
    overall.open();
    overall.processElement(delta("hat", 3, 1), 0);
    overall.endInput();

    assertThat(overall.extractOutputValues()).hasSize(1);
    Evaluation evaluation = overall.extractOutputValues().get(0);
    assertThat(evaluation.getSlot()).isEqualTo("hat");
    assertThat(evaluation.getFromInstance()).isEqualTo(1);
    assertThat(evaluation.getToInstance()).isEqualTo(8);
    assertThat(evaluation.getInstances()).isEqualTo(8);
    assertThat(evaluation.getAccuracy()).isEqualTo(75);
    assertThat(evaluation.getLogLoss()).isCloseTo(-Math.log(0.5), within(1e-15));
    assertThat(evaluation.getTime().toEpochMilli()).isEqualTo(5);
  }

  @Test
  void saysEachSecondOnlyWhatChanged() throws Exception {
    var overall = overall();
    overall.setProcessingTime(0);
    overall.open();
    overall.processElement(delta("hat", 1, 0), 0);
    overall.processElement(delta("no_change", 1, 1), 0);
    overall.setProcessingTime(1_000);
    overall.processElement(delta("hat", 1, 0), 0);
    overall.setProcessingTime(2_000);
    overall.setProcessingTime(3_000);

    assertThat(overall.extractOutputValues())
        .extracting(Evaluation::getSlot)
        .containsExactly("hat", "no_change", "hat");
  }

  @Test
  void saysOfEachFullWindowWhatItsLabelsGave() throws Exception {
    var overall = overall();
    overall.setProcessingTime(0);
    overall.open();
    overall.processElement(delta("hat", WINDOW - 1, 0), 0);
    assertThat(overall.extractOutputValues()).isEmpty();
    overall.processElement(delta("hat", 1, 1), 0);
    overall.processElement(delta("hat", 0, WINDOW), 0);

    assertThat(overall.extractOutputValues())
        .extracting(
            Evaluation::getScope,
            Evaluation::getFromInstance,
            Evaluation::getToInstance,
            Evaluation::getAccuracy)
        .containsExactly(
            tuple(EvaluationScope.OVERALL_WINDOW, 1L, WINDOW + 1L, 100.0 * WINDOW / (WINDOW + 1)),
            tuple(EvaluationScope.OVERALL_WINDOW, WINDOW + 2L, 2L * WINDOW + 1, 0.0));
  }

  @Test
  void baselinesHaveNoLogLossAndUndefinedFiguresAreNull() throws Exception {
    var overall = overall();
    overall.open();
    overall.processElement(delta("no_change", 2, 0), 0);
    overall.endInput();

    Evaluation evaluation = overall.extractOutputValues().get(0);
    assertThat(evaluation.getLogLoss()).isNull();
    assertThat(evaluation.getKappaTemporal()).isNull();
    assertThat(evaluation.getAccuracy()).isEqualTo(100);
  }

  /**
   * Label yes: so many predicted right and wrong, each with half the votes; no-change was right.
   */
  private static ScoreDelta delta(String slot, int right, int wrong) {
    Board board = empty();
    for (int i = 0; i < right + wrong; i++) {
      int predicted = i < right ? YES : NO;
      Scored scored = step(YES, YES, YES).scored();
      if (Board.isSlot(slot)) {
        board
            .of(slot)
            .add(scored, new Answer.SlotAnswer(slot, 1, 0, 0, predicted, new double[] {0.5, 0.5}));
      } else {
        board.of(slot).add(scored, predicted);
      }
    }
    return new ScoreDelta(Stretch.ALL.text(), board.bytes());
  }

  private static Board empty() {
    return new Board(TARGET, Stretch.ALL.precision(), SPEC.evaluation().fading());
  }

  private static Board board(ScoreDelta delta) {
    try {
      return Board.of(delta.board(), TARGET, SPEC.evaluation().fading());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Slot hat says yes and is served, arf says no, the frozen twin is right. */
  private static Step step(int label, int noChange, int majority) {
    Answer answer =
        new Answer(
            "e",
            "k",
            0,
            1,
            new Answer.SlotAnswer[] {
              slot("hat", YES), slot("arf", NO), slot(SlotSpec.FROZEN, label)
            },
            0,
            noChange,
            majority,
            new String[0]);
    return new Step(0, answer, new Scored(answer, label, 0, YES), List.of());
  }

  private static Answer.SlotAnswer slot(String id, int predicted) {
    double[] votes = predicted == YES ? new double[] {0, 1} : new double[] {1, 0};
    return new Answer.SlotAnswer(id, 1, 0, 0, predicted, votes);
  }

  private static long correct(Map<String, Figures> scores, String slot) {
    return ((ClassScore) scores.get(slot).score()).correct();
  }

  private static Map<String, Figures> scores(
      OneInputStreamOperatorTestHarness<Step, ScoreDelta> partial) {
    Board sum = empty();
    partial.extractOutputValues().forEach(delta -> sum.merge(board(delta)));
    return sum.all();
  }

  private OneInputStreamOperatorTestHarness<Step, ScoreDelta> partial() throws Exception {
    return closedLater(new OneInputStreamOperatorTestHarness<>(new PartialScores(SPEC)));
  }

  private OneInputStreamOperatorTestHarness<ScoreDelta, Evaluation> overall() throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<ScoreDelta, Evaluation>(new OverallScores(SPEC));
    harness.setup(AvroType.of(Evaluation.class).createSerializer(new SerializerConfigImpl()));
    return closedLater(harness);
  }

  private <T extends AutoCloseable> T closedLater(T harness) {
    harnesses.add(harness);
    return harness;
  }
}
