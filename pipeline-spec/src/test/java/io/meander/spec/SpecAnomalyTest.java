/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.AnomalyTarget;
import io.meander.models.AnomalyTarget.Learns;
import io.meander.models.Decision.Anomalous;
import io.meander.models.DriftSpec;
import io.meander.models.ServePolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a spec of anomalies may say. */
class SpecAnomalyTest {

  private static final String LEARNER = "oneclass.HSTrees -t 10 -h 8";

  private static final String LABELLED =
      SPEC.replace("bayes.NaiveBayes", "\"" + LEARNER + "\"") + "task: anomaly\n";

  private static final String UNLABELLED =
      LABELLED.replace("label: {field: fraud, outcome: [loss]}\n", "features: [amount]\n");

  @Test
  void needsNoLabel() throws SpecException {
    PipelineSpec spec = parse(UNLABELLED);

    assertThat(spec.target()).isEqualTo(new AnomalyTarget(AnomalyTarget.CLASSES, Learns.ALL));
    assertThat(spec.label().isGiven()).isFalse();
    assertThat(spec.label().isLate()).isFalse();
    assertThat(spec.serve()).isEqualTo(ServePolicy.CHAMPION.deciding(Anomalous.DEFAULT));
    assertThat(spec.drift().every()).isEqualTo(DriftSpec.DEFAULT.watching(DriftSpec.Signal.SCORE));
  }

  @Test
  void otherTasksNeedALabel() {
    String classifies =
        UNLABELLED.replace("task: anomaly\n", "").replace(LEARNER, "bayes.NaiveBayes");
    assertErrors(
        classifies,
        "label: is missing: The truth about an event; only task: anomaly does without it.");
    assertErrors(
        classifies + "task: regression\n",
        "label: is missing: The truth about an event; only task: anomaly does without it.",
        "slots[0].learner: 'bayes.NaiveBayes': it is for classification, not for regression;"
            + " docs/learners.md lists the learners for each task");
  }

  @Test
  void aLabelOnlyScoresUnlessTheNormalOnesAreLearned() throws SpecException {
    PipelineSpec all = parse(LABELLED);
    assertThat(all.target()).isEqualTo(new AnomalyTarget(List.of("false", "true"), Learns.ALL));
    assertThat(all.label().isGiven()).isTrue();
    assertThat(all.features()).extracting(Object::toString).noneMatch(f -> f.contains("fraud"));

    assertThat(parse(LABELLED + "learn: normal\n").target())
        .isEqualTo(new AnomalyTarget(List.of("false", "true"), Learns.NORMAL));
    assertErrors(
        UNLABELLED + "learn: normal\n",
        "learn: found 'normal', and no label says what is normal: add label, or learn: all, which"
            + " needs none");
    assertErrors(LABELLED + "learn: anomalies\n", "learn: found 'anomalies'; allowed: all, normal");
  }

  @Test
  void whatANumberExceedsMayBeAnAnomaly() throws SpecException {
    String above =
        LABELLED.replace(
            "{field: fraud, outcome: [loss]}",
            "{field: loss, above: 3, classes: [\"usual\", \"odd\"], outcome: [fraud]}");
    assertThat(parse(above).label().classes()).containsExactly("usual", "odd");
  }

  @Test
  void aLabelHasTwoClasses() {
    assertErrors(
        LABELLED.replace(
            "{field: fraud, outcome: [loss]}",
            "{field: loss, classes: [\"0\", \"1\", \"2\"], outcome: [fraud]}"),
        "label.classes: found 3 classes; the label of an anomaly has two, first what is normal,"
            + " then what is an anomaly: make two with label.value or label.above");
  }

  @Test
  void theThresholdIsFixedOrAdapts() throws SpecException {
    assertThat(threshold("0.8"))
        .isEqualTo(new Anomalous(0.8, Anomalous.DEFAULT_QUANTILE, 1000, 500));
    assertThat(threshold("{above: 0.8, after: 60}"))
        .isEqualTo(new Anomalous(0.8, Anomalous.DEFAULT_QUANTILE, 1000, 60));
    assertThat(threshold("{quantile: 0.99, last: 300, after: 0}"))
        .isEqualTo(new Anomalous(Double.NaN, 0.99, 300, 0));
    assertThat(threshold("{last: 2000}"))
        .isEqualTo(new Anomalous(Double.NaN, Anomalous.DEFAULT_QUANTILE, 2000, 500));
  }

  private static Object threshold(String text) throws SpecException {
    return parse(UNLABELLED + "serve: {threshold: " + text + "}\n").serve().decision();
  }

