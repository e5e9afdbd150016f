/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearnerGridTest {

  @Test
  void makesEveryCombinationAndKeepsTheOtherOptions() {
    assertThat(expand("trees.HoeffdingTree -g 10 -c 0.5", "-g 50,100 -t 0.1,0.2"))
        .containsExactly(
            "trees.HoeffdingTree -g 50 -c 0.5 -t 0.1",
            "trees.HoeffdingTree -g 50 -c 0.5 -t 0.2",
            "trees.HoeffdingTree -g 100 -c 0.5 -t 0.1",
            "trees.HoeffdingTree -g 100 -c 0.5 -t 0.2");
  }

  @Test
  void aValueMayBeALearnerWithOptions() {
    List<String> learners =
        expand("meta.OzaBag", "-l (trees.HoeffdingTree -g 50),(bayes.NaiveBayes) -s 3,5");

    assertThat(learners)
        .containsExactly(
            "meta.OzaBag -l (trees.HoeffdingTree -g 50) -s 3",
            "meta.OzaBag -l (trees.HoeffdingTree -g 50) -s 5",
            "meta.OzaBag -l bayes.NaiveBayes -s 3",
            "meta.OzaBag -l bayes.NaiveBayes -s 5");
  }

  @Test
  void aFlagIsOnOrOff() {
    assertThat(expand("trees.HoeffdingTree", "-b false,true"))
        .containsExactly("trees.HoeffdingTree", "trees.HoeffdingTree -b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -Z 5           | '-Z' is no option of 'trees.HoeffdingTree'; it has -
          50,100         | '50,100' is no option; a grid is written like -g 50,200
          -g             | '-g' has no values
          -g 50 -g 100   | '-g' is there twice
          -g 50,50       | makes 'trees.HoeffdingTree -g 50' twice
          -g many        | '-g many' is refused by MOA for 'trees.HoeffdingTree'
          -b on          | '-b on' is a flag: give true, false or both
          -l (NB         | has a parenthesis too many
          -g 1,2,3,4,5,6 -c 0.1,0.2 | makes 12 learners, more than 10
          """)
  void saysWhatIsWrong(String grid, String message) {
    assertThatThrownBy(() -> expand("trees.HoeffdingTree", grid))
        .isInstanceOf(OptionStringException.class)
        .hasMessageContaining(message);
  }

  @Test
  void everyLearnerIsChecked() {
    assertThatThrownBy(() -> expand("meta.OzaBag", "-l (trees.HoeffdingTree),(lazy.SAMkNN)"))
        .hasMessageContaining("SAMkNN cannot be used");
  }

  @Test
  void theCostIsThatOfAllInstancesWhereTheyAreFew() {
    Stream stream = Stream.generated("generators.SEAGenerator -p 10", 300);
    List<Observation> labelled =
        stream.rows().stream()
            .map(row -> new Observation(0, "e", "k", 0, row.features(), row.label(), new String[0]))
            .toList();

    LearnerCost cost =
        LearnerCost.measure(stream.context(), new SlotSpec("s", "bayes.NaiveBayes", 1), labelled);

    assertThat(cost.instances()).isEqualTo(300);
    assertThat(cost.micros()).isPositive();
  }

  private static List<String> expand(String learner, String grid) {
    return LearnerGrid.expand(learner, grid, 10, Task.CLASSIFICATION);
  }
}
