/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.errors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FeatureWatchSpec.Measure;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecFeatureWatchTest {

  @Test
  void readsWhichFeaturesAreWatched() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                features: [amount, kind, {name: hour, cyclic: at, period: 1d}]
                drift:
                  features: [amount, {name: hour_sin, detector: PageHinkleyDM}]
                  missing: [{name: amount, detector: EDDM}, kind]
                """);

    String adwin = DriftSpec.DEFAULT.detector();
    assertThat(spec.drift().features())
        .containsExactly(
            new FeatureWatchSpec("amount", Measure.VALUE, adwin),
            new FeatureWatchSpec("hour_sin", Measure.VALUE, "PageHinkleyDM"),
            new FeatureWatchSpec("amount", Measure.MISSING, "EDDM"),
            new FeatureWatchSpec("kind", Measure.MISSING, adwin));
    assertThat(spec.deployment().drift().features()).hasSize(4);
    assertThat(parse(SPEC).drift().features()).isEmpty();
  }

  @Test
  void refusesWhatCannotBeWatched() {
    assertErrors(
        SPEC + "drift: {features: [amuont, kind, amount, amount], missing: [knd]}\n",
        "drift.features[0]: there is no numeric feature 'amuont'; did you mean 'amount'? (features:"
            + " amount)",
        "drift.features[1]: 'kind' is nominal: only numbers have values that rise or fall; watch"
            + " how often it is missing, with drift.missing, or a number",
        "drift.features[3]: 'amount' is watched already; delete one of the two",
        "drift.missing[0]: there is no feature 'knd'; did you mean 'kind'? (features: amount,"
            + " kind)");
    assertErrors(
        SPEC + "missing: mean\ndrift: {missing: [kind, amount]}\n",
        "drift.missing[1]: 'amount' is never missing when it is learned: missing: mean fills numbers"
            + " in before; use missing: keep, or leave this out");
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBayes, drift: {features: [amount]}"),
        "slots[0].drift.features: features are watched for the whole pipeline, not for a slot; move"
            + " this to drift.features");
  }

  @Test
  void hasMoaCheckTheirDetectors() {
    SpecException e =
        errors(
            SPEC
                + "drift: {features: [{name: amount, detector: ADWIN}], missing: [{name: kind,"
                + " detector: SEEDChangeDetector}]}\n");
    assertThat(e.errors())
        .extracting(SpecError::path)
        .isEqualTo(List.of("drift.features[0].detector", "drift.missing[0].detector"));
    assertErrors(
        SPEC + "drift: {features: [{name: amount, detector: EDDM}]}\n",
        "drift.features[0].detector: 'EDDM' takes hits and misses only, not values; use another"
            + " detector such as ADWINChangeDetector");
    assertErrors(
        SPEC + "drift: {features: [{detector: DDM}, 7]}\n",
        "drift.features[0].name: is missing: Name of a feature's column.",
        "drift.features[1]: found the number 7; allowed: the name of a feature, or {name: ..,"
            + " detector: ..}; write \"7\" with its quotes");
  }
}
