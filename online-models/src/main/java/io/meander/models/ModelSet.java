/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that is kept for one model key: its slots, and what is known of its labels. Changed only by
 * {@link Reducer#apply}; a new one is empty, its first facts fill it. Not thread-safe: one task
 * owns it.
 */
public final class ModelSet {

  /** What became of a frozen twin when its time had come. */
  enum Twin {
    FROZEN,
    /** The key had nothing to freeze. */
    NONE
  }

  private final String key;
  private final Target target;

  /** What its labels say of the next one. */
  final KnownLabels known;

  final List<Slot> slots = new ArrayList<>();

  /** The features' watches, in the deployment's order. */
  final List<FeatureWatch> watches = new ArrayList<>();

  /** Lives begun so far, per slot id ever seen, so that no (slot, incarnation) comes twice. */
  final Map<String, Long> incarnations = new TreeMap<>();

  /** Version of the last snapshot of each slot that is gone, so that versions only grow. */
  final Map<String, Long> retiredVersions = new TreeMap<>();

  /** Facts applied so far. */
  long position;

  long generation;
  String champion = "";
  ServePolicy serve = ServePolicy.CHAMPION;

  /** Labels when the serving slot changed last. */
  long servingSince;

  /** Who served before the policy's last promotion; empty if a command or a drift changed it. */
  String former = "";

  boolean born;
  long firstEventTime = Observation.NO_TIME;
  long lastEventTime = Observation.NO_TIME;
  long labels;

  /** Twins whose time has come, by id. */
  final Map<String, Twin> twins = new TreeMap<>();

  public ModelSet(String key, Target target) {
    this.key = key;
    this.target = target;
    this.known = target.newKnownLabels();
  }

  Target target() {
    return target;
  }

  public String key() {
    return key;
  }

  /** The slots in the deployment's order, frozen twins last. */
  public List<Slot> slots() {
    return Collections.unmodifiableList(slots);
  }

  /** The slot with this id, or null. */
  public Slot slot(String id) {
    for (Slot slot : slots) {
      if (slot.id().equals(id)) {
        return slot;
      }
    }
    return null;
  }

  /** Facts applied since the key's birth: where in its update log the set is. */
  public long position() {
    return position;
  }

  /** The deployment that the slots are reconciled with; 0 before the first. */
  public long generation() {
    return generation;
  }

  /** Id of the slot that serves, or {@link SlotSpec#SERVED} if the slots' votes are combined. */
  public String servedBy() {
    return serve.kind() == ServePolicy.Kind.VOTE ? SlotSpec.SERVED : champion;
  }

  /** What each slot's votes count where they are combined, by slot id; else empty. */
  public Map<String, Double> servingWeights() {
    if (serve.kind() != ServePolicy.Kind.VOTE) {
      return Map.of();
    }
    double[] weights = ServeRules.weights(this);
    Map<String, Double> bySlot = new TreeMap<>();
    for (int i = 0; i < weights.length; i++) {
      bySlot.put(slots.get(i).id(), weights[i]);
    }
    return bySlot;
  }

  /** Labelled instances so far. */
  public long labels() {
    return labels;
  }

  /** The last known label; 0 before the first. */
  public double noChange() {
    return known.last();
  }

  /**
   * The score above which a slot of it calls an instance an anomaly; NaN while it has none, and of
   * other tasks.
   */
  public double threshold(Slot slot) {
    return slot.threshold(serve.decision());
  }

  /** The most frequent known label or, of numbers, their mean; 0 before the first. */
  public double typical() {
    return known.typical();
  }

  /** What figures compare the answer with whose label comes next: {@link Scored#reference}. */
  public double reference(double label) {
    return known.reference(label);
  }

  /** Puts the slots in this order, frozen twins last as they were. */
  void arrange(List<String> ids) {
    slots.sort(
        Comparator.comparingInt(slot -> slot.isFrozen() ? ids.size() : ids.indexOf(slot.id())));
  }

  /** Time of the first learned event, or {@link Observation#NO_TIME}. */
  public long firstEventTime() {
    return firstEventTime;
  }

  /** Time of the last learned event, or {@link Observation#NO_TIME}. */
  public long lastEventTime() {
    return lastEventTime;
  }

  /** Whether any slot has learned, or is urgent, since its last publication. */
  public boolean hasUnpublished() {
    for (Slot slot : slots) {
      if (!slot.isFrozen() && (slot.trained > slot.publishedTrained || slot.urgentOrNull != null)) {
        return true;
      }
    }
    return false;
  }
}
