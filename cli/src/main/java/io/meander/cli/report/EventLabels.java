/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.GivenUp;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import java.util.Arrays;

/** What became of each event's label, by the number of the event's record: 18 bytes a record. */
final class EventLabels {

  private static final int FIRST_CAPACITY = 1 << 12;
  private static final byte NONE = -1;
  private static final LabelOutcome[] OUTCOMES = LabelOutcome.values();
  private static final GivenUp[] REASONS = GivenUp.values();

  private double[] labels = new double[FIRST_CAPACITY];
  private long[] times = new long[FIRST_CAPACITY];
  private byte[] outcomes = new byte[FIRST_CAPACITY];

  /** Stay when a late label comes after all. */
  private byte[] reasons = new byte[FIRST_CAPACITY];

  EventLabels() {
    Arrays.fill(outcomes, NONE);
    Arrays.fill(reasons, NONE);
  }

  void add(LabelResult result) {
    if (result.event() == Observation.UNNUMBERED) {
      return;
    }
    int event = Math.toIntExact(result.event());
    reserve(event + 1);
    boolean scored = outcomes[event] != NONE && !Double.isNaN(labels[event]);
    switch (result.outcome()) {
      case IN_TIME, EARLY, NEVER -> put(event, result);
      case LATE -> {
        if (!scored) {
          put(event, result);
        }
      }
      case DUPLICATE, CORRECTED, UNMATCHED -> {} // the first label stays the event's
    }
  }

  /** Null if nothing is known: the label is pending. */
  LabelOutcome outcome(long event) {
    return event >= outcomes.length || outcomes[(int) event] == NONE
        ? null
        : OUTCOMES[outcomes[(int) event]];
  }

  /** Index in the class list, or the number, or {@link Observation#NO_LABEL}. */
  double label(long event) {
    return outcome(event) == null ? Observation.NO_LABEL : labels[(int) event];
  }

  long time(long event) {
    return outcome(event) == null ? Observation.NO_TIME : times[(int) event];
  }

  /** Why the prediction was given up; null if it was not. */
  GivenUp givenUp(long event) {
    return outcome(event) == null || reasons[(int) event] == NONE
        ? null
        : REASONS[reasons[(int) event]];
  }

  private void put(int event, LabelResult result) {
    if (result.givenUpOrNull() != null) {
      reasons[event] = (byte) Arrays.asList(REASONS).indexOf(result.givenUpOrNull());
    }
    labels[event] = result.label();
    times[event] = result.time();
    outcomes[event] = (byte) Arrays.asList(OUTCOMES).indexOf(result.outcome());
  }

  private void reserve(int size) {
    if (size > outcomes.length) {
      int before = outcomes.length;
      int capacity = Math.max(size, before + before / 2);
      labels = Arrays.copyOf(labels, capacity);
      times = Arrays.copyOf(times, capacity);
      outcomes = Arrays.copyOf(outcomes, capacity);
      Arrays.fill(outcomes, before, capacity, NONE);
      reasons = Arrays.copyOf(reasons, capacity);
      Arrays.fill(reasons, before, capacity, NONE);
    }
  }
}
