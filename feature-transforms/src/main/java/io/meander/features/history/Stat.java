/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.util.Locale;

/** What a window says of what is in it. */
public enum Stat {
  /** How many; 0 for an empty window. */
  COUNT(0),
  /** 0 for an empty window. */
  SUM(1),
  /** NaN for an empty window. */
  MEAN(1),
  /** NaN for an empty window. */
  MIN(1),
  /** NaN for an empty window. */
  MAX(1),
  /** Of a sample: the squares over the count less one. NaN for fewer than two. */
  STD(2),
  /** How many per second of the window's length. */
  RATE(0),
  /** How many different ones; 0 for an empty window. */
  DISTINCT(0),
  /** The value with a given share of the others below it. NaN for an empty window. */
  QUANTILE(0);

  private final int perPane;

  Stat(int perPane) {
    this.perPane = perPane;
  }

  /** Doubles that a pane of a window over time holds, beside its count. */
  int perPane() {
    return perPane;
  }

  /** Whether it counts what happened, whatever it was. */
  public boolean isCount() {
    return this == COUNT || this == RATE;
  }

  /** Whether a pane of a window over time cannot hold it exactly. */
  public boolean isSketched() {
    return this == DISTINCT || this == QUANTILE;
  }

  /** As specs write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
