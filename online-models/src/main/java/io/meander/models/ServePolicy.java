/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;

/**
 * Whose votes a model set serves. What {@link Kind#BEST} and {@link Kind#VOTE} go by is each slot's
 * error: its share of misses over about the last 1000 labels of its present life, as it is told in
 * drift events; labels of answers that another life gave do not count.
 *
 * @param minEvidence labels that a slot's error must cover before anything follows from it
 * @param margin by how much another slot's error must be below the champion's for {@link Kind#BEST}
 *     to promote it, 0 to 1
 * @param decision which class is predicted
 * @param guard what else {@link Kind#BEST} asks for
 */
public record ServePolicy(
    Kind kind, long minEvidence, double margin, Decision decision, Guard guard)
    implements Serializable {

  public static final long DEFAULT_MIN_EVIDENCE = 100;
  public static final double DEFAULT_MARGIN = 0.01;

  /** The predicted class unless a spec says otherwise. */
  public static final Decision FIRST_MAXIMUM = new Decision.FirstMaximum();

  private static final int SERVES_CHAMPION = 0;
  private static final int SERVES_BEST = 1;
  private static final int SERVES_VOTE = 2;

  /** Who serves. */
  public enum Kind {
    /** The champion, until a command or a drift policy says otherwise. */
    CHAMPION,
    /** The champion, which is whichever slot has turned out best: see {@link ServeRules#decide}. */
    BEST,
    /** No slot alone: the slots' votes are combined, see {@link ServeRules#weights}. */
    VOTE
  }

  /**
   * Guard rails of {@link Kind#BEST}.
   *
   * @param confidence that the other slot is better, by {@link Duel}'s test, before it is promoted;
   *     0 asks for none, else below 1
   * @param coolDown labels of the key after a change of the serving slot before the policy promotes
   *     again
   * @param rollbackWithin labels after a promotion during which the former slot serves again as
   *     soon as it is shown to be better; 0 for never
   */
  public record Guard(double confidence, long coolDown, long rollbackWithin)
      implements Serializable {

    public static final Guard NONE = new Guard(0, 0, 0);

    /** For a rollback where a promotion asks for none. */
    static final double ROLLBACK_CONFIDENCE = 0.95;

    double rollbackConfidence() {
      return confidence > 0 ? confidence : ROLLBACK_CONFIDENCE;
    }

    /** Whether what slots answer alike and differently is to be counted. */
    boolean needsDuels() {
      return confidence > 0 || rollbackWithin > 0;
    }

    String text() {
      return (confidence > 0 ? " confidence " + confidence : "")
          + (coolDown > 0 ? " cool-down " + coolDown : "")
          + (rollbackWithin > 0 ? " rollback-within " + rollbackWithin : "");
    }
  }

  /** One slot serves. */
  public static final ServePolicy CHAMPION = of(Kind.CHAMPION);

  /** Predicted is the first maximum, without guard rails. */
  public ServePolicy(Kind kind, long minEvidence, double margin) {
    this(kind, minEvidence, margin, FIRST_MAXIMUM, Guard.NONE);
  }

  /** The same policy, predicting by a rule of its own. */
  public ServePolicy deciding(Decision rule) {
    return new ServePolicy(kind, minEvidence, margin, rule, guard);
  }

  /** The same policy with other guard rails. */
  public ServePolicy guarded(Guard rails) {
    return new ServePolicy(kind, minEvidence, margin, decision, rails);
  }

  /** With the defaults. */
  public static ServePolicy of(Kind kind) {
    return new ServePolicy(kind, DEFAULT_MIN_EVIDENCE, DEFAULT_MARGIN);
  }

  /** As it stands in events that follow from it. */
  public String text() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case CHAMPION -> name;
      case BEST -> name + " min-evidence " + minEvidence + " margin " + margin + guard.text();
      case VOTE -> name + " min-evidence " + minEvidence;
    };
  }

  /**
   * Layout: kind byte (0 champion, 1 best, 2 vote); but for 0 the evidence long, margin double; for
   * 1 the confidence double, cool-down, rollback within long; the decision as {@link
   * Decision#write}.
   */
  public void write(DataOutput out) throws IOException {
    out.writeByte(
        switch (kind) {
          case CHAMPION -> SERVES_CHAMPION;
          case BEST -> SERVES_BEST;
          case VOTE -> SERVES_VOTE;
        });
    if (kind != Kind.CHAMPION) {
      out.writeLong(minEvidence);
      out.writeDouble(margin);
    }
    if (kind == Kind.BEST) {
      out.writeDouble(guard.confidence());
      out.writeLong(guard.coolDown());
      out.writeLong(guard.rollbackWithin());
    }
    decision.write(out);
  }

  /**
   * @throws IOException if the bytes are of another layout or end too early
   */
  public static ServePolicy read(DataInput in) throws IOException {
    int code = in.readByte();
    ServePolicy policy =
        switch (code) {
          case SERVES_CHAMPION -> CHAMPION;
          case SERVES_BEST ->
              new ServePolicy(Kind.BEST, in.readLong(), in.readDouble())
                  .guarded(new Guard(in.readDouble(), in.readLong(), in.readLong()));
          case SERVES_VOTE -> new ServePolicy(Kind.VOTE, in.readLong(), in.readDouble());
          default -> throw new IOException("a stored serving policy is of kind " + code);
        };
    return policy.deciding(Decision.read(in));
  }
}
