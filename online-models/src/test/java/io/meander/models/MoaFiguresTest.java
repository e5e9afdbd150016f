/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import moa.classifiers.AbstractClassifier;
import moa.core.InstanceExample;
import moa.evaluation.BasicClassificationPerformanceEvaluator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reducer's prequential figures are MOA's own, digit for digit. */
class MoaFiguresTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bayes.NaiveBayes",
        "trees.HoeffdingTree -g 50",
        "trees.HoeffdingAdaptiveTree",
        "meta.OzaBagAdwin",
        "meta.LeveragingBag",
        "meta.AdaptiveRandomForest -s 10",
        "functions.SGD",
        "lazy.kNN",
        "functions.NoChange",
        "functions.MajorityClass"
      })
  void equalsMoasEvaluatorOnAGeneratedStream(String learner) {
    Stream stream = Stream.generated("generators.SEAGenerator -p 10", 3000);

    ClassScore score =
        (ClassScore) Learning.of(stream.context(), learner).learnAll(stream.rows()).served;

    BasicClassificationPerformanceEvaluator moa = evaluateWithMoa(learner, stream);
    var figures = moa.getPerformanceMeasurements();
    assertThat(score.instances()).isEqualTo(3000);
    assertThat(score.accuracy()).isEqualTo(figures[1].getValue());
    assertThat(score.kappa()).isEqualTo(figures[2].getValue());
    assertThat(score.kappaTemporal()).isEqualTo(figures[3].getValue());
    assertThat(score.kappaM()).isEqualTo(figures[4].getValue());
  }

  @ParameterizedTest
  @CsvSource({
    "bayes.NaiveBayes, 84.0",
    "trees.HoeffdingTree, 82.65",
  })
  void equalsTheReferenceOnTheSmallElectricityFile(String learner, double accuracy) {
    Stream stream = Stream.ofArff(data("electricity_tiny.arff"));

    ClassScore score =
        (ClassScore) Learning.of(stream.context(), learner).learnAll(stream.rows()).served;

    assertThat(score.accuracy()).isEqualTo(accuracy);
  }

  @Test
  void equalsTheReferenceOnElectricity() throws IOException {
    Path arff = folder.resolve("elec.arff");
    try (var in = new GZIPInputStream(new FileInputStream(data("elecNormNew.arff.gz").toFile()))) {
      Files.copy(in, arff);
    }
    Stream stream = Stream.ofArff(arff);

    Learning learning =
        Learning.of(
                stream.context(),
                "trees.HoeffdingTree -g 50 -c 0.001",
                "trees.HoeffdingAdaptiveTree -g 50",
                "meta.AdaptiveRandomForest -s 10",
                "functions.NoChange")
            .learnAll(stream.rows());

    assertThat(learning.set.slot("s0").score().figure(Figure.ACCURACY)).isEqualTo(81.6604872881356);
    assertThat(learning.set.slot("s1").score().figure(Figure.ACCURACY))
        .isEqualTo(84.68617584745762);
    assertThat(learning.set.slot("s2").score().figure(Figure.ACCURACY))
        .isEqualTo(89.32953742937853);
    assertThat(learning.set.slot("s3").score().figure(Figure.ACCURACY))
        .isCloseTo(85.33, within(0.005));
    assertThat(learning.set.slot("s3").score().figure(Figure.KAPPA_TEMPORAL)).isZero();
  }

  private static BasicClassificationPerformanceEvaluator evaluateWithMoa(
      String optionString, Stream stream) {
    AbstractClassifier learner =
        (AbstractClassifier)
            MoaOptions.create(optionString, moa.classifiers.Classifier.class, "classifier");
    learner.prepareForUse();
    learner.setModelContext(stream.context().header());
    var evaluator = new BasicClassificationPerformanceEvaluator();
    for (Stream.Row row : stream.rows()) {
      var instance = stream.context().instance(row.features());
      instance.setClassValue(row.label());
      evaluator.addResult(new InstanceExample(instance), learner.getVotesForInstance(instance));
      learner.trainOnInstance(instance);
    }
    return evaluator;
  }

  private static Path data(String name) {
    Path file = Path.of(System.getProperty("meander.root"), "..", "shared", "data", name);
    Assumptions.assumeTrue(
        Files.exists(file),
        () -> "skipped: reference file " + name + " is not beside the checkout");
    return file;
  }
}
