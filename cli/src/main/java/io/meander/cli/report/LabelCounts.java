/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.GivenUp;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Step;
import java.util.EnumMap;
import java.util.Map;

/** How many labels, and predictions without one, had which outcome. */
final class LabelCounts {

  private final Map<LabelOutcome, Long> counts = new EnumMap<>(LabelOutcome.class);
  private final Map<GivenUp, Long> givenUp = new EnumMap<>(GivenUp.class);
  private long inside;
  private long records;
  private long events;
  private long repeated;

  void add(Step step) {
    if (step.answer() == null) {
      records += step.sequence() < 0 ? 0 : 1;
    } else {
      events++;
      repeated += step.repeated() ? 1 : 0;
    }
    if (step.scored() != null) {
      inside++;
    }
    for (LabelResult label : step.labels()) {
      counts.merge(label.outcome(), 1L, Long::sum);
      if (label.outcome() == LabelOutcome.NEVER && label.givenUpOrNull() != null) {
        givenUp.merge(label.givenUpOrNull(), 1L, Long::sum);
      }
    }
  }

  /** Labels inside events count as in time. */
  long of(LabelOutcome outcome) {
    return counts.getOrDefault(outcome, 0L) + (outcome == LabelOutcome.IN_TIME ? inside : 0);
  }

  /** Predictions that were given up for this reason. */
  long of(GivenUp why) {
    return givenUp.getOrDefault(why, 0L);
  }

  /** Events that had come before. */
  long repeated() {
    return repeated;
  }

  /** Predictions whose wait had not ended with the run. */
  long pending() {
    return events
        - repeated
        - of(LabelOutcome.IN_TIME)
        - of(LabelOutcome.EARLY)
        - of(LabelOutcome.NEVER);
  }

  /** Label records whose event had not come when the run ended. */
  long kept() {
    return records
        - counts.getOrDefault(LabelOutcome.IN_TIME, 0L)
        - of(LabelOutcome.EARLY)
        - of(LabelOutcome.LATE)
        - of(LabelOutcome.DUPLICATE)
        - of(LabelOutcome.CORRECTED)
        - of(LabelOutcome.UNMATCHED);
  }
}
