/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;
import java.util.Set;

/**
 * What follows for a model set from control commands' {@link Order}s. Looks and changes nothing;
 * called by the {@link Reducer}.
 */
final class OrderRules {

  private OrderRules() {}

  /**
   * The orders of a deployment that came after the set's generation and after the slots they are
   * for.
   *
   * @param fresh slots that begin anew anyway
   * @param facts to which is added what they bring
   */
  static void decide(
      ModelSet set, Deployment deployment, Set<String> fresh, KeptVersions kept, List<Fact> facts) {
    for (SlotSpec wanted : deployment.slots()) {
      Order life = null;
      boolean present = set.slot(wanted.id()) != null;
      boolean paused = present && set.slot(wanted.id()).paused && !fresh.contains(wanted.id());
      boolean pause = paused;
      for (Order order : deployment.orders()) {
        if (order.generation() <= set.generation
            || order.generation() <= deployment.since(wanted.id())
            || !order.covers(set.key())
            || !order.isFor(wanted.id())) {
          continue;
        }
        switch (order.kind()) {
          case FREEZE -> pause = true;
          case RESUME -> pause = false;
          case RESET, ROLLBACK -> life = order;
          case PROMOTE -> {}
        }
      }
      if (life != null && !fresh.contains(wanted.id())) {
        renew(wanted, life, kept, facts);
      }
      if (pause != paused) {
        facts.add(new Fact.Paused(wanted.id(), pause));
      }
    }
  }

  /** Who serves once the orders after the set's generation are carried out. */
  static String champion(ModelSet set, Deployment deployment) {
    boolean known = set.generation > 0 && deployment.slot(set.champion) != null;
    String champion = known ? set.champion : deployment.champion();
    for (Order order : deployment.orders()) {
      if (order.kind() == Order.Kind.PROMOTE
          && order.generation() > set.generation
          && order.covers(set.key())) {
        champion = order.slot();
      }
    }
    return champion;
  }

  /**
   * An order for this key alone, after the set has been reconciled with the deployment.
   *
   * @param deployment it may have been made after the order, then what voids the order is passed
   *     over
   * @param payloadOrNull the version to go back to, if it came with the order
   */
  static void decide(
      ModelSet set,
      Deployment deployment,
      Order order,
      KeptVersions.Kept payloadOrNull,
      KeptVersions kept,
      List<Fact> facts) {
    for (SlotSpec wanted : deployment.slots()) {
      String id = wanted.id();
      if (!order.isFor(id)
          || order.generation() <= deployment.since(id)
          || deployment.orders().stream().anyMatch(o -> o.voids(order, set.key(), id))) {
        continue;
      }
      switch (order.kind()) {
        case PROMOTE -> {
          if (!set.champion.equals(id)) {
            facts.add(new Fact.Promoted(id, Fact.Promoted.Cause.COMMAND));
          }
        }
        case FREEZE, RESUME -> {
          boolean pause = order.kind() == Order.Kind.FREEZE;
          if (set.slot(id).paused != pause) {
            facts.add(new Fact.Paused(id, pause));
          }
        }
        case RESET, ROLLBACK ->
            renew(wanted, order, payloadOrNull == null ? kept : (s, v) -> payloadOrNull, facts);
      }
    }
  }

  private static void renew(SlotSpec slot, Order order, KeptVersions kept, List<Fact> facts) {
    if (order.kind() == Order.Kind.RESET) {
      facts.add(new Fact.Restarted(slot));
      return;
    }
    KeptVersions.Kept found = kept.find(slot.id(), order.version());
    if (found != null && found.learned().equals(slot)) {
      facts.add(new Fact.RolledBack(slot.id(), found.version(), found.trained(), found.payload()));
    }
  }
}
