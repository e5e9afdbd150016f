/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * A learner's place in a key's model set, with its score and its drift watch. Mutable; changed only
 * by {@link Reducer#apply} and by the codec that rebuilds it.
 */
public final class Slot {

  private final SlotSpec spec;
  private final long incarnation;
  private final Learner learner;
  private final DriftWatch watchOrNull;
  private final Score score;
  long trained;
  long version;
  long publishedTrained;
  long publishedAt;
  boolean driftedSincePublished;
  long drifts;
  long warnings;

  /**
   * @param watchOrNull null for the frozen twin, which neither learns nor is watched
   */
  Slot(SlotSpec spec, long incarnation, Learner learner, DriftWatch watchOrNull, Score score) {
    this.spec = spec;
    this.incarnation = incarnation;
    this.learner = learner;
    this.watchOrNull = watchOrNull;
    this.score = score;
  }

  public String id() {
    return spec.id();
  }

  public SlotSpec spec() {
    return spec;
  }

  public long incarnation() {
    return incarnation;
  }

  /** Instances the learner has trained on in this incarnation. */
  public long trainedInstances() {
    return trained;
  }

  /** Version of the newest published snapshot, 0 before the first. */
  public long version() {
    return version;
  }

  /** Prequential figures over all of the key's labels in this slot's life. */
  public Score score() {
    return score;
  }

  boolean isFrozen() {
    return watchOrNull == null;
  }

  Learner learner() {
    return learner;
  }

  DriftWatch watch() {
    return watchOrNull;
  }
}
