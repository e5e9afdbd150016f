/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * A learner that a warning called into a slot: it learns from every label from then on and votes
 * unserved, until a drift lets it take the slot over or its time is up. It has its incarnation from
 * its birth, so that what it answered before it took over counts as its own. Mutable; changed only
 * by {@link Reducer#apply}.
 */
final class Background {

  private final long incarnation;
  private final long bornAt;
  private final Learner learner;
  private final Score score;
  long trained;

  /**
   * @param bornAt the key's labelled instances at its birth
   * @param score of its unserved votes
   */
  Background(long incarnation, long bornAt, Learner learner, Score score) {
    this.incarnation = incarnation;
    this.bornAt = bornAt;
    this.learner = learner;
    this.score = score;
  }

  long incarnation() {
    return incarnation;
  }

  long bornAt() {
    return bornAt;
  }

  Learner learner() {
    return learner;
  }

  Score score() {
    return score;
  }
}
