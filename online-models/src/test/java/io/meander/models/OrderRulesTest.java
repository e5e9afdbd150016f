/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSchema;
import io.meander.models.Order.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a key does of what was ordered, whenever it comes by. */
class OrderRulesTest {

  private final ModelContext context =
      new ModelContext(
          new FeatureSchema(List.of(FeatureSchema.Column.numeric("x"))), List.of("no", "yes"));
  private final Reducer reducer = new Reducer(context);

  @Test
  void anOrderIsForTheKeysThatItCoversAndIsCarriedOutOnce() {
    Deployment ordered = deployment(2, Map.of(), new Order(2, Kind.RESET, "s1", "AT", 0));
    ModelSet covered = set("ATL");
    ModelSet other = set("BAT");

    assertThat(reconcile(covered, ordered)).contains(new Fact.Restarted(ordered.slot("s1")));
    assertThat(reconcile(other, ordered)).hasOnlyElementsOfType(Fact.Reconciled.class);

    Deployment next = deployment(3, Map.of(), new Order(2, Kind.RESET, "s1", "AT", 0));
    assertThat(reconcile(covered, next)).hasOnlyElementsOfType(Fact.Reconciled.class);
    assertThat(reconcile(covered, next)).isEmpty();
    assertThat(covered.slot("s1").incarnation()).isEqualTo(2);
    assertThat(covered.slot("s0").incarnation()).isEqualTo(1);
  }

  @Test
  void theLaterOfFreezeAndResumeHolds() {
    ModelSet set = set("k");
    reconcile(
        set,
        deployment(
            4,
            Map.of(),
            new Order(2, Kind.FREEZE, Order.ALL_SLOTS, "", 0),
            new Order(3, Kind.RESUME, "s1", "", 0),
            new Order(4, Kind.FREEZE, "s2", "k", 0)));

    assertThat(paused(set)).containsExactly("s0", "s2");
  }

  @Test
  void whatWasOrderedOfAFormerSlotIsNotOrderedOfItsSuccessor() {
    ModelSet set = set("k");
    Order freeze = new Order(2, Kind.FREEZE, Order.ALL_SLOTS, "", 0);
    reconcile(set, deployment(3, Map.of("s1", 3L), freeze));
    assertThat(paused(set)).containsExactly("s0", "s2");

    reconcile(set, deployment(4, Map.of("s0", 4L), freeze));
    assertThat(paused(set)).as("a fresh learner learns").containsExactly("s2");
    assertThat(set.slot("s0").incarnation()).isEqualTo(2);

    Order late = new Order(3, Kind.FREEZE, Order.ALL_SLOTS, "", 0);
    obey(set, deployment(4, Map.of("s0", 4L), freeze), late);
    assertThat(paused(set)).containsExactly("s1", "s2");
  }

  @Test
  void aFreshLearnerIsResetOnceAndFrozenIfThatWasOrderedAfter() {
    ModelSet set = set("k");
    reducer.apply(set, new Fact.Paused("s1", true));
    reconcile(
        set,
        deployment(
            4,
            Map.of("s1", 2L),
            new Order(3, Kind.RESET, "s1", "", 0),
            new Order(4, Kind.FREEZE, "s1", "", 0)));

    assertThat(set.slot("s1").incarnation()).isEqualTo(2);
    assertThat(paused(set)).containsExactly("s1");
  }

  @Test
  void aKeyWhoseServingSlotIsGoneIsServedByTheDeploymentsChampion() {
    ModelSet set = set("k");
    reducer.apply(set, new Fact.Promoted("s2", Fact.Promoted.Cause.BEST));
    Deployment three = deployment(1, Map.of());
    reconcile(
        set,
        three.next(
            three.slots().subList(0, 2),
            "s0",
            true,
            three.drift(),
            List.of(),
            Map.of(),
            three.serve()));

    assertThat(set.champion).isEqualTo("s0");
    assertThat(set.slot("s2")).isNull();
  }

  @Test
  void aPromotionHoldsUntilTheKeyMovesOnByItself() {
    ModelSet set = set("k");
    Order promotion = new Order(2, Kind.PROMOTE, "s1", "k", 0);
    reconcile(set, deployment(2, Map.of(), promotion));
    assertThat(set.champion).isEqualTo("s1");

    reducer.apply(set, new Fact.Promoted("s2", Fact.Promoted.Cause.BEST));
    reconcile(set, deployment(3, Map.of(), promotion));
    assertThat(set.champion).isEqualTo("s2");

    ModelSet other = set("other");
    reconcile(other, deployment(2, Map.of(), promotion));
    assertThat(other.champion).isEqualTo("s0");
  }