  @Test
  void refusesThresholdsThatMeanNothing() {
    assertErrors(
        UNLABELLED + "serve: {threshold: {above: 0.8, quantile: 0.9, last: 50}}\n",
        "serve.threshold.quantile: threshold.above says already which scores are anomalies; keep"
            + " one of the two",
        "serve.threshold.last: threshold.above says already which scores are anomalies; keep one of"
            + " the two");
    assertErrors(
        UNLABELLED + "serve: {threshold: {last: 100}}\n",
        "serve.threshold.last: of 100 scores none may be above their quantile 0.995, so nothing"
            + " would ever be called an anomaly; last must be 200 or more, or quantile lower");
    assertErrors(
        UNLABELLED + "serve: {threshold: {quantile: 0.9999}}\n",
        "serve.threshold.quantile: of 1000 scores none may be above their quantile 0.9999, so"
            + " nothing would ever be called an anomaly; last must be 10000 or more, or quantile"
            + " lower");
    assertErrors(
        UNLABELLED + "serve: {threshold: 1.5}\n", "serve.threshold: found 1.5; allowed: 1 or less");
    assertErrors(
        UNLABELLED + "serve: {threshold: high}\n",
        "serve.threshold: found the text 'high'; allowed: a score from 0 to 1, or a section such as"
            + " {quantile: 0.995, last: 1000}");
  }

  @Test
  void scoresOfDifferentLearnersAreNotCompared() {
    String two =
        UNLABELLED.replace(
            "task: anomaly", "  - {id: ae, learner: oneclass.Autoencoder}\ntask: anomaly");
    for (String policy : List.of("best", "vote")) {
      assertErrors(
          two + "serve: {champion: nb, policy: " + policy + "}\n",
          "serve.policy: found '"
              + policy
              + "', and scores of different learners cannot be compared; use champion: the other"
              + " slots learn and are scored beside it");
    }
    assertErrors(
        two + "serve: {champion: nb}\ndrift: {on-drift: switch}\n",
        "drift.on-drift: found 'switch', and scores of different learners cannot be compared; use"
            + " alert, reset or replace");
  }

  @Test
  void refusesWhatIsForClassesThatAreVotedFor() {
    assertErrors(
        LABELLED + "serve: {decide: {class: \"true\", from: 0.3}}\n",
        "serve.decide: is for classes that are voted for; what is called an anomaly is said by"
            + " serve.threshold: set that, or leave this out");
    assertErrors(
        LABELLED + "serve: {cost: {\"true\": {\"false\": 5}}}\n",
        "serve.cost: is for classes that are voted for; what is called an anomaly is said by"
            + " serve.threshold: set that, or leave this out");
    assertErrors(
        LABELLED + "serve: {margin: 0.1}\n",
        "serve.margin: is for policy best, and the policy is champion; leave it out");
  }

  @Test
  void refusesWeights() {
    String weights =
        "MOA's anomaly detectors look at no weights, so every event counts the same: leave this"
            + " out";
    assertErrors(LABELLED + "weight: {field: amount}\n", "weight: " + weights);
    assertErrors(LABELLED + "weight: {class: {\"true\": 2}}\n", "weight: " + weights);
    assertErrors(
        LABELLED + "drift: {on-drift: boost}\n",
        "drift.on-drift: found 'boost', and MOA's anomaly detectors look at no weights; use alert,"
            + " reset or replace");
    assertErrors(
        LABELLED.replace("8\"}", "8\", drift: {boost: {weight: 2}}}"),
        "slots[0].drift.boost: " + weights);
  }

  @Test
  void refusesParents() {
    assertErrors(
        LABELLED + "parent: {key: []}\n",
        "parent: would let a new key score by what is usual for other keys; without one it learns"
            + " from its first event on: leave this out");
  }

  @Test
  void anAnomalysLabelIsNeverLearned() throws SpecException {
    String late =
        LABELLED.replace(
            "{field: fraud, outcome: [loss]}",
            "{field: fraud, outcome: [loss], known-at: {after: 1h}, wait: 2h, otherwise: \"false\","
                + " %s}");
    for (String policy : List.of("corrections", "late-positives")) {
      assertErrors(
          late.formatted(policy + ": train"),
          "label."
              + policy
              + ": found 'train', and an anomaly's label is never learned: it scores and, with"
              + " learn: normal, says what is; leave this out");
    }
    assertThat(parse(late.formatted("corrections: reject") + "learn: normal\n").label().waits())
        .extracting(PipelineSpec.Waits::otherwiseOrNull)
        .isEqualTo(AnomalyTarget.NORMAL);
  }

