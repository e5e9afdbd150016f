/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import moa.classifiers.Classifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learners that go on when their label gets another class, as if it had been there always. */
class AddedClassTest {

  private static final int FIRST = 1500;
  private static final int ROWS = 3000;

  static Stream<String> learners() {
    return AddedClass.LEARNERS.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("learners")
  void goesOnAsIfTheClassHadBeenThereAlways(String name) {
    assertThat(difference(name)).isEmpty();
  }

  @Test
  void thePageNamesThem() throws Exception {
    Path root = Path.of(System.getProperty("meander.root"));
    String page = Files.readString(root.resolve("docs").resolve("upgrades.md"));
    String list = page.substring(page.indexOf("## A class"), page.indexOf("## After commands"));

    assertThat(
            Pattern.compile("`([a-z]+\\.[a-zA-Z0-9.]+)`")
                .matcher(list)
                .results()
                .map(name -> name.group(1)))
        .containsExactlyInAnyOrderElementsOf(AddedClass.LEARNERS);
  }

  @Test
  void anEnsembleGoesOnIfAllInItDo() {
    assertThat(AddedClass.isTakenBy("trees.HoeffdingTree -g 50")).isTrue();
    assertThat(AddedClass.isTakenBy("moa.classifiers.bayes.NaiveBayes")).isTrue();
    assertThat(AddedClass.isTakenBy("meta.OzaBag -l trees.HoeffdingTree")).isTrue();
    assertThat(AddedClass.isTakenBy("meta.OzaBag -l functions.SGDMultiClass")).isFalse();
    assertThat(AddedClass.isTakenBy("functions.SGD")).isFalse();
  }

  /** What differs between a learner that met the class late and one that always knew of it. */
  static String difference(String name) {
    LearnerVerdict verdict = LearnerVerdicts.all().get(name);
    boolean missing = !verdict.reason().contains(LearnerVerdict.NO_MISSING_VALUES);
    boolean nominals = !verdict.reason().contains("numeric columns only");
    ContractStream stream =
        new ContractStream(
            new ContractStream.Kind(12, nominals, missing, 3), Task.CLASSIFICATION, ROWS);
    ModelContext three = new ModelContext(stream.context().features(), List.of("c0", "c1", "c2"));
    ModelContext two = new ModelContext(stream.context().features(), List.of("c0", "c1"));
    SlotSpec spec = new SlotSpec("s", LearnerChecks.optionString(name), 7);
    Learner late = Learners.create(spec, two);
    Learner always = Learners.create(spec, three);
    List<ContractStream.Row> first = new ArrayList<>(stream.rows().subList(0, FIRST));
    first.removeIf(row -> row.label() == 2);
    for (ContractStream.Row row : first) {
      double[] a = learn(late, row);
      double[] b = learn(always, row);
      if (!Arrays.equals(votes(a), votes(b))) {
        return "votes before";
      }
    }
    late = read(late, two, three);
    always = read(always, three, three);
    for (ContractStream.Row row : stream.rows().subList(FIRST, ROWS)) {
      if (!Arrays.equals(votes(learn(late, row)), votes(learn(always, row)))) {
        return "votes after";
      }
    }
    return Arrays.equals(canonical(late), canonical(always)) ? "" : "models";
  }

  private static byte[] canonical(Learner learner) {
    return JavaObjects.canonical(learner.classifier(), learner.header().instances());
  }

  private static double[] votes(double[] raw) {
    return Votes.normalised(raw, 3);
  }

  private static double[] learn(Learner learner, ContractStream.Row row) {
    Instance instance = learner.header().instance(row.features());
    double[] votes = learner.votes(instance).clone();
    instance.setClassValue(row.label());
    learner.train(instance);
    return votes;
  }

  private static Learner read(Learner learner, ModelContext from, ModelContext to) {
    byte[] written = JavaObjects.write(learner.classifier(), from.header());
    return new Learner(JavaObjects.read(written, Classifier.class, to.header()), to.newest());
  }
}
