/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.bench.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each scenario runs, small, and measures what it says; how fast is not tested. */
class ScenariosTest {

  private static final Source AGRAWAL = Source.of("agrawal", Path.of("unused"));
  private static final String TREE = "trees.HoeffdingTree";

  @Test
  void learningComparesWithPlainMoaInEachRound() throws Exception {
    List<Measurement> measured = LearningScenario.run(AGRAWAL, TREE, 5, 1000, 2);

    assertThat(measured).extracting(Measurement::design).containsExactly("moa", "meander");
    assertThat(measured.get(1).runs()).isEqualTo(2);
    assertThat(measured.get(1).ratioToMoa().median()).isPositive();
  }

  @Test
  void theFlightsOfTheExampleAreASource() {
    Source flights = Source.of("flights", Path.of("../examples/flights/flights.csv.gz"));

    assertThat(flights.rows()[49_999]).hasSize(4);
    assertThat(flights.labels()).contains(0, 1);
  }

  @Test
  void grownModelsGoOnFromTheirImages() throws Exception {
    List<Measurement> measured = GrownScenario.run(AGRAWAL, TREE, 4, 500, 20, 1);

    assertThat(measured).extracting(Measurement::design).containsExactly("value-state", "meander");
  }

  @Test
  void barriersUploadLessThanRewrittenModels() throws Exception {
    List<Measurement> measured =
        BarrierScenario.run(AGRAWAL, TREE, 50, 1000, 5, 3, Duration.ofMillis(100));

    assertThat(measured.get(0).barrierBytes().median())
        .isBetween(1.0, measured.get(1).barrierBytes().median());
  }

  @Test
  void aTenthOfTheCacheMissesAndARestoredTaskAnswers() throws Exception {
    List<Measurement> misses = MissesScenario.run(AGRAWAL, TREE, 50, 200, 500, 1);
    assertThat(misses.get(1).figures().get("hit_rate")).isBetween(0.01, 0.6);

    List<Measurement> recovery =
        RecoveryScenario.run(AGRAWAL, TREE, 20, 200, 100, Duration.ofMillis(100), 1);
    assertThat(recovery.get(0).figures())
        .containsKeys("first_answer_millis", "steady_after_millis");
  }
}
