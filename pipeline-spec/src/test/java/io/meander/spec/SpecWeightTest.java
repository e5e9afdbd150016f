/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.KNOWN;
import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSpec;
import io.meander.features.MissingPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks of {@code weight} and {@code missing}. */
class SpecWeightTest {

  @Test
  void everyEventCountsTheSameAndMissingIsKeptUnlessTold() throws SpecException {
    assertThat(parse(SPEC).weight()).isEqualTo(PipelineSpec.Weight.NONE);
    assertThat(parse(SPEC).missing()).isEqualTo(MissingPolicy.KEEP);
    assertThat(parse(SPEC).weight().factors(List.of("false", "true"))).containsExactly(1, 1);
  }

  @Test
  void readsWeights() throws SpecException {
    PipelineSpec both = parse(SPEC + "weight: {field: amount, class: {true: 4}}\n");

    assertThat(both.weight()).isEqualTo(new PipelineSpec.Weight("amount", Map.of("true", 4.0)));
    assertThat(both.weight().factors(both.label().classes())).containsExactly(1, 4);
    assertThat(both.features()).containsExactly(new FeatureSpec.Plain("kind", "kind"));
    assertThat(parse(SPEC + "features: [amount]\nweight: {field: amount}\n").features()).hasSize(1);
    assertThat(parse(SPEC + "weight: {class: {\"false\": 0.5}}\n").weight().field()).isEmpty();
  }

  @Test
  void readsEveryPolicy() throws SpecException {
    for (MissingPolicy policy : MissingPolicy.values()) {
      String word = policy.name().toLowerCase(Locale.ROOT);
      assertThat(parse(SPEC + "missing: " + word + "\n").missing()).isEqualTo(policy);
    }
    assertErrors(
        SPEC + "missing: meen\n",
        "missing: found 'meen'; allowed: keep, mean, last, zero; did you mean 'mean'?");
  }

  @Test
  void checksWeights() {
    assertErrors(
        SPEC + "weight: {field: amout, class: {ture: 2}}\n",
        "weight.field: unknown field 'amout'; did you mean 'amount'?" + KNOWN,
        "weight.class.ture: 'ture' is no class of the label; did you mean 'true'? (classes: false,"
            + " true)");
    assertErrors(
        SPEC + "weight: {field: kind}\n",
        "weight.field: 'kind' is an enum; allowed: a field that holds a number");
    assertErrors(
        SPEC + "weight: {class: {true: 0}}\n",
        "weight.class.true: found 0; allowed: 0.001 or more");
    assertErrors(
        SPEC + "weight: {class: {true: much}}\n",
        "weight.class.true: found the text 'much'; allowed: a number from 0.001 to 1000");
    assertErrors(
        SPEC + "weight: {}\n", "weight: found {}; allowed: a section with field, class or both");
    assertErrors(
        SPEC + "weight: 3\n",
        "weight: found the number 3; allowed: a section with field, class or both");
  }
}
