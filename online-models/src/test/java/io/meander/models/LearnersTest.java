/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trees.HoeffdingTree",
        "moa.classifiers.trees.HoeffdingTree -g 50",
        "meta.OzaBag -l (trees.HoeffdingTree -g 50) -s 5",
        "meta.AdaptiveRandomForest -l (ARFHoeffdingTree -k 2 -e 2000000 -g 50 -c 0.01) -s 3"
      })
  void takesWhatMoasCommandLineTakes(String optionString) {
    assertThatCode(() -> Learners.check(optionString, Task.CLASSIFICATION))
        .doesNotThrowAnyException();
  }

  @Test
  void namesTheNearestLearner() {
    assertThatThrownBy(() -> Learners.check("trees.HoefdingTree -g 50", Task.CLASSIFICATION))
        .isInstanceOfSatisfying(
            OptionStringException.class,
            e -> {
              assertThat(e)
                  .hasMessageStartingWith(
                      "'trees.HoefdingTree' is not a MOA classifier; did you mean"
                          + " 'trees.HoeffdingTree'");
              assertThat(e.nearest()).startsWith("trees.HoeffdingTree");
            });
    assertThatThrownBy(() -> Learners.check("HoeffdingTree", Task.CLASSIFICATION))
        .hasMessageContaining("did you mean 'trees.HoeffdingTree'");
  }

  @Test
  void saysWhichOptionsThereAre() {
    assertThatThrownBy(() -> Learners.check("trees.HoeffdingTree -g fifty", Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class)
        .hasMessageContaining("MOA refuses 'trees.HoeffdingTree -g fifty'")
        .hasMessageContaining("-g gracePeriod");
    assertThatThrownBy(() -> Learners.check("trees.HoeffdingTree --grace 5", Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class);
    assertThatThrownBy(() -> Learners.check("", Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.io.File",
        "meta.OzaBag -l (java.lang.Object)",
        "meta.OzaBag -l io.meander.models.Learners",
        "meta.OzaBag -l file:/etc/passwd",
        "file:model.moa"
      })
  void loadsNothingButMoa(String optionString) {
    assertThatThrownBy(() -> Learners.check(optionString, Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class)
        .hasMessageMatching(".*(is not one of MOA's classes|is not a MOA classifier).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trees.HoeffdingOptionTree",
        "moa.classifiers.trees.HoeffdingOptionTree -g 50",
        "meta.OzaBag -l trees.HoeffdingOptionTree",
        "meta.OzaBag -l (meta.OzaBagAdwin -l (moa.classifiers.trees.HoeffdingOptionTree -g 50))",
        "meta.WeightedMajorityAlgorithm -l bayes.NaiveBayes,trees.HoeffdingOptionTree"
      })
  void refusesWhatBreaksTheContractWhereverItStands(String optionString) {
    assertThatThrownBy(() -> Learners.check(optionString, Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class)
        .hasMessage(
            "'%s': trees.HoeffdingOptionTree cannot be used: voting changes what is stored;"
                + " docs/learners.md lists what can be",
            optionString);
  }

  @Test
  void takesARefusedLearnerOnlyWhereItWasCheckedAsAPart() {
    assertThatCode(() -> Learners.check("meta.LimAttClassifier", Task.CLASSIFICATION))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> Learners.check("meta.OzaBag -l trees.LimAttHoeffdingTree", Task.CLASSIFICATION))
        .hasMessageContaining("trees.LimAttHoeffdingTree cannot be used");
  }

  @Test
  void refusesLearnersOfAnotherTask() {
    assertThatThrownBy(() -> Learners.check("trees.FIMTDD", Task.CLASSIFICATION))
        .isInstanceOf(OptionStringException.class)
        .hasMessage(
            "'trees.FIMTDD': it is for regression, not for classification;"
                + " docs/learners.md lists the learners for each task");
    assertThatThrownBy(() -> Learners.check("oneclass.HSTrees", Task.CLASSIFICATION))
        .hasMessageContaining("finding anomalies");
    assertThatCode(() -> Learners.check("trees.FIMTDD", Task.REGRESSION))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"functions.SGD", "meta.OzaBag -l functions.SGD"})
  void refusesMoreClassesThanALearnerCanTellApart(String optionString) {
    assertThatCode(() -> Learners.checkClasses(optionString, 2)).doesNotThrowAnyException();
    assertThatCode(() -> Learners.checkClasses("trees.HoeffdingTree", 3))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Learners.checkClasses(optionString, 3))
        .isInstanceOf(OptionStringException.class)
        .hasMessage(
            "'%s': functions.SGD tells two classes apart and the label has 3;"
                + " docs/learners.md lists the others",
            optionString);
  }

  @Test
  void takesSgdForARegressionIfItsLossIsSquared() {
    assertThatCode(() -> Learners.check("functions.SGD -o SQUAREDLOSS", Task.REGRESSION))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Learners.check("functions.SGD", Task.REGRESSION))
        .hasMessage(
            "'functions.SGD': with this loss it tells two classes apart; give it -o SQUAREDLOSS"
                + " for a regression");
    assertThatThrownBy(() -> Learners.check("functions.AdaGrad -o SQUAREDLOSS", Task.REGRESSION))
        .hasMessageContaining("it is for classification, not for regression");
  }

  @Test
  void knowsWhoCannotTakeMissingValues() {
    assertThat(Learners.withoutMissingValues("meta.OzaBag -l functions.Perceptron"))
        .contains("functions.Perceptron");
    assertThat(Learners.withoutMissingValues("trees.HoeffdingTree")).isEmpty();
  }

  @Test
  void listsLearnersAndDetectors() {
    assertThat(Learners.names())
        .contains("bayes.NaiveBayes", "trees.HoeffdingAdaptiveTree", "meta.AdaptiveRandomForest")
        .doesNotContain("AbstractClassifier");
    assertThat(Detectors.names()).contains("ADWINChangeDetector", "DDM", "HDDM_A_Test");
  }

  @Test
  void refusesADetectorThatCannotBeStored() {
    assertThatThrownBy(() -> Detectors.check("SEEDChangeDetector"))
        .isInstanceOf(OptionStringException.class)
        .hasMessageContaining("cannot be stored");
    assertThatCode(() -> Detectors.check("ADWINChangeDetector -a 0.002"))
        .doesNotThrowAnyException();
  }
}
