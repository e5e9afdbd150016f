/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.Decision;
import io.meander.models.ServePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecDecisionTest {

  @Test
  void readsWhichClassIsPredicted() throws SpecException {
    List<String> classes = parse(SPEC).label().classes();
    assertThat(classes).hasSize(2);
    String second = classes.get(1);

    assertThat(decision("decide: {class: \"" + second + "\", from: 0.3}"))
        .isEqualTo(new Decision.Threshold(1, 0.3));
    assertThat(decision("cost: {\"" + second + "\": {\"" + classes.get(0) + "\": 5}}"))
        .isEqualTo(new Decision.LeastCost(List.of(0.0, 1.0, 5.0, 0.0)));
    assertThat(parse(SPEC).serve().decision()).isEqualTo(ServePolicy.FIRST_MAXIMUM);
  }

  @Test
  void refusesWhatDoesNotFitTheClasses() throws SpecException {
    String names = String.join(", ", parse(SPEC).label().classes());
    String first = parse(SPEC).label().classes().get(0);
    assertErrors(
        SPEC + "serve: {decide: {class: zzz, from: 0.3}}\n",
        "serve.decide.class: there is no class 'zzz' (classes: " + names + ")");
    assertErrors(
        SPEC + "serve: {cost: {zzz: {\"" + first + "\": 2}, \"" + first + "\": {xxx: 1}}}\n",
        "serve.cost.zzz: there is no class 'zzz' (classes: " + names + ")",
        "serve.cost." + first + ".xxx: there is no class 'xxx' (classes: " + names + ")");
    assertErrors(
        SPEC
            + "serve: {decide: {class: \""
            + first
            + "\", from: 0.5}, cost: {\""
            + first
            + "\": {\""
            + first
            + "\": 1}}}\n",
        "serve.cost: serve.decide says already which class is predicted; keep one of the two");
  }

  private static Decision decision(String part) throws SpecException {
    return parse(SPEC + "serve: {" + part + "}\n").serve().decision();
  }
}
