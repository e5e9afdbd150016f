/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.List;

/**
 * A copy of a key's champion that learns no more.
 *
 * @param id of its slot: {@link SlotSpec#FROZEN}, the twin that a spec declares, or one that begins
 *     with {@link #AGED}
 * @param when it is made
 */
public record FrozenTwin(String id, FreezeSpec when) implements Serializable {

  /** What the ids of twins begin with that stand for an age; declared slots have none of these. */
  public static final String AGED = SlotSpec.FROZEN + "@";

  /** The twin that a spec declares, if it declares one. */
  public static List<FrozenTwin> declared(FreezeSpec whenOrNull) {
    return whenOrNull == null ? List.of() : List.of(new FrozenTwin(SlotSpec.FROZEN, whenOrNull));
  }

  /** Whether a slot of this id is a twin that stands for an age. */
  public static boolean isAged(String slot) {
    return slot.startsWith(AGED);
  }
}
