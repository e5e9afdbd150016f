/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What becomes of a deployment when its job starts again with another spec. Part by part: what the
 * new spec says otherwise than the one before becomes as the new one says; what both say alike
 * stays as it is, so as control commands left it. A part is: a slot, with its learner and seed; its
 * drift policy; its size limit; the champion; the policy for drift of every slot; the watched
 * features; the frozen twin; the serving policy.
 */
public final class Redeclaration {

  private final Deployment current;
  private final Deployment before;
  private final Deployment now;

  private Redeclaration(Deployment current, Deployment before, Deployment now) {
    this.current = current;
    this.before = before;
    this.now = now;
  }

  /**
   * The deployment of the job that starts, one generation on from the current one.
   *
   * @param current as the job before left it
   * @param before what its spec declared
   * @param now what the new spec declares
   */
  public static Deployment of(Deployment current, Deployment before, Deployment now) {
    return new Redeclaration(current, before, now).next();
  }

  /**
   * As {@link #of}, where classes were added to the label's list: slots whose learners cannot take
   * them begin anew, and frozen twins, which cannot learn them, go.
   */
  public static Deployment withAddedClasses(Deployment current, Deployment before, Deployment now) {
    return of(current, before, now).restarting(slot -> !AddedClass.isTakenBy(slot.learner()));
  }

  private Deployment next() {
    List<SlotSpec> slots = slots();
    boolean named = !now.champion().equals(before.champion());
    String champion = named ? now.champion() : current.champion();
    if (slots.stream().noneMatch(slot -> slot.id().equals(champion))) {
      return next(slots, slots.get(0).id(), false);
    }
    return next(slots, champion, named);
  }

  private Deployment next(List<SlotSpec> slots, String champion, boolean promotes) {
    Map<String, DriftSpec> drifts = new TreeMap<>();
    Map<String, SizeLimit> limits = new TreeMap<>();
    for (SlotSpec slot : slots) {
      String id = slot.id();
      put(drifts, id, current.drift().bySlot(), before.drift().bySlot(), now.drift().bySlot());
      put(limits, id, current.limits(), before.limits(), now.limits());
    }
    return current.next(
        slots,
        champion,
        promotes,
        new DriftPolicies(
            either(current.drift().every(), before.drift().every(), now.drift().every()),
            drifts,
            either(current.drift().features(), before.drift().features(), now.drift().features())),
        either(current.twins(), before.twins(), now.twins()),
        limits,
        either(current.serve(), before.serve(), now.serve()));
  }

  /** In the new spec's order, those that only commands deployed last. */
  private List<SlotSpec> slots() {
    List<SlotSpec> slots = new ArrayList<>();
    for (SlotSpec declared : now.slots()) {
      boolean served =
          declared.id().equals(now.champion()) && !now.champion().equals(before.champion());
      SlotSpec present = current.slot(declared.id());
      SlotSpec wanted =
          served && present == null
              ? declared
              : either(present, before.slot(declared.id()), declared);
      if (wanted != null) { // else a command retired what the spec still says
        slots.add(wanted);
      }
    }
    for (SlotSpec present : current.slots()) {
      if (now.slot(present.id()) == null && before.slot(present.id()) == null) {
        slots.add(present);
      }
    }
    return slots.isEmpty() ? now.slots() : slots;
  }

  private static <T> void put(
      Map<String, T> all,
      String id,
      Map<String, T> current,
      Map<String, T> before,
      Map<String, T> now) {
    T value = either(current.get(id), before.get(id), now.get(id));
    if (value != null) {
      all.put(id, value);
    }
  }

  private static <T> T either(T current, T before, T now) {
    return Objects.equals(before, now) ? current : now;
  }
}
