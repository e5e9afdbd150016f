/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.features.FeatureSchema;

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

  /**
   * Why it is due to be published whatever it has learned since: a drift, a promotion or a
   * rollback; or null.
   */
  PublishCause urgentOrNull;

  long drifts;
  long warnings;

  /** Whether the learner learns no more: it outgrew its limit. */
  boolean stopped;

  /** Whether a control command said that it learns no more. */
  boolean paused;

  /** Trained instances at which it is weighed next; 0 while that is not worked out. */
  long nextWeighing;

  /** Of its last anomaly scores; null before the first that counts, and of other tasks. */
  ScoreQuantile scores;

  /** Against the slot that serves; null while none is counted. */
  Duel duel;

  /** The learner that may take over, or null. */
  Background background;

  /** Factor on the weight of the next {@link #boostLeft} instances. */
  double boostWeight = 1;

  long boostLeft;

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

  /**
   * The same place with another learner and fresh detectors. Its score, its counts and its versions
   * go on: they are the place's. Repeats of the alarm that led here stay repeats.
   */
  Slot succeededBy(SlotSpec successor, long life, Learner fresh, long alreadyTrained) {
    Slot next = new Slot(successor, life, fresh, watchOrNull.renewed(), score);
    next.trained = alreadyTrained;
    next.version = version;
    next.publishedAt = publishedAt;
    next.urgentOrNull = urgentOrNull;
    next.drifts = drifts;
    next.warnings = warnings;
    next.paused = paused;
    return next;
  }

  /**
   * The same life watched by other rules. Where the detectors are others, they begin anew; the
   * error so far stays.
   */
  Slot watchedBy(DriftSpec drift) {
    Slot next = new Slot(spec, incarnation, learner, watchOrNull.by(drift), score);
    next.trained = trained;
    next.version = version;
    next.publishedTrained = publishedTrained;
    next.publishedAt = publishedAt;
    next.urgentOrNull = urgentOrNull;
    next.drifts = drifts;
    next.warnings = warnings;
    next.stopped = stopped;
    next.paused = paused;
    next.scores = scores;
    next.duel = duel;
    next.background = background;
    next.boostWeight = boostWeight;
    next.boostLeft = boostLeft;
    return next;
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

  /**
   * Prequential figures over the key's labels since the slot was added: they go on when a drift
   * policy gives the slot another learner.
   */
  public Score score() {
    return score;
  }

  /**
   * The score above which it calls an instance an anomaly; NaN while it has none.
   *
   * @param decision of its model set
   */
  public double threshold(Decision decision) {
    if (!(decision instanceof Decision.Anomalous rule) || trained < rule.after()) {
      return Double.NaN;
    }
    if (!rule.adapts()) {
      return rule.above();
    }
    return scores == null || !scores.isOf(rule) ? Double.NaN : scores.value();
  }

  /** Takes in the score of an instance that is about to be learned. */
  void scored(double score, Decision.Anomalous rule) {
    if (rule.adapts()) {
      if (scores == null || !scores.isOf(rule)) {
        scores = new ScoreQuantile(rule.quantile(), rule.last());
      }
      scores.add(score);
    }
  }

  /** The feature schema that its learner learns under. */
  public FeatureSchema features() {
    return learner.header().features();
  }

  /** The fingerprint of that. */
  public String featureFingerprint() {
    return learner.header().fingerprint();
  }

  /** Drifts of its error over the key's life, repeats merged. */
  public long drifts() {
    return drifts;
  }

  /** Whether it is a frozen twin. */
  public boolean isFrozen() {
    return watchOrNull == null;
  }

  /** Whether its learner learns no more since it outgrew its limit. */
  public boolean isStopped() {
    return stopped;
  }

  /** Whether a control command said that it learns no more. */
  public boolean isPaused() {
    return paused;
  }

  Learner learner() {
    return learner;
  }

  DriftWatch watch() {
    return watchOrNull;
  }
}
