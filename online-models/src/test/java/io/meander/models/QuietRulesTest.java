/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Instance;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.Classifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that meet anomalies tell nobody, and answer as those of MOA that do. */
class QuietRulesTest {

  private static final ModelContext CONTEXT =
      new ModelContext(
          new FeatureSchema(
              List.of(
                  Column.numeric("x"),
                  Column.numeric("y"),
                  new Column("n", List.of("a", "b", "c")))),
          new NumberTarget());

  @ParameterizedTest
  @ValueSource(strings = {"rules.AMRulesRegressor", "rules.meta.RandomAMRules"})
  void saysNothingOfAnomalies(String optionString) {
    List<double[]> quiet = new ArrayList<>();
    List<double[]> loud = new ArrayList<>();
    Learner ours = Learners.create(new SlotSpec("s", optionString, 7), CONTEXT);
    Learner moas = plain(optionString);

    assertThat(printed(() -> run(ours, quiet))).isEmpty();
    assertThat(printed(() -> run(moas, loud))).contains("Anomaly Detected");
    assertThat(quiet.toArray(double[][]::new)).isDeepEqualTo(loud.toArray(double[][]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules.AMRulesRegressor -v 2"})
  void saysWhatItWasAskedToSay(String optionString) {
    Learner asked = Learners.create(new SlotSpec("s", optionString, 7), CONTEXT);

    assertThat(printed(() -> run(asked, new ArrayList<>()))).contains("Anomaly Detected");
  }

  private static Learner plain(String optionString) {
    Classifier classifier = MoaOptions.create(optionString, Classifier.class, "classifier");
    ((AbstractClassifier) classifier).classifierRandom = new Random(7);
    classifier.setRandomSeed(7);
    classifier.prepareForUse();
    classifier.setModelContext(CONTEXT.newest().instances());
    return new Learner(classifier, CONTEXT.newest());
  }

  private static void run(Learner learner, List<double[]> votes) {
    Random random = new Random(1);
    for (int i = 0; i < 6000; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      int n = random.nextInt(3);
      boolean odd = i % 97 == 0;
      double turned = i / 1500 % 2 == 0 ? 10 * x : 10 - 10 * x;
      Instance instance = CONTEXT.instance(new double[] {odd ? 1000 * x : x, y, n});
      votes.add(learner.votes(instance).clone());
      instance.setClassValue(turned + (y > 0.5 ? 4 : 0) + n + (odd ? 300 : 0));
      learner.train(instance);
    }
  }

  /** Standard output while something runs; tests of a module run one after the other. */
  private static String printed(Runnable action) {
    PrintStream standard = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setOut(standard);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
