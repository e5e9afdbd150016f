/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedeclarationTest {

  private static final SlotSpec HT = new SlotSpec("ht", "trees.HoeffdingTree", 1);
  private static final SlotSpec BAYES = new SlotSpec("bayes", "bayes.NaiveBayes", 1);
  private static final SlotSpec BAG = new SlotSpec("bag", "meta.OzaBag -s 3", 1);
  private static final SlotSpec WIDE = new SlotSpec("ht", "trees.HoeffdingTree -g 50", 1);
  private static final DriftSpec LAX = new DriftSpec("ADWINChangeDetector -a 0.1", null);
  private static final SizeLimit SMALL = new SizeLimit(1000, SizeLimit.Action.RESTART);

  private static final Deployment BEFORE = declared("ht", HT, BAYES);

  @Test
  void aChangedSlotIsNewAndTheOthersGoOn() {
    Deployment next = Redeclaration.of(BEFORE, BEFORE, declared("ht", WIDE, BAYES));

    assertThat(next.generation()).isEqualTo(2);
    assertThat(next.slots()).containsExactly(WIDE, BAYES);
    assertThat(next.since("ht")).isEqualTo(2);
    assertThat(next.since("bayes")).isEqualTo(1);
    assertThat(next.orders()).isEmpty();
  }

  @Test
  void slotsComeAndGo() {
    Deployment next = Redeclaration.of(BEFORE, BEFORE, declared("ht", BAG, HT));

    assertThat(next.slots()).containsExactly(BAG, HT);
    assertThat(next.since("bag")).isEqualTo(2);
    assertThat(next.champion()).isEqualTo("ht");
  }

  @Test
  void whatTheSpecsSayAlikeStaysAsCommandsLeftIt() {
    Deployment deployed =
        BEFORE.next(
            List.of(WIDE, BAG),
            "bag",
            true,
            new DriftPolicies(LAX, Map.of("bag", LAX)),
            BEFORE.twins(),
            Map.of("bag", SMALL),
            ServePolicy.CHAMPION);
    Deployment now =
        new Deployment(
            1,
            List.of(HT, BAYES),
            "ht",
            DriftPolicies.DEFAULT,
            List.of(new FrozenTwin("frozen", new FreezeSpec.AfterInstances(9))),
            Map.of(),
            ServePolicy.CHAMPION);

    Deployment next = Redeclaration.of(deployed, BEFORE, now);

    assertThat(next.generation()).isEqualTo(3);
    assertThat(next.slots()).containsExactly(WIDE, BAG);
    assertThat(next.champion()).isEqualTo("bag");
    assertThat(next.drift()).isEqualTo(deployed.drift());
    assertThat(next.limits()).isEqualTo(deployed.limits());
    assertThat(next.twins()).isEqualTo(now.twins());
    assertThat(next.since("ht")).isEqualTo(2);
    assertThat(next.orders()).isEqualTo(deployed.orders());
  }

  @Test
  void whatTheNewSpecSaysOtherwiseHoldsAgainstCommands() {
    Deployment deployed =
        BEFORE.next(
            List.of(WIDE, BAG),
            "bag",
            true,
            new DriftPolicies(LAX),
            BEFORE.twins(),
            Map.of(),
            ServePolicy.CHAMPION);
    SlotSpec other = new SlotSpec("ht", "trees.HoeffdingTree -g 70", 1);
    Deployment now =
        new Deployment(
            1,
            List.of(other, BAYES),
            "bayes",
            new DriftPolicies(new DriftSpec("DDM", null), Map.of("ht", LAX)),
            List.of(),
            Map.of("ht", SMALL),
            ServePolicy.CHAMPION);

    Deployment next = Redeclaration.of(deployed, BEFORE, now);

    assertThat(next.slots()).containsExactly(other, BAYES, BAG);
    assertThat(next.champion()).isEqualTo("bayes");
    assertThat(next.orders())
        .containsExactly(new Order(3, Order.Kind.PROMOTE, "bayes", Order.ALL_KEYS, 0));
    assertThat(next.drift()).isEqualTo(now.drift());
    assertThat(next.limits()).isEqualTo(now.limits());
  }

  @Test
  void aChampionThatIsGoneIsFollowedByAnotherWithoutMovingAnybodyElse() {
    Deployment deployed =
        BEFORE.next(
            List.of(HT, BAYES),
            "bayes",
            true,
            DriftPolicies.DEFAULT,
            BEFORE.twins(),
            Map.of(),
            ServePolicy.CHAMPION);

    Deployment next = Redeclaration.of(deployed, BEFORE, declared("ht", HT, BAG));

    assertThat(next.slots()).containsExactly(HT, BAG);
    assertThat(next.champion()).isEqualTo("ht");
    assertThat(next.orders()).isEmpty();
  }

  private static Deployment declared(String champion, SlotSpec... slots) {
    return new Deployment(1, List.of(slots), champion, DriftPolicies.DEFAULT, (FreezeSpec) null);
  }
}
