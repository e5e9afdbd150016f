/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * One thing that changed a key's model set. {@link Reducer#decide} yields facts, {@link
 * Reducer#apply} applies them and decides nothing: applying a key's facts in order to an empty
 * model set gives the same model set again, bit for bit.
 */
public sealed interface Fact {

  /** The key's first event. */
  record Born(long eventTime) implements Fact {}

  /**
   * A slot begins a life.
   *
   * @param at processing time in milliseconds, from which its publications are timed
   */
  record SlotAdded(SlotSpec slot, DriftSpec drift, long at) implements Fact {}

  /** A slot and its model are gone. */
  record SlotRetired(String slot) implements Fact {}

  /** The key has reached a generation: its slots are those of the deployment. */
  record Reconciled(long generation, String champion) implements Fact {}

  /**
   * A label met its answer: it is scored, watched and learned.
   *
   * @param features the vector that was answered
   * @param label index in the class list
   * @param weight of the instance, above 0
   * @param eventTime milliseconds since the epoch, or {@link Observation#NO_TIME}
   * @param outcomes one per slot that answered
   * @param served index in {@code outcomes}
   * @param noChange the no-change baseline at the prediction
   */
  record Learned(
      double[] features,
      int label,
      double weight,
      long eventTime,
      Outcome[] outcomes,
      int served,
      int noChange)
      implements Fact {}

  /**
   * What is needed of one slot's answer to score it.
   *
   * @param labelProbability the normalised vote for the true class
   */
  record Outcome(String slot, long incarnation, int predicted, double labelProbability) {}

  /** A detector's alarm, not a repeat, and what was done about it. */
  record Drifted(String slot, DriftSignal.Level level, DriftSignal.Action action) implements Fact {}

  /** The slot's learner was copied into the frozen twin. */
  record Frozen(String slot) implements Fact {}

  /** The time of the frozen twin came and the key had nothing to freeze. */
  record NoTwin() implements Fact {}

  /**
   * The slot's model was published.
   *
   * @param at processing time in milliseconds
   */
  record Published(String slot, PublishCause cause, long at) implements Fact {}
}
