/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.DriftSpec;
import io.meander.models.NumberTarget;
import io.meander.models.Task;
import org.junit.jupiter.api.Test;

/** What a regression's spec may say. */
class SpecRegressionTest {

  private static final String REGRESSION =
      SPEC.replace("{field: fraud, outcome: [loss]}", "{field: loss, outcome: [fraud]}")
              .replace("bayes.NaiveBayes", "trees.FIMTDD")
          + "task: regression\n";

  @Test
  void readsARegression() throws SpecException {
    PipelineSpec spec = parse(REGRESSION);

    assertThat(spec.target()).isEqualTo(new NumberTarget());
    assertThat(spec.label().classes()).isEmpty();
    assertThat(spec.modelContext().target().task()).isEqualTo(Task.REGRESSION);
    assertThat(spec.drift().every().signal()).isEqualTo(DriftSpec.Signal.ABSOLUTE_ERROR);
    assertThat(spec.features()).extracting(Object::toString).noneMatch(f -> f.contains("loss"));
  }

  @Test
  void hasNoClasses() {
    assertErrors(
        REGRESSION
            .replace("{field: loss,", "{field: loss, above: 3, classes: [\"a\", \"b\"],")
            .concat("weight: {class: {a: 2}}\n"),
        "label.above: task is regression, and a regression predicts the number itself: delete it",
        "label.classes: task is regression, and a regression predicts a number and has no classes:"
            + " delete it",
        "weight.class: task is regression, and a number has no class: delete it, or use"
            + " weight.field");
  }

  @Test
  void itsLabelIsANumber() {
    assertErrors(
        REGRESSION.replace("{field: loss, outcome: [fraud]}", "{field: kind}"),
        "label.field: 'kind' is an enum; the label of a regression is a number");
  }

  @Test
  void itsLearnersTellNumbers() {
    assertErrors(
        REGRESSION.replace("trees.FIMTDD", "bayes.NaiveBayes"),
        "slots[0].learner: 'bayes.NaiveBayes': it is for classification, not for regression;"
            + " docs/learners.md lists the learners for each task");
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "trees.FIMTDD"),
        "slots[0].learner: 'trees.FIMTDD': it is for regression, not for classification;"
            + " docs/learners.md lists the learners for each task");
  }

  @Test
  void isWatchedByItsAbsoluteError() {
    assertErrors(
        REGRESSION + "drift: {signal: error}\n",
        "drift.signal: found 'error', which only classes have; a regression is watched by its"
            + " absolute-error: use that, or leave it out");
    assertErrors(
        REGRESSION + "drift: {detector: EDDM}\n",
        "drift.detector: 'EDDM' takes hits and misses only, not absolute-error; use another"
            + " detector such as ADWINChangeDetector");
  }

  @Test
  void aMissingLabelMayCountAsANumber() throws SpecException {
    String waiting = REGRESSION.replace("{field: loss,", "{field: loss, known-at: {after: 1h},%s");

    assertThat(parse(waiting.formatted(" wait: 2h, otherwise: 0.5,")).label().waits())
        .extracting(PipelineSpec.Waits::otherwiseOrNull)
        .isEqualTo(0.5);
    assertThat(parse(waiting.formatted(" wait: 2h,")).label().waits().otherwiseOrNull()).isNull();
    assertErrors(
        waiting.formatted(" wait: 2h, otherwise: zero,"),
        "label.otherwise: found 'zero'; allowed: drop, or a number, as the label is one");
  }
}
