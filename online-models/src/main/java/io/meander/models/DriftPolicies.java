/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the slots of a deployment are watched, and the features.
 *
 * @param every of slots without one of their own
 * @param bySlot of the slots with one of their own, by slot id
 * @param features columns that are watched, for events only
 */
public record DriftPolicies(
    DriftSpec every, Map<String, DriftSpec> bySlot, List<FeatureWatchSpec> features)
    implements Serializable {

  public static final DriftPolicies DEFAULT = new DriftPolicies(DriftSpec.DEFAULT);

  public DriftPolicies {
    bySlot = java.util.Collections.unmodifiableMap(new TreeMap<>(bySlot));
    features = List.copyOf(features);
  }

  /** No feature is watched. */
  public DriftPolicies(DriftSpec every, Map<String, DriftSpec> bySlot) {
    this(every, bySlot, List.of());
  }

  public DriftPolicies(DriftSpec every) {
    this(every, Map.of());
  }

  /** The slots are watched like this, the features by these. */
  public DriftPolicies watching(List<FeatureWatchSpec> watched) {
    return new DriftPolicies(every, bySlot, watched);
  }

  /** How a slot is watched. */
  public DriftSpec of(String slot) {
    return bySlot.getOrDefault(slot, every);
  }
}
