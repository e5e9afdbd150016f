/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.errors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks of slots, of what is done with them over time, and of topics. */
class SpecPoliciesTest {

  @Test
  void hasMoaCheckLearners() {
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBaies"),
        "slots[0].learner: 'bayes.NaiveBaies' is not a MOA classifier; did you mean"
            + " 'bayes.NaiveBayes'?");
    assertThat(
            errors(SPEC.replace("bayes.NaiveBayes", "trees.HoeffdingTree -g fifty")).getMessage())
        .startsWith("slots[0].learner: MOA refuses 'trees.HoeffdingTree -g fifty': ")
        .contains("its options are -m maxByteSize");
  }

  @Test
  void hasMoaCheckDetectors() {
    SpecException e = errors(SPEC + "drift: {detector: ADWIN, warning: DDM -x}\n");

    assertThat(e.errors())
        .extracting(SpecError::path)
        .containsExactly("drift.detector", "drift.warning");
    assertThat(e.errors().get(0).message()).startsWith("'ADWIN' is not a MOA drift detector");
    assertThat(e.errors().get(1).message()).startsWith("MOA refuses 'DDM -x': ");
  }

  @Test
  void readsWhatIsDoneAboutDrift() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                  - {id: ht, learner: trees.HoeffdingTree, drift: {on-drift: alert}}
                  - id: own
                    learner: trees.HoeffdingTree
                    drift: {detector: EDDM, on-warning: none, background: {instances: 9}}
                serve: {champion: nb}
                drift:
                  detector: ADWINChangeDetector -a 0.002
                  warning: ADWINChangeDetector -a 0.02
                  on-drift: replace
                  boost: {weight: 2.5, instances: 100}
                """);

    DriftSpec every =
        new DriftSpec(
            "ADWINChangeDetector -a 0.002",
            "ADWINChangeDetector -a 0.02",
            DriftSpec.Signal.ERROR,
            DriftSpec.OnWarning.START_BACKGROUND,
            DriftSpec.OnDrift.REPLACE,
            new DriftSpec.Boost(2.5, 100),
            1000);
    assertThat(spec.drift().every()).isEqualTo(every);
    assertThat(spec.drift().of("nb")).isEqualTo(every);
    assertThat(spec.drift().of("ht"))
        .isEqualTo(every.with(DriftSpec.OnWarning.NONE, DriftSpec.OnDrift.ALERT));
    assertThat(spec.drift().of("own"))
        .isEqualTo(
            new DriftSpec(
                "EDDM",
                "ADWINChangeDetector -a 0.02",
                DriftSpec.Signal.ERROR,
                DriftSpec.OnWarning.NONE,
                DriftSpec.OnDrift.REPLACE,
                new DriftSpec.Boost(2.5, 100),
                9));
    assertThat(spec.deployment().drift()).isEqualTo(spec.drift());
    assertThat(spec.warnings()).isEmpty();
  }

  @Test
  void refusesDriftPoliciesThatCannotBe() {
    assertErrors(
        SPEC + "drift: {on-drift: resets, on-warning: background, signal: logloss}\n",
        "drift.signal: found 'logloss'; allowed: error, log-loss, absolute-error, score; did you mean"
            + " 'log-loss'?",
        "drift.on-warning: found 'background'; allowed: none, start-background",
        "drift.on-drift: found 'resets'; allowed: alert, reset, replace, switch, boost; did you"
            + " mean 'reset'?");
    assertErrors(
        SPEC + "drift: {boost: {weight: 0, instances: 0}, background: {instance: 5}}\n",
        "drift.background.instance: unknown key; did you mean 'instances'? (allowed here:"
            + " instances)",
        "drift.boost.weight: found 0; allowed: 0.001 or more",
        "drift.boost.instances: found 0; allowed: 1 or more");
    assertErrors(
        SPEC + "drift: {on-drift: switch}\n",
        "drift.on-drift: found 'switch' and one slot; add the slots that it may switch to, or use"
            + " alert, reset, replace or boost");
    assertErrors(
        SPEC + "drift: {detector: DDM, warning: EDDM, signal: log-loss}\n",
        "drift.warning: 'EDDM' takes hits and misses only, not log-loss; use signal: error, or"
            + " another detector such as ADWINChangeDetector");
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBayes, drift: {detector: SEEDChangeDetector}"),
        "slots[0].drift.detector: 'SEEDChangeDetector' cannot be stored:"
            + " moa.classifiers.core.driftdetection.SEEDChangeDetector$SEED is not serialisable");
  }

  @Test
  void warnsOfLearnersThatCannotTakeMissingValues() throws SpecException {
    String perceptron = SPEC.replace("bayes.NaiveBayes", "functions.Perceptron");

    assertThat(parse(perceptron).warnings())
        .extracting(w -> w.path() + ": " + w.message())
        .containsExactly(
            "slots[0].learner: functions.Perceptron votes nothing useful once a value is missing;"
                + " if any can be, set missing: mean, last or zero");
    assertThat(parse(perceptron + "missing: zero\n").warnings()).isEmpty();
  }

  @Test
  void refusesALearnerOfTwoClassesForALabelOfMore() {
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "functions.SGD")
            .replace("key: [merchant]", "key: [kind]")
            .replace("{field: fraud,", "{field: merchant, classes: [a, b, c],"),
        "slots[0].learner: 'functions.SGD': functions.SGD tells two classes apart and the label has"
            + " 3; docs/learners.md lists the others");
  }

  @Test
  void warnsOfPoliciesThatAreSeldomMeant() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC.replace("bayes.NaiveBayes", "meta.OzaBag -l (trees.HoeffdingAdaptiveTree)")
                + "drift: {on-drift: replace}\n");

    assertThat(spec.warnings())
        .extracting(w -> w.path() + ": " + w.message())
        .containsExactly(
            "slots[0].learner: 'meta.OzaBag -l (trees.HoeffdingAdaptiveTree)' adapts to drift by"
                + " itself, and on-drift: replace also throws away what it kept; give the slot"
                + " drift: {on-drift: alert}",
            "slots[0]: no background learner will ever start: 'ADWINChangeDetector -a 0.002' never"
                + " warns; name a laxer detector in drift.warning");
    assertThat(parse(SPEC + "drift: {on-drift: reset}\n").warnings()).isEmpty();
  }

  @Test
  void keepsSlotIdsApart() {
    assertErrors(
        SPEC
            + """
              - {id: nb, learner: bayes.NaiveBayes}
              - {id: frozen, learner: bayes.NaiveBayes}
            serve: {champion: nb}
            """,
        "slots[1].id: 'nb' is also the id of slots[0]; choose another id",
        "slots[2].id: 'frozen' is taken: results use served, frozen, no_change, majority, mean for"
            + " what is not a slot; choose another id");
  }

  @Test
  void needsAChampionAmongTheSlots() throws SpecException {
    String two = SPEC + "  - {id: ht, learner: trees.HoeffdingTree, seed: 7}\n";
    assertErrors(
        two,
        "serve.champion: is missing: with several slots, say which one serves (slots: nb, ht)");
    assertErrors(
        two + "serve: {champion: hat}\n",
        "serve.champion: there is no slot 'hat'; did you mean 'ht'? (slots: nb, ht)");

    PipelineSpec spec = parse(two + "serve: {policy: champion, champion: ht}\n");

    assertThat(spec.champion()).isEqualTo("ht");
    assertThat(spec.slots())
        .containsExactly(
            new SlotSpec("nb", "bayes.NaiveBayes", 1),
            new SlotSpec("ht", "trees.HoeffdingTree", 7));
  }

  @Test
  void readsWhoServes() throws SpecException {
    String two = SPEC + "  - {id: ht, learner: trees.HoeffdingTree}\n";

    assertThat(parse(SPEC).serve()).isEqualTo(ServePolicy.CHAMPION);
    PipelineSpec best = parse(two + "serve: {policy: best, champion: ht, min-evidence: 250}\n");
    assertThat(best.serve()).isEqualTo(new ServePolicy(ServePolicy.Kind.BEST, 250, 0.01));
    assertThat(best.deployment().serve()).isEqualTo(best.serve());
    assertThat(best.champion()).isEqualTo("ht");
    assertThat(parse(two + "serve: {policy: best, margin: 0}\n").serve().margin()).isZero();
    PipelineSpec vote = parse(two + "serve: {policy: vote}\n");
    assertThat(vote.serve()).isEqualTo(ServePolicy.of(ServePolicy.Kind.VOTE));
    assertThat(vote.champion()).isEqualTo("nb");
  }

  @Test
  void refusesServingThatCannotBe() {
    String two = SPEC + "  - {id: ht, learner: trees.HoeffdingTree}\n";
    assertErrors(
        SPEC + "serve: {policy: best}\n",
        "serve.policy: found 'best' and one slot; add the slots that it goes by, or use champion");
    assertErrors(
        SPEC + "serve: {policy: vote}\n",
        "serve.policy: found 'vote' and one slot; add the slots that it goes by, or use champion");
    assertErrors(
        two + "serve: {policy: votes, min-evidence: 5}\n",
        "serve.policy: found 'votes'; allowed: champion, best, vote; did you mean 'vote'?");
    assertErrors(
        two + "serve: {policy: best, min-evidence: 0, margin: 2}\n",
        "serve.min-evidence: found 0; allowed: 1 or more",
        "serve.margin: found 2; allowed: 1 or less");
    assertErrors(
        two + "serve: {champion: nb, min-evidence: 5, margin: 0.1}\n",
        "serve.min-evidence: is for policy best or vote, and the policy is champion; leave it out",
        "serve.margin: is for policy best, and the policy is champion; leave it out");
    assertErrors(
        two + "serve: {policy: vote, margin: 0.1}\n",
        "serve.margin: is for policy best, and the policy is vote; leave it out");
    assertErrors(
        two + "serve: {policy: best, champion: hat}\n",
        "serve.champion: there is no slot 'hat'; did you mean 'ht'? (slots: nb, ht)");
    assertErrors(
        two.replace("HoeffdingTree}", "HoeffdingTree, drift: {on-drift: switch}}")
            + "serve: {policy: best}\n",
        "slots[1].drift.on-drift: found 'switch', and serve.policy best says already who serves; use"
            + " alert, reset, replace or boost");
  }

  @Test
  void readsWhenToFreeze() throws SpecException {
    assertThat(parse(SPEC + "frozen: {at: 2001-02-01T01:00:00+01:00}\n").frozen())
        .contains(new FreezeSpec.At(Instant.parse("2001-02-01T00:00:00Z")));
    assertThat(parse(SPEC + "frozen: {after: 30d}\n").frozen())
        .contains(new FreezeSpec.AfterTime(Duration.ofDays(30)));
    assertThat(parse(SPEC + "frozen: {after: {instances: 10}}\n").frozen())
        .contains(new FreezeSpec.AfterInstances(10));
    assertErrors(
        SPEC + "frozen: {at: 2001-02-01}\n",
        "frozen.at: found '2001-02-01'; allowed: an instant with its offset, such as"
            + " 2001-02-01T00:00:00Z or 2001-02-01T00:00:00+01:00");
  }

  @Test
  void readsWhatIsNotLeftToItsDefault() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                drift: {detector: DDM, warning: ADWINChangeDetector -a 0.02, signal: error}
                snapshots: {topic: models, every: {instances: 5}, on-drift: false, max-per-second: 7,
                            payloads: "s3://bucket/models", max-inline: 32KB}
                evaluation: {window: 20, slices: [[kind], [kind, merchant]], topic: figures, every: 5s,
                             max-per-second: 9, max-slices: 8}
                predictions: {topic: answers, delivery: exactly-once, features: true}
                rejects: {topic: dead}
                control: {topic: orders}
                """);

    assertThat(spec.drift().every()).isEqualTo(new DriftSpec("DDM", "ADWINChangeDetector -a 0.02"));
    assertThat(spec.snapshots())
        .isEqualTo(
            new PipelineSpec.Snapshots(
                5,
                Duration.ofSeconds(30),
                false,
                7,
                URI.create("s3://bucket/models"),
                32 << 10,
                null));
    assertErrors(
        SPEC + "snapshots: {payloads: models}\n",
        "snapshots.payloads: found 'models'; allowed: the URI of a folder, such as"
            + " s3://bucket/models or file:///var/models");
    assertThat(spec.evaluation().window()).isEqualTo(20);
    assertThat(spec.evaluation().slices())
        .containsExactly(List.of("kind"), List.of("kind", "merchant"));
    assertThat(spec.evaluation().everyOrNull()).isEqualTo(Duration.ofSeconds(5));
    assertThat(spec.evaluation().maxPerSecond()).isEqualTo(9);
    assertThat(spec.evaluation().maxSlices()).isEqualTo(8);
    assertThat(parse(SPEC).evaluation().everyOrNull()).isEqualTo(Duration.ofMinutes(1));
    assertThat(parse(SPEC + "evaluation: {every: never}\n").evaluation().everyOrNull()).isNull();
    assertThat(spec.predictions())
        .isEqualTo(new PipelineSpec.Predictions(PipelineSpec.Delivery.EXACTLY_ONCE, true));
    assertThat(parse(SPEC).predictions().features()).isFalse();
    assertErrors(
        SPEC + "predictions: {features: all}\n",
        "predictions.features: found the text 'all'; allowed: true or false");
    assertThat(spec.topics())
        .isEqualTo(
            new PipelineSpec.Topics(
                "answers",
                "payments-drift",
                "figures",
                "models",
                "dead",
                "orders",
                "payments-control-acks"));
  }

  @Test
  void readsWhetherTheUpdateLogIsSent() throws SpecException {
    assertThat(parse(SPEC + "snapshots: {deltas: false}\n").snapshots().updates()).isEmpty();
    PipelineSpec.Updates updates =
        parse(SPEC + "snapshots: {deltas: true}\n").snapshots().updates().orElseThrow();
    assertThat(updates)
        .isEqualTo(new PipelineSpec.Updates("payments-updates", Duration.ofHours(1)));
    assertThat(updates.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(
            parse(SPEC + "snapshots: {deltas: true, images: 10d}\n")
                .snapshots()
                .updates()
                .orElseThrow()
                .retention())
        .isEqualTo(Duration.ofDays(20));
    assertErrors(
        SPEC + "snapshots: {images: 1h}\n",
        "snapshots.images: is for deltas: true, which sends the updates between images; leave it"
            + " out");
    assertErrors(
        SPEC + "snapshots: {deltas: true}\nrejects: {topic: payments-updates}\n",
        "rejects.topic: 'payments-updates' would hold the rejects and the updates; choose two"
            + " topics");
  }

  @Test
  void refusesOneTopicForTwoUses() {
    assertErrors(
        SPEC + "rejects: {topic: payments}\n",
        "rejects.topic: 'payments' would hold the rejects and the events; choose two topics");
    assertErrors(
        SPEC + "control: {topic: payments-drift}\n",
        "control.topic: 'payments-drift' would hold the commands and the drift events; choose two"
            + " topics");
  }

  @Test
  void readsHowLargeASlotMayGrow() throws SpecException {
    assertThat(parse(SPEC).limits()).isEmpty();
    assertThat(slot("max-bytes: 32MB").limits())
        .containsExactly(entry("nb", new SizeLimit(32 << 20, SizeLimit.Action.RESTART)));
    assertThat(slot("max-bytes: 500KB, on-max-bytes: stop-learning").limits())
        .containsExactly(entry("nb", new SizeLimit(500 << 10, SizeLimit.Action.STOP_LEARNING)));
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBayes, max-bytes: 32 megs"),
        "slots[0].max-bytes: found '32 megs'; allowed: a size such as 500KB, 32MB or 1GB");
    assertErrors(
        SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBayes, on-max-bytes: restart"),
        "slots[0].on-max-bytes: says what happens beyond max-bytes, which the slot does not have");
  }

  private static PipelineSpec slot(String more) throws SpecException {
    return parse(SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBayes, " + more));
  }

  @Test
  void readsHowModelsComeBack() throws SpecException {
    assertThat(parse(SPEC).expireAfter()).isEmpty();
    assertThat(parse(SPEC + "expire-after: never\n").expireAfter()).isEmpty();
    assertThat(parse(SPEC + "expire-after: 30d\n").expireAfter()).contains(Duration.ofDays(30));
    assertThat(parse(SPEC).recovery())
        .isEqualTo(
            new PipelineSpec.Recovery(Duration.ofMillis(100), PipelineSpec.OnCorruptModel.FAIL));
    assertThat(
            parse(SPEC + "recovery: {max-load: 2s, on-corrupt-model: restart-model}\n").recovery())
        .isEqualTo(
            new PipelineSpec.Recovery(
                Duration.ofSeconds(2), PipelineSpec.OnCorruptModel.RESTART_MODEL));
    assertErrors(
        SPEC + "expire-after: 500ms\n",
        "expire-after: found '500ms'; allowed: never, or a duration of 1s and more, such as 30d");
    assertErrors(
        SPEC + "expire-after: soon\n",
        "expire-after: found 'soon'; allowed: never, or a duration of 1s and more, such as 30d");
    assertErrors(
        SPEC + "recovery: {max-load: 0s, on-corrupt-model: ignore}\n",
        "recovery.max-load: found '0s'; allowed: a duration longer than nothing, such as 100ms,"
            + " 30s, 5m, 24h or 7d",
        "recovery.on-corrupt-model: found 'ignore'; allowed: fail, restart-model");
  }
}
