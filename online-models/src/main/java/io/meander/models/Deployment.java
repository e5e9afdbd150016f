/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The wanted set of slots and policies, and its number. The spec is generation 1; each accepted
 * control command makes the next one. Always complete: a key that missed generations loses nothing.
 *
 * @param champion id of the slot that serves, under {@link ServePolicy.Kind#BEST} at first; the
 *     frozen twin is a copy of the champion
 * @param limits how large learners may grow, by slot id; slots without one may grow for ever
 * @param serve whose votes are served
 * @param twins copies of each key's champion that are to be made
 * @param since the generations in which slots came or got another learner, by slot id; 1 for those
 *     that are not in it. Of a twin, that before which it must not have been made
 * @param orders of control commands that still hold, in the order of their generations
 */
public record Deployment(
    long generation,
    List<SlotSpec> slots,
    String champion,
    DriftPolicies drift,
    List<FrozenTwin> twins,
    Map<String, SizeLimit> limits,
    ServePolicy serve,
    Map<String, Long> since,
    List<Order> orders)
    implements Serializable {

  public Deployment {
    since = Collections.unmodifiableMap(new TreeMap<>(since));
    orders = List.copyOf(orders);
    slots = List.copyOf(slots);
    twins = List.copyOf(twins);
    limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    if (slots.stream().noneMatch(slot -> slot.id().equals(champion))) {
      throw new IllegalArgumentException("champion " + champion + " is not among " + slots);
    }
  }

  /** As it is declared, before any command. */
  public Deployment(
      long generation,
      List<SlotSpec> slots,
      String champion,
      DriftPolicies drift,
      List<FrozenTwin> twins,
      Map<String, SizeLimit> limits,
      ServePolicy serve) {
    this(generation, slots, champion, drift, twins, limits, serve, Map.of(), List.of());
  }

  /** No slot has a limit, and the champion serves. */
  public Deployment(
      long generation,
      List<SlotSpec> slots,
      String champion,
      DriftPolicies drift,
      FreezeSpec frozenOrNull) {
    this(
        generation,
        slots,
        champion,
        drift,
        FrozenTwin.declared(frozenOrNull),
        Map.of(),
        ServePolicy.CHAMPION);
  }

  /** All slots are watched alike, and none has a limit. */
  public Deployment(
      long generation,
      List<SlotSpec> slots,
      String champion,
      DriftSpec drift,
      FreezeSpec frozenOrNull) {
    this(generation, slots, champion, new DriftPolicies(drift), frozenOrNull);
  }

  /** The same without copies to be made. */
  public Deployment withoutTwins() {
    return new Deployment(
        generation, slots, champion, drift, List.of(), limits, serve, since, orders);
  }

  /**
   * The next generation: what came or got another learner is known to be new, orders for what is
   * gone are dropped.
   *
   * @param promotes whether the champion is to serve every key, if it is another one now
   */
  public Deployment next(
      List<SlotSpec> nextSlots,
      String nextChampion,
      boolean promotes,
      DriftPolicies nextDrift,
      List<FrozenTwin> nextTwins,
      Map<String, SizeLimit> nextLimits,
      ServePolicy nextServe) {
    long next = generation + 1;
    Map<String, Long> nextSince = new TreeMap<>();
    for (SlotSpec slot : nextSlots) {
      nextSince.put(slot.id(), slot.equals(slot(slot.id())) ? since(slot.id()) : next);
    }
    for (FrozenTwin twin : twins) {
      if (since.containsKey(twin.id())) {
        nextSince.put(twin.id(), since.get(twin.id()));
      }
    }
    List<Order> nextOrders = new ArrayList<>(orders);
    if (promotes && !nextChampion.equals(champion)) {
      Order promotion = new Order(next, Order.Kind.PROMOTE, nextChampion, Order.ALL_KEYS, 0);
      nextOrders.removeIf(promotion::voids);
      nextOrders.add(promotion);
    }
    nextOrders.removeIf(
        order -> nextSlots.stream().noneMatch(slot -> holds(order, slot.id(), nextSince)));
    return new Deployment(
        next,
        nextSlots,
        nextChampion,
        nextDrift,
        nextTwins,
        nextLimits,
        nextServe,
        nextSince,
        nextOrders);
  }

  /** The same in which these slots begin anew, and no twin made before is kept. */
  Deployment restarting(Predicate<SlotSpec> restarts) {
    Map<String, Long> changed = new TreeMap<>(since);
    twins.forEach(twin -> changed.put(twin.id(), generation));
    for (SlotSpec slot : slots) {
      if (restarts.test(slot)) {
        changed.put(slot.id(), generation);
      }
    }
    List<Order> kept =
        orders.stream()
            .filter(order -> slots.stream().anyMatch(slot -> holds(order, slot.id(), changed)))
            .toList();
    return new Deployment(generation, slots, champion, drift, twins, limits, serve, changed, kept);
  }

  /** Whether an order is about a slot that has been there since. A promotion is about its place. */
  private static boolean holds(Order order, String slot, Map<String, Long> since) {
    return order.isFor(slot)
        && (order.kind() == Order.Kind.PROMOTE || order.generation() > since.get(slot));
  }

  /** The slot with this id, or null. */
  public SlotSpec slot(String id) {
    for (SlotSpec slot : slots) {
      if (slot.id().equals(id)) {
        return slot;
      }
    }
    return null;
  }

  /** The generation in which the slot came or got another learner. */
  public long since(String slot) {
    return since.getOrDefault(slot, 1L);
  }
}
