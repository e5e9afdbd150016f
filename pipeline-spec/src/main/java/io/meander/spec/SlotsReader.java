/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.models.Learners;
import io.meander.models.OptionStringException;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the {@code slots} and has MOA check every learner. */
final class SlotsReader {

  private final SpecNode slots;
  private final Task task;

  SlotsReader(SpecNode slots, Task task) {
    this.slots = slots;
    this.task = task;
  }

  List<SlotSpec> read() {
    List<SlotSpec> read = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    for (SpecNode slot : slots.items()) {
      String id = slot.at("id").text().orElse("");
      String learner = slot.at("learner").text().orElse("");
      if (!id.isEmpty()) {
        checkId(slot.at("id"), id, places.putIfAbsent(id, slot.path()));
      }
      if (!learner.isEmpty()) {
        checkLearner(slot.at("learner"), learner);
      }
      read.add(new SlotSpec(id, learner, (int) slot.at("seed").number(SlotSpec.DEFAULT_SEED)));
    }
    return read;
  }

  /** Refuses learners that cannot tell so many classes apart. */
  void checkClasses(int classes) {
    for (SpecNode slot : slots.items()) {
      SpecNode learner = slot.at("learner");
      if (learner.text().isPresent() && !learner.problems().touch(learner.path())) {
        try {
          Learners.checkClasses(learner.text().get(), classes);
        } catch (OptionStringException e) {
          learner.error(e.getMessage());
        }
      }
    }
  }

  /** The slots' limits, by slot id. */
  Map<String, SizeLimit> limits() {
    Map<String, SizeLimit> limits = new HashMap<>();
    for (SpecNode slot : slots.items()) {
      SpecNode action = slot.at("on-max-bytes");
      Optional<String> bytes = slot.at("max-bytes").text();
      if (bytes.isEmpty()) {
        if (action.isPresent() && !slot.json().has("max-bytes")) {
          action.error("says what happens beyond max-bytes, which the slot does not have");
        }
        continue;
      }
      boolean stop = action.text().orElse("").equals("stop-learning");
      limits.put(
          slot.at("id").text().orElse(""),
          new SizeLimit(
              Bytes.parse(bytes.get()),
              stop ? SizeLimit.Action.STOP_LEARNING : SizeLimit.Action.RESTART));
    }
    return limits;
  }

  private static void checkId(SpecNode node, String id, String otherOrNull) {
    if (SlotSpec.RESERVED.contains(id)) {
      node.error(
          "'"
              + id
              + "' is taken: results use "
              + String.join(", ", SlotSpec.RESERVED)
              + " for what is not a slot; choose another id");
    }
    if (otherOrNull != null) {
      node.error("'" + id + "' is also the id of " + otherOrNull + "; choose another id");
    }
  }

  private void checkLearner(SpecNode node, String learner) {
    try {
      Learners.check(learner, task);
    } catch (OptionStringException e) {
      node.error(e.getMessage());
    }
  }
}
