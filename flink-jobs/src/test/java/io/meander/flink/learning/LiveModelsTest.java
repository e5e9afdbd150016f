/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.Answer;
import io.meander.models.Fact;
import io.meander.models.FactWriter;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveModelsTest {

  private static final PipelineSpec SPEC =
      LearningOperatorTest.spec(Duration.ofMillis(100), null, null);
  private static final ModelContext CONTEXT = SPEC.modelContext();
  private static final Reducer REDUCER = new Reducer(CONTEXT);
  private static final List<Observation> EVENTS = LearningOperatorTest.events(200, 1);

  private final LiveModels live = new LiveModels(1000);

  @Test
  void growsByWhatAModelGrewOverAGoodPartOfItsLife() {
    LiveModels.Entry entry = entry("k", 40, 40);
    live.put(entry, 1000);
    learn(entry, 40);
    live.measured(entry, 1400);
    assertThat(live.bytes()).isEqualTo(1400);

    learn(entry, 1);

    assertThat(live.bytes()).isEqualTo(1410);
  }

  @Test
  void oneStepOfAModelIsNotItsGrowth() {
    // Loaded from an image of 40 labels and a log of 10; then measured, and again at once.
    LiveModels.Entry entry = entry("k", 50, 40);
    live.put(entry, 1000);
    learn(entry, 1);
    live.measured(entry, 5000);
    learn(entry, 1);
    live.measured(entry, 9000);

    learn(entry, 20);

    assertThat(live.bytes()).isEqualTo(9000);
  }

  @Test
  void thoseWhoWereNotUsedLeaveFirstAndTheNewestNever() {
    List<String> left = new ArrayList<>();
    for (String key : List.of("a", "b", "c")) {
      live.put(entry(key, 0, 0), 400);
    }
    live.get("a");
    live.get("c");

    live.evict(entry -> left.add(entry.set.key()));

    assertThat(left).containsExactly("b");
    assertThat(live.bytes()).isEqualTo(800);
    live.put(entry("d", 0, 0), 5000);
    live.evict(entry -> left.add(entry.set.key()));
    assertThat(left).containsExactlyInAnyOrder("b", "a", "c");
    assertThat(live.size()).isEqualTo(1);
  }

  @Test
  void whatIsRemovedIsForgotten() {
    LiveModels.Entry entry = entry("k", 0, 0);
    live.put(entry, 400);

    live.remove(entry);

    assertThat(live.bytes()).isZero();
    assertThat(live.size()).isZero();
    assertThat(live.get("k")).isNull();
  }

  private void learn(LiveModels.Entry entry, int labels) {
    learn(entry.set, labels);
    for (int i = 0; i < labels; i++) {
      live.grown(entry);
    }
  }

  private static LiveModels.Entry entry(String key, int labels, int imageLabels) {
    ModelSet set = new ModelSet(key, CONTEXT.target());
    for (Fact fact : REDUCER.decideTouched(set, SPEC.deployment(), 0, 0)) {
      REDUCER.apply(set, fact);
    }
    learn(set, labels);
    return new LiveModels.Entry(set, new FactWriter(CONTEXT), imageLabels);
  }

  private static void learn(ModelSet set, int labels) {
    for (int i = 0; i < labels; i++) {
      Observation event = EVENTS.get(i);
      Answer answer = REDUCER.answer(set, event);
      REDUCER.apply(set, REDUCER.decideLabelled(set, event.features(), answer, event.label(), 1));
    }
  }
}
