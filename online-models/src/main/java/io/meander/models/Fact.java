/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/**
 * One thing that changed a key's model set. {@link Reducer}'s {@code decide…} yield facts, {@link
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

  /**
   * The key has reached a generation: its slots, their order and who serves are those wanted.
   *
   * @param slots ids in the deployment's order
   */
  record Reconciled(long generation, String champion, ServePolicy serve, List<String> slots)
      implements Fact {

    public Reconciled {
      slots = List.copyOf(slots);
    }
  }

  /** A slot is watched in another way from now on. */
  record Watched(String slot, DriftSpec drift) implements Fact {}

  /**
   * By a control command, a slot learns no more, or again.
   *
   * @param paused whether it learns no more
   */
  record Paused(String slot, boolean paused) implements Fact {}

  /**
   * A slot begins its next life with the learner of an earlier version.
   *
   * @param trained instances that it had learned
   * @param payload as {@link LearnerCodec} wrote it
   */
  record RolledBack(String slot, long version, long trained, byte[] payload) implements Fact {}

  /**
   * A label met its answer: it is scored, watched and learned. Or an event of an anomaly pipeline
   * was answered, and is watched and learned without its label.
   *
   * @param features the vector that was answered
   * @param label index in the class list, or the number; {@link Target#NONE} if it is not known
   * @param weight of the instance, above 0
   * @param eventTime milliseconds since the epoch, or {@link Observation#NO_TIME}
   * @param outcomes one per slot that answered, then one per background learner that voted; none if
   *     the answer was scored before, by another label
   * @param served index in {@code outcomes}, or {@link Answer#COMBINED}
   * @param noChange the no-change baseline at the prediction
   * @param boosted slots that learn with another weight than {@code weight}
   */
  record Learned(
      double[] features,
      double label,
      double weight,
      long eventTime,
      Outcome[] outcomes,
      int served,
      double noChange,
      SlotWeight[] boosted)
      implements Fact {

    static final SlotWeight[] NONE_BOOSTED = {};

    /** All slots learn with the same weight. */
    Learned(
        double[] features,
        double label,
        double weight,
        long eventTime,
        Outcome[] outcomes,
        int served,
        double noChange) {
      this(features, label, weight, eventTime, outcomes, served, noChange, NONE_BOOSTED);
    }

    /** The weight with which a slot's learner takes the instance. */
    double weightOf(String slot) {
      for (SlotWeight other : boosted) {
        if (other.slot().equals(slot)) {
          return other.weight();
        }
      }
      return weight;
    }
  }

  /**
   * A label met its answer and only scores it: the instance was learned when it was answered, or is
   * not to be learned.
   *
   * @param outcomes as of {@link Learned}
   * @param served index in {@code outcomes}, or {@link Answer#COMBINED}
   * @param noChange the no-change baseline at the prediction
   */
  record Labelled(double label, Outcome[] outcomes, int served, double noChange) implements Fact {}

  /**
   * @param weight effective, above 0
   */
  record SlotWeight(String slot, double weight) {}

  /**
   * What is needed of one slot's answer to score it.
   *
   * @param labelProbability the normalised vote for the true class; of an anomaly the score; NaN of
   *     a regression
   */
  record Outcome(String slot, long incarnation, double predicted, double labelProbability) {}

  /**
   * A detector's alarm, not a repeat, and what is done about it: the facts that do it follow.
   *
   * @param switchedTo the slot that serves from now on; empty if serving does not move
   */
  record Drifted(String slot, DriftSignal.Level level, DriftSignal.Action action, String switchedTo)
      implements Fact {

    /** An alarm that moves no serving. */
    Drifted(String slot, DriftSignal.Level level, DriftSignal.Action action) {
      this(slot, level, action, "");
    }
  }

  /**
   * A slot's learner is larger than its limit allows. Where the limit says so it learns no more
   * from here on, else a {@link Restarted} follows.
   *
   * @param bytes of its canonical form
   */
  record Outgrown(String slot, long bytes, SizeLimit limit) implements Fact {}

  /** A slot begins its next life with a fresh learner; a background learner in it is gone. */
  record Restarted(SlotSpec slot) implements Fact {}

  /** A background learner is born in the slot of that id, with the next incarnation. */
  record BackgroundStarted(SlotSpec slot) implements Fact {}

  /** A slot's background learner is gone: no drift called for it in time. */
  record BackgroundDropped(String slot) implements Fact {}

  /** A slot's background learner is its learner from now on. */
  record Replaced(String slot) implements Fact {}

  /** Another slot serves. */
  record Promoted(String champion, Cause cause) implements Fact {

    /** What promoted it. */
    public enum Cause {
      /** A drift policy: the {@link Drifted} before it says of which slot. */
      DRIFT,
      /** {@link ServePolicy.Kind#BEST}. */
      BEST,
      /** {@link ServePolicy.Guard#rollbackWithin}: the slot that served before is better. */
      ROLLBACK,
      /** A control command for this key. */
      COMMAND
    }
  }

  /**
   * A slot learns faster for a while.
   *
   * @param weight factor on the instances' weights
   * @param instances for which it holds
   */
  record Boosted(String slot, double weight, long instances) implements Fact {}

  /** The features are watched like this from now on; watches that are the same go on. */
  record FeaturesWatched(List<FeatureWatchSpec> watches) implements Fact {
    public FeaturesWatched {
      watches = List.copyOf(watches);
    }
  }

  /** A watched feature drifted: its watch begins anew. */
  record FeatureDrifted(FeatureWatchSpec watch) implements Fact {}

  /**
   * A slot begins its next life with a parent's published model, before the key's first label. An
   * image is written at once: logs do not hold this fact.
   *
   * @param parent key of the parent
   * @param incarnation of the parent's slot
   * @param trained instances that the parent's model had learned in that life
   * @param payload as {@link LearnerCodec} writes it
   */
  record Copied(String slot, String parent, long incarnation, long trained, byte[] payload)
      implements Fact {}

  /** The slot's learner was copied into a frozen twin. */
  record Frozen(String twin, String slot) implements Fact {}

  /** The time of a frozen twin came and the key had nothing to freeze. */
  record NoTwin(String twin) implements Fact {}

  /**
   * The slot's model was published.
   *
   * @param at processing time in milliseconds
   */
  record Published(String slot, PublishCause cause, long at) implements Fact {}
}
