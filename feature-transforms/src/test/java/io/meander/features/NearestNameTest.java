/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

  private static final List<String> NAMES =
      List.of("trees.HoeffdingTree", "trees.HoeffdingAdaptiveTree", "bayes.NaiveBayes");

  @Test
  void findsSlipsOfTheKeyboard() {
    assertThat(NearestName.of("trees.HoefdingTree", NAMES)).startsWith("trees.HoeffdingTree");
    assertThat(NearestName.of("bayes.NaievBayes", NAMES)).containsExactly("bayes.NaiveBayes");
    assertThat(NearestName.of("TREES.HOEFFDINGTREE", NAMES)).startsWith("trees.HoeffdingTree");
  }

  @Test
  void findsANameWithoutItsPackage() {
    assertThat(NearestName.of("NaiveBayes", NAMES)).containsExactly("bayes.NaiveBayes");
  }

  @Test
  void doesNotGuessWildly() {
    assertThat(NearestName.of("xgboost", NAMES)).isEmpty();
    assertThat(NearestName.of("", List.of("functions.SGD", "a"))).isEmpty();
    assertThat(NearestName.of("m", List.of("n", "fields"))).containsExactly("n");
    assertThat(NearestName.of("forest", List.of("rules.functions.Target"))).isEmpty();
    assertThat(NearestName.suggestion("xgboost", NAMES)).isEmpty();
    assertThat(NearestName.suggestion("lable", List.of("label", "table", "events")))
        .isEqualTo("; did you mean 'label' or 'table'?");
  }
}
