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
 */
public record ServePolicy(Kind kind, long minEvidence, double margin) implements Serializable {

  public static final long DEFAULT_MIN_EVIDENCE = 100;
  public static final double DEFAULT_MARGIN = 0.01;

  /** Who serves. */
  public enum Kind {
    /** The champion, until a command or a drift policy says otherwise. */
    CHAMPION,
    /** The champion, which is whichever slot has turned out best: see {@link ServeRules#decide}. */
    BEST,
    /** No slot alone: the slots' votes are combined, see {@link ServeRules#weights}. */
    VOTE
  }

  /** One slot serves. */
  public static final ServePolicy CHAMPION = of(Kind.CHAMPION);

  /** With the defaults. */
  public static ServePolicy of(Kind kind) {
    return new ServePolicy(kind, DEFAULT_MIN_EVIDENCE, DEFAULT_MARGIN);
  }

  /** As it stands in events that follow from it. */
  public String text() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case CHAMPION -> name;
      case BEST -> name + " min-evidence " + minEvidence + " margin " + margin;
      case VOTE -> name + " min-evidence " + minEvidence;
    };
  }

  /** Layout: kind UTF, minimum of evidence long, margin double. */
  public void write(DataOutput out) throws IOException {
    out.writeUTF(kind.name());
    out.writeLong(minEvidence);
    out.writeDouble(margin);
  }

  public static ServePolicy read(DataInput in) throws IOException {
    return new ServePolicy(Kind.valueOf(in.readUTF()), in.readLong(), in.readDouble());
  }
}
