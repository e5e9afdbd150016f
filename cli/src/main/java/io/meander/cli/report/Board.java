/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.FrozenTwin;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of every predictor over one stretch, such as all events, a key, a slice or a window: the
 * slots in the spec's order, then what was served, the frozen twin and the baselines.
 */
final class Board {

  static final String SERVED = SlotSpec.SERVED;
  static final String SERVED_SAME_EVENTS = "served_same_events";
  static final String NO_CHANGE = "no_change";
  static final String MAJORITY = "majority";

  private final int classes;
  private final Figures.Precision precision;
  private final double fading;
  private final Map<String, Figures> figures = new LinkedHashMap<>();

  /**
   * @param fading factor of the faded figures
   */
  Board(List<String> slots, int classes, Figures.Precision precision, double fading) {
    this.classes = classes;
    this.precision = precision;
    this.fading = fading;
    slots.forEach(this::of);
    of(SERVED);
    of(SlotSpec.FROZEN);
    of(SERVED_SAME_EVENTS);
    figures.put(NO_CHANGE, new Figures(classes, true, precision, fading));
    figures.put(MAJORITY, new Figures(classes, true, precision, fading));
  }

  /** Whether it is a slot of the deployment: those alone are watched for drift. */
  static boolean isSlot(String predictor) {
    return switch (predictor) {
      case SERVED, SlotSpec.FROZEN, SERVED_SAME_EVENTS, NO_CHANGE, MAJORITY -> false;
      default -> true;
    };
  }

  void add(Scored scored) {
    Answer answer = scored.answer();
    int label = scored.label();
    int noChange = answer.noChange();
    int majority = scored.majorityWithLabel();
    for (Answer.SlotAnswer slot : answer.slots()) {
      if (FrozenTwin.isAged(slot.slot())) {
        continue; // stands in the decay curve alone
      }
      of(slot.slot()).add(label, slot.predicted(), slot.votes(), noChange, majority);
    }
    Answer.SlotAnswer served = answer.servedAnswer();
    of(SERVED).add(label, served.predicted(), served.votes(), noChange, majority);
    if (answer.frozenAnswer() != null) {
      of(SERVED_SAME_EVENTS).add(label, served.predicted(), served.votes(), noChange, majority);
    }
    of(NO_CHANGE).add(label, noChange, noChange, majority);
    of(MAJORITY).add(label, answer.majority(), noChange, majority);
  }

  /** A predictor's figures; made if a slot was added while the pipeline ran. */
  Figures of(String predictor) {
    return figures.computeIfAbsent(predictor, p -> new Figures(classes, false, precision, fading));
  }

  /** In the order in which results list them, those that scored nothing included. */
  Map<String, Figures> all() {
    return figures;
  }

  /**
   * Those with a row of their own in results: all but the live figures beside the twin's, and the
   * twin only if it scored.
   */
  Map<String, Figures> rows() {
    Map<String, Figures> rows = new LinkedHashMap<>(figures);
    rows.remove(SERVED_SAME_EVENTS);
    if (rows.get(SlotSpec.FROZEN).instances() == 0) {
      rows.remove(SlotSpec.FROZEN);
    }
    return rows;
  }
}
