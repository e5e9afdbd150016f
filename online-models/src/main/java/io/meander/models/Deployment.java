/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The wanted set of slots and policies, and its number. The spec is generation 1; each accepted
 * control command makes the next one. Always complete: a key that missed generations loses nothing.
 *
 * @param champion id of the slot that serves
 * @param frozenOrNull when the champion is copied into the frozen twin; null: never
 */
public record Deployment(
    long generation,
    List<SlotSpec> slots,
    String champion,
    DriftPolicies drift,
    FreezeSpec frozenOrNull)
    implements Serializable {

  public Deployment {
    slots = List.copyOf(slots);
    if (slots.stream().noneMatch(slot -> slot.id().equals(champion))) {
      throw new IllegalArgumentException("champion " + champion + " is not among " + slots);
    }
  }

  /** All slots are watched alike. */
  public Deployment(
      long generation,
      List<SlotSpec> slots,
      String champion,
      DriftSpec drift,
      FreezeSpec frozenOrNull) {
    this(generation, slots, champion, new DriftPolicies(drift), frozenOrNull);
  }

  public Optional<FreezeSpec> frozen() {
    return Optional.ofNullable(frozenOrNull);
  }
}