  @Test
  void withoutALabelNoFeatureIsMadeOfOne() {
    assertErrors(
        UNLABELLED.replace(
            "[amount]",
            "[amount, {name: late, ewma: amount, of: labels, half-life: 3},"
                + " {name: by, target: merchant, smoothing: 20}]"),
        "features[1].of: found 'labels', and there is no label; add label, or remember events",
        "features[2].target: is made of labels, and there is no label; delete it");
  }

  @Test
  void driftsAreOfTheScore() {
    assertErrors(
        LABELLED + "drift: {signal: error}\n",
        "drift.signal: found 'error', which needs labels; anomalies are watched by their score: use"
            + " that, or leave it out");
    assertErrors(
        SPEC + "drift: {signal: score}\n",
        "drift.signal: found 'score', which only anomalies have; leave it out");
    assertErrors(
        LABELLED + "drift: {detector: EDDM}\n",
        "drift.detector: 'EDDM' takes hits and misses only, not score; use another detector such as"
            + " ADWINChangeDetector");
  }

  @Test
  void itsLearnersScoreAnomalies() {
    assertErrors(
        LABELLED.replace("\"" + LEARNER + "\"", "bayes.NaiveBayes"),
        "slots[0].learner: 'bayes.NaiveBayes': it is for classification, not for finding"
            + " anomalies; docs/learners.md lists the learners for each task");
    assertErrors(
        LABELLED.replace("\"" + LEARNER + "\"", "oneclass.NearestNeighbourDescription"),
        "slots[0].learner: 'oneclass.NearestNeighbourDescription':"
            + " oneclass.NearestNeighbourDescription cannot be used: gives every instance the same"
            + " score: it learns nothing; docs/learners.md lists what can be");
  }

  @Test
  void otherTasksHaveNeitherLearnNorThreshold() {
    assertErrors(
        SPEC + "learn: all\nserve: {threshold: 0.5}\n",
        "learn: is for task: anomaly; other tasks learn every event that has a label: leave this"
            + " out",
        "serve.threshold: is for the scores of task: anomaly; of classes, serve.decide says from"
            + " which vote on one is predicted");
  }

  @Test
  void warnsOfFeaturesThatAreNotScaledAndOfLargeTrees() throws SpecException {
    assertThat(warnings(UNLABELLED, Map.of()))
        .containsExactly(
            "features: MOA's anomaly detectors want numbers from 0 to 1, and hardly tell others"
                + " apart; 'amount' is not sure to stay there: take the field in the form {name: ..,"
                + " scaled: .., to: range}");
    assertThat(warnings(UNLABELLED, Map.of("amount", new FeatureRange(-0.25, 312))))
        .singleElement()
        .asString()
        .contains("'amount' (-0.2500 to 312.0)");
    assertThat(warnings(UNLABELLED, Map.of("amount", new FeatureRange(0, 1)))).isEmpty();
    String scaled = UNLABELLED.replace("[amount]", "[{name: a, scaled: amount, to: range}, kind]");
    assertThat(warnings(scaled, Map.of())).isEmpty();
    assertThat(warnings(scaled.replace(", to: range", ""), Map.of())).hasSize(1);
    assertThat(warnings(scaled.replace(LEARNER, "oneclass.HSTrees"), Map.of()))
        .containsExactly(
            "slots[0].learner: 'oneclass.HSTrees' takes about 45 MB on the heap for every key, from"
                + " its first event on; 'oneclass.HSTrees -t 10 -h 8' takes 0.14 MB");
  }

  @Test
  void warnsOfTheFirstEventsMissingScaleWhereALearnerCannotTakeIt() throws SpecException {
    String scaled =
        UNLABELLED
            .replace("[amount]", "[{name: a, scaled: amount, to: range}]")
            .replace(LEARNER, "oneclass.Autoencoder");
    for (String missing : List.of("mean", "last")) {
      assertThat(warnings(scaled + "missing: " + missing + "\n", Map.of()))
          .containsExactly(
              "slots[0].learner: oneclass.Autoencoder votes nothing useful once a value is missing;"
                  + " a scaled feature is at the first event of a key, which has no scale yet and"
                  + " nothing to put in its place: set missing: zero");
    }
    assertThat(warnings(scaled + "missing: zero\n", Map.of())).isEmpty();
  }

  private static List<String> warnings(String yaml, Map<String, FeatureRange> seen)
      throws SpecException {
    return parse(yaml).warnings(seen).stream().map(SpecError::toString).toList();
  }
}
