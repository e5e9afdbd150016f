/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the slots of a deployment are watched.
 *
 * @param every of slots without one of their own
 * @param bySlot of the slots with one of their own, by slot id
 */
public record DriftPolicies(DriftSpec every, Map<String, DriftSpec> bySlot)
    implements Serializable {

  public static final DriftPolicies DEFAULT = new DriftPolicies(DriftSpec.DEFAULT);

  public DriftPolicies {
    bySlot = java.util.Collections.unmodifiableMap(new TreeMap<>(bySlot));
  }

  public DriftPolicies(DriftSpec every) {
    this(every, Map.of());
  }

  /** How a slot is watched. */
  public DriftSpec of(String slot) {
    return bySlot.getOrDefault(slot, every);
  }
}