  @Test
  void aRollbackToAnotherLearnersVersionIsPassedOver() {
    ModelSet set = set("k");
    byte[] payload = new LearnerCodec(context).write(set.slot("s1"));
    SlotSpec slot = set.slot("s1").spec();
    SlotSpec former = new SlotSpec("s1", "bayes.NaiveBayes", 7);
    Deployment ordered = deployment(2, Map.of(), new Order(2, Kind.ROLLBACK, "s1", "", 4));

    assertThat(
            reducer.decideReconciled(
                set, ordered, 0, (s, v) -> new KeptVersions.Kept(former, v, 9, payload)))
        .hasOnlyElementsOfType(Fact.Reconciled.class);
    assertThat(
            reducer.decideReconciled(
                set, ordered, 0, (s, v) -> new KeptVersions.Kept(slot, v, 9, payload)))
        .hasAtLeastOneElementOfType(Fact.RolledBack.class);
  }

  @Test
  void aKeysOwnOrderHoldsAgainstEarlierOnesAndLaterOnesForOthers() {
    Deployment deployment =
        deployment(
            6,
            Map.of(),
            new Order(3, Kind.FREEZE, Order.ALL_SLOTS, "", 0),
            new Order(6, Kind.FREEZE, "s1", "x", 0));
    ModelSet set = set("k");
    reconcile(set, deployment);

    obey(set, deployment, new Order(5, Kind.RESUME, "s1", "", 0));
    assertThat(paused(set)).containsExactly("s0", "s2");

    obey(set, deployment, new Order(5, Kind.RESUME, Order.ALL_SLOTS, "", 0));
    assertThat(paused(set)).isEmpty();
  }

  @Test
  void aKeysOwnOrderThatComesLateIsVoidIfALaterOneIsForItToo() {
    Deployment deployment =
        deployment(
            6,
            Map.of(),
            new Order(4, Kind.RESET, "s0", "", 0),
            new Order(5, Kind.FREEZE, "s1", "k", 0),
            new Order(6, Kind.PROMOTE, "s2", "", 0));
    ModelSet set = set("k");
    reconcile(set, deployment);

    assertThat(obey(set, deployment, new Order(3, Kind.RESUME, "s1", "", 0))).isEmpty();
    assertThat(obey(set, deployment, new Order(3, Kind.RESET, "s0", "", 0))).isEmpty();
    assertThat(obey(set, deployment, new Order(5, Kind.PROMOTE, "s1", "", 0)))
        .as("whichever slot")
        .isEmpty();
    assertThat(obey(set, deployment, new Order(3, Kind.RESET, "s1", "", 0)))
        .as("it is about another register")
        .containsExactly(new Fact.Restarted(deployment.slot("s1")));
  }

  @Test
  void whatIsSoAlreadyIsNoFact() {
    Deployment deployment = deployment(1, Map.of());
    ModelSet set = set("k");

    assertThat(obey(set, deployment, new Order(2, Kind.PROMOTE, "s0", "", 0))).isEmpty();
    assertThat(obey(set, deployment, new Order(2, Kind.RESUME, "s0", "", 0))).isEmpty();
    assertThat(obey(set, deployment, new Order(2, Kind.PROMOTE, "s1", "", 0)))
        .containsExactly(new Fact.Promoted("s1", Fact.Promoted.Cause.COMMAND));
  }

  private ModelSet set(String key) {
    ModelSet set = new ModelSet(key, context.target());
    reducer
        .decideTouched(set, deployment(1, Map.of()), 0, 0)
        .forEach(fact -> reducer.apply(set, fact));
    return set;
  }

  private List<Fact> reconcile(ModelSet set, Deployment deployment) {
    List<Fact> facts = reducer.decideReconciled(set, deployment, 0, KeptVersions.NONE);
    facts.forEach(fact -> reducer.apply(set, fact));
    return facts;
  }

  private List<Fact> obey(ModelSet set, Deployment deployment, Order order) {
    List<Fact> facts = reducer.decideOrdered(set, deployment, order, null, KeptVersions.NONE);
    facts.forEach(fact -> reducer.apply(set, fact));
    return facts;
  }

  private static List<String> paused(ModelSet set) {
    List<String> paused = new ArrayList<>();
    for (Slot slot : set.slots) {
      if (slot.paused) {
        paused.add(slot.id());
      }
    }
    return paused;
  }

  private static Deployment deployment(long generation, Map<String, Long> since, Order... orders) {
    Deployment plain =
        Learning.deployment(null, "bayes.NaiveBayes", "bayes.NaiveBayes", "bayes.NaiveBayes");
    return new Deployment(
        generation,
        plain.slots(),
        "s0",
        plain.drift(),
        plain.twins(),
        plain.limits(),
        plain.serve(),
        since,
        List.of(orders));
  }
}
