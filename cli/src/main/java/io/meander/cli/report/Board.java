/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.FrozenTwin;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
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

  private final Target target;
  private final Figures.Precision precision;
  private final double fading;
  private final Map<String, Figures> figures = new LinkedHashMap<>();

  /**
   * @param fading factor of the faded figures
   */
  Board(List<String> slots, Target target, Figures.Precision precision, double fading) {
    this.target = target;
    this.precision = precision;
    this.fading = fading;
    slots.forEach(this::of);
    of(SERVED);
    of(SlotSpec.FROZEN);
    of(SERVED_SAME_EVENTS);
    figures.put(NO_CHANGE, new Figures(target, true, precision, fading));
    figures.put(target.task().typical(), new Figures(target, true, precision, fading));
  }

  /** Whether it is a slot of the deployment: those alone are watched for drift. */
  static boolean isSlot(String predictor) {
    return !SlotSpec.RESERVED.contains(predictor) && !predictor.equals(SERVED_SAME_EVENTS);
  }

  void add(Scored scored) {
    Answer answer = scored.answer();
    for (Answer.SlotAnswer slot : answer.slots()) {
      if (FrozenTwin.isAged(slot.slot())) {
        continue; // stands in the decay curve alone
      }
      of(slot.slot()).add(scored, slot);
    }
    of(SERVED).add(scored, answer.servedAnswer());
    if (answer.frozenAnswer() != null) {
      of(SERVED_SAME_EVENTS).add(scored, answer.servedAnswer());
    }
    of(NO_CHANGE).add(scored, answer.noChange());
    of(target.task().typical()).add(scored, answer.typical());
  }

  /** A predictor's figures; made if a slot was added while the pipeline ran. */
  Figures of(String predictor) {
    return figures.computeIfAbsent(predictor, p -> new Figures(target, false, precision, fading));
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
