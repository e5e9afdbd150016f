/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A slot against the one that serves, on the labels that both answered: how often one of the two
 * had less error, and which. Of classes, how often just one of the two was right. What it shows is
 * a sequential sign test that may be looked at after every label: the likelihood of the wins under
 * a share that is uniform on 0 to 1, over that under one half, is a martingale if the two are
 * equally good, and so passes {@code 1 / a} with a probability of at most {@code a}, however long
 * it is watched (J. Ville, "Étude critique de la notion de collectif", 1939; H. Robbins,
 * "Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
 * Statistics 41, 1970). Mutable; begins anew when either of the two begins a life or another slot
 * serves.
 */
final class Duel {

  private final long incarnation;
  private final long servingIncarnation;
  private long won;
  private long lost;
  private double logEvidence;

  /**
   * @param incarnation of the slot
   * @param servingIncarnation of the slot that serves
   */
  Duel(long incarnation, long servingIncarnation) {
    this.incarnation = incarnation;
    this.servingIncarnation = servingIncarnation;
  }

  boolean isBetween(long life, long servingLife) {
    return incarnation == life && servingIncarnation == servingLife;
  }

  /**
   * One of the two had less error.
   *
   * @param better whether it was the slot
   */
  void add(boolean better) {
    long side = better ? won : lost;
    logEvidence += StrictMath.log(2.0 * (side + 1) / (won + lost + 2));
    if (better) {
      won++;
    } else {
      lost++;
    }
  }

  /** Labels on which the slot had less error than the one that serves. */
  long won() {
    return won;
  }

  /** Labels on which it was the other way round. */
  long lost() {
    return lost;
  }

  /** How sure it is that the two are not equally good, 0 to 1. */
  double confidence() {
    return logEvidence <= 0 ? 0 : 1 - StrictMath.exp(-logEvidence);
  }

  boolean showsBetter(double confidence) {
    return won > lost && confidence() >= confidence;
  }

  boolean showsWorse(double confidence) {
    return lost > won && confidence() >= confidence;
  }

  /** Layout: incarnation, the serving slot's, won, lost long, logarithm of the evidence double. */
  void write(DataOutput out) throws IOException {
    out.writeLong(incarnation);
    out.writeLong(servingIncarnation);
    out.writeLong(won);
    out.writeLong(lost);
    out.writeDouble(logEvidence);
  }

  static Duel read(DataInput in) throws IOException {
    Duel duel = new Duel(in.readLong(), in.readLong());
    duel.won = in.readLong();
    duel.lost = in.readLong();
    duel.logEvidence = in.readDouble();
    return duel;
  }
}
