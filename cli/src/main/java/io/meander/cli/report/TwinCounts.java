/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Answer;
import io.meander.models.FreezeSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * How many keys have a frozen twin, and how many were born too late for one: these are left out of
 * the figures of the twin and of what was served on its events.
 */
final class TwinCounts {

  private final FreezeSpec when;
  private final Map<String, State> byKey = new HashMap<>();
  private long labelsBornLater;

  private enum State {
    NOT_FROZEN,
    BORN_LATER,
    WITH_TWIN
  }

  TwinCounts(FreezeSpec when) {
    this.when = when;
  }

  /** An answer, in the order of the events. */
  void answered(Answer answer) {
    State now =
        answer.frozenAnswer() != null
            ? State.WITH_TWIN
            : isBornLater(answer) ? State.BORN_LATER : State.NOT_FROZEN;
    byKey.merge(answer.key(), now, (a, b) -> a.compareTo(b) > 0 ? a : b);
  }

  /** The answer's label was scored. */
  void scored(Answer answer) {
    if (answer.frozenAnswer() == null && isBornLater(answer)) {
      labelsBornLater++;
    }
  }

  /** A key that had learned anything by that time has its twin from its first event after it on. */
  private boolean isBornLater(Answer answer) {
    return when instanceof FreezeSpec.At at && answer.eventTime() >= at.time().toEpochMilli();
  }

  void addTo(ObjectNode node) {
    node.put("with_twin", count(State.WITH_TWIN));
    node.put("born_later", count(State.BORN_LATER));
    node.put("not_frozen", count(State.NOT_FROZEN));
    node.put("labels_born_later", labelsBornLater);
  }

  private long count(State state) {
    return byKey.values().stream().filter(s -> s == state).count();
  }
}
