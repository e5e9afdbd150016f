/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Arrays;

/**
 * What a model set answered to one event, before its label was known. Arrays are handed over, not
 * copied.
 *
 * @param eventTime milliseconds since the epoch, or {@link Observation#NO_TIME}
 * @param generation of the deployment that answered
 * @param slots one answer per slot of the key, frozen twins last
 * @param served index in {@code slots} of the answer that was served, or {@link #COMBINED}
 * @param noChange the key's last known label; 0 before the first, as MOA's NoChange
 * @param typical the key's most frequent known label or, of numbers, their mean; 0 before the first
 * @param backgrounds votes of the slots' background learners, served to nobody; they stay in the
 *     task that made them
 * @param combinedOrNull what was served if it is no slot's answer as it is, else null: the slots'
 *     votes combined, or a slot's votes for which the {@link Decision} predicts another class
 * @param parentOrNull key of the parent whose published models answered, because the key had
 *     learned nothing yet; incarnations, trained instances and versions are then the parent's
 */
public record Answer(
    String eventId,
    String key,
    long eventTime,
    long generation,
    SlotAnswer[] slots,
    int served,
    double noChange,
    double typical,
    String[] slices,
    SlotAnswer[] backgrounds,
    SlotAnswer combinedOrNull,
    String parentOrNull) {

  /** Stands for an index where what was served is no slot's answer as it is. */
  public static final int COMBINED = -1;

  public static final SlotAnswer[] NO_BACKGROUNDS = {};

  public Answer {
    if ((served == COMBINED) != (combinedOrNull != null)) {
      throw new IllegalArgumentException("either a slot's answer is served or a combined one");
    }
  }

  /** The key's own models answered. */
  public Answer(
      String eventId,
      String key,
      long eventTime,
      long generation,
      SlotAnswer[] slots,
      int served,
      double noChange,
      double typical,
      String[] slices,
      SlotAnswer[] backgrounds,
      SlotAnswer combinedOrNull) {
    this(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        served,
        noChange,
        typical,
        slices,
        backgrounds,
        combinedOrNull,
        null);
  }

  /** A slot's answer was served. */
  public Answer(
      String eventId,
      String key,
      long eventTime,
      long generation,
      SlotAnswer[] slots,
      int served,
      double noChange,
      double typical,
      String[] slices,
      SlotAnswer[] backgrounds) {
    this(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        served,
        noChange,
        typical,
        slices,
        backgrounds,
        null);
  }

  /** A slot's answer was served, of a model set without background learners. */
  public Answer(
      String eventId,
      String key,
      long eventTime,
      long generation,
      SlotAnswer[] slots,
      int served,
      double noChange,
      double typical,
      String[] slices) {
    this(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        served,
        noChange,
        typical,
        slices,
        NO_BACKGROUNDS);
  }

  /**
   * One slot's votes. (key, slot, incarnation, trained instances) names the exact model that gave
   * them. Of combined votes, see {@link ServePolicy.Kind#VOTE}, the trained instances are the key's
   * labels so far, incarnation and version 0.
   *
   * @param modelVersion version of the slot's newest published snapshot, 0 before the first
   * @param predicted index of the first maximum of the raw votes; of a regression the number
   * @param votes one weight per class, at least 0, adding up to 1; uniform if the learner gave
   *     none. Of a regression the number alone
   */
  public record SlotAnswer(
      String slot,
      long incarnation,
      long trainedInstances,
      long modelVersion,
      double predicted,
      double[] votes) {

    private SlotAnswer withVotes(int classes) {
      return new SlotAnswer(
          slot,
          incarnation,
          trainedInstances,
          modelVersion,
          predicted,
          Arrays.copyOf(votes, classes));
    }
  }

  /**
   * What was served: a slot's answer, also with another class predicted, or the combined one under
   * {@link SlotSpec#SERVED}.
   */
  public SlotAnswer servedAnswer() {
    return served == COMBINED ? combinedOrNull : slots[served];
  }

  /** The same with votes for so many classes: none for those that were added since. */
  public Answer withVotes(int classes) {
    if (slots.length == 0 || slots[0].votes().length >= classes) {
      return this;
    }
    return new Answer(
        eventId,
        key,
        eventTime,
        generation,
        withVotes(slots, classes),
        served,
        noChange,
        typical,
        slices,
        withVotes(backgrounds, classes),
        combinedOrNull == null ? null : combinedOrNull.withVotes(classes),
        parentOrNull);
  }

  private static SlotAnswer[] withVotes(SlotAnswer[] answers, int classes) {
    return Arrays.stream(answers)
        .map(answer -> answer.withVotes(classes))
        .toArray(SlotAnswer[]::new);
  }

  /** The answer of the twin that the spec declares, or null if the key has none. */
  public SlotAnswer frozenAnswer() {
    return of(SlotSpec.FROZEN);
  }

  /** The answer of a slot or twin, or null if there is none. */
  public SlotAnswer of(String slot) {
    for (SlotAnswer answer : slots) {
      if (answer.slot().equals(slot)) {
        return answer;
      }
    }
    return null;
  }
}
