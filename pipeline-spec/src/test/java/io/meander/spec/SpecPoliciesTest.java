/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.errors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.SlotSpec;
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
  void keepsSlotIdsApart() {
    assertErrors(
        SPEC
            + """
              - {id: nb, learner: bayes.NaiveBayes}
              - {id: frozen, learner: bayes.NaiveBayes}
            serve: {champion: nb}
            """,
        "slots[1].id: 'nb' is also the id of slots[0]; choose another id",
        "slots[2].id: 'frozen' is taken: results use served, frozen, no_change, majority for what"
            + " is not a slot; choose another id");
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
                snapshots: {topic: models, every: {instances: 5}, on-drift: false}
                evaluation: {window: 20, slices: [[kind], [kind, merchant]], topic: figures}
                predictions: {topic: answers, delivery: exactly-once}
                rejects: {topic: dead}
                control: {topic: orders}
                """);

    assertThat(spec.drift().every()).isEqualTo(new DriftSpec("DDM", "ADWINChangeDetector -a 0.02"));
    assertThat(spec.snapshots())
        .isEqualTo(new PipelineSpec.Snapshots(5, Duration.ofSeconds(30), false));
    assertThat(spec.evaluation().window()).isEqualTo(20);
    assertThat(spec.evaluation().slices())
        .containsExactly(List.of("kind"), List.of("kind", "merchant"));
    assertThat(spec.delivery()).isEqualTo(PipelineSpec.Delivery.EXACTLY_ONCE);
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
        SPEC + "recovery: {max-load: 0s, on-corrupt-model: ignore}\n",
        "recovery.max-load: found '0s'; allowed: a duration longer than nothing, such as 100ms,"
            + " 30s, 5m, 24h or 7d",
        "recovery.on-corrupt-model: found 'ignore'; allowed: fail, restart-model");
  }
}
