/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.features.NearestName;
import io.meander.models.Figure;
import io.meander.models.LearnerGrid;
import io.meander.models.OptionStringException;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Learners with varied options that are to run beside each other, as a command's options say. */
final class Grid {

  /** So many in one run: all of them live at once, for every key. */
  static final int MOST = 200;

  @Option(
      names = "--grid",
      paramLabel = "OPTIONS",
      description =
          "Also run and rank every combination of a learner's options, values between commas, such"
              + " as \"-g 50,200 -c 0.001,0.01\"; with several slots \"SLOT: -g 50,200\". May be"
              + " repeated.")
  private List<String> grids = List.of();

  @Option(
      names = "--rank-by",
      paramLabel = "FIGURE",
      description =
          "kappa, accuracy or log-loss of the whole stream (default: kappa); of a regression mae, rmse"
              + " or r2 (default: mae).")
  private String rankBy;

  boolean isAsked() {
    return !grids.isEmpty();
  }

  /** By what learners of a task are ranked. */
  Figure rank(Task task, CommandSpec command) {
    if (rankBy == null) {
      return task.lead();
    }
    List<Figure> ranked = new ArrayList<>(task.ranked());
    ranked.remove(task.lead());
    ranked.add(0, task.lead()); // the default stands first
    List<String> names = ranked.stream().map(Grid::name).toList();
    int index = names.indexOf(rankBy);
    if (index < 0) {
      throw Usage.wrong(
          command,
          "--rank-by must be %s, not %s"
              .formatted(
                  String.join(", ", names.subList(0, names.size() - 1))
                      + " or "
                      + names.get(names.size() - 1),
                  rankBy));
    }
    return ranked.get(index);
  }

  private static String name(Figure figure) {
    return figure.key().replace('_', '-');
  }

  /**
   * What runs.
   *
   * @param spec with a slot for each variant in place of the varied one, and the others
   * @param originals by slot id, the id of the slot in the spec
   */
  record Variants(PipelineSpec spec, Map<String, String> originals) {}

  Variants variants(PipelineSpec spec, CommandSpec command) {
    Map<String, String> gridOf = new LinkedHashMap<>();
    for (String grid : grids) {
      int colon = grid.indexOf(':');
      String slot = colon < 0 ? onlySlot(spec, command) : grid.substring(0, colon).strip();
      requireSlot(slot, spec, command);
      if (gridOf.put(slot, grid.substring(colon + 1)) != null) {
        throw Usage.wrong(command, "--grid is there twice for slot " + slot);
      }
    }
    List<SlotSpec> slots = new ArrayList<>();
    Map<String, String> originals = new LinkedHashMap<>();
    String champion = null;
    for (SlotSpec slot : spec.slots()) {
      List<SlotSpec> made =
          gridOf.containsKey(slot.id())
              ? expanded(slot, gridOf.get(slot.id()), spec.target().task(), command)
              : List.of(slot);
      for (SlotSpec one : made) {
        slots.add(one);
        originals.put(one.id(), slot.id());
      }
      if (slot.id().equals(spec.champion())) {
        champion = made.get(0).id();
      }
    }
    if (slots.size() > MOST) {
      throw Usage.wrong(
          command, "--grid makes %,d learners, more than %,d".formatted(slots.size(), MOST));
    }
    if (originals.size() < slots.size()) {
      throw Usage.wrong(command, "--grid makes two slots of one id; rename the spec's slots");
    }
    return new Variants(spec.withSlots(slots, champion, originals), originals);
  }

  private static List<SlotSpec> expanded(
      SlotSpec slot, String grid, Task task, CommandSpec command) {
    List<SlotSpec> variants = new ArrayList<>();
    try {
      for (String learner : LearnerGrid.expand(slot.learner(), grid, MOST, task)) {
        String id = slot.id() + "-" + (variants.size() + 1);
        variants.add(new SlotSpec(id, learner, slot.seed()));
      }
    } catch (OptionStringException e) {
      throw Usage.wrong(command, "--grid " + grid.strip() + ": " + e.getMessage());
    }
    return variants;
  }

  private static String onlySlot(PipelineSpec spec, CommandSpec command) {
    if (spec.slots().size() > 1) {
      throw Usage.wrong(
          command,
          "--grid must name the slot, such as \"%s: -g 50,200\" (slots: %s)"
              .formatted(spec.slots().get(0).id(), String.join(", ", ids(spec))));
    }
    return spec.slots().get(0).id();
  }

  private static void requireSlot(String slot, PipelineSpec spec, CommandSpec command) {
    List<String> ids = ids(spec);
    if (!ids.contains(slot)) {
      throw Usage.wrong(
          command,
          "--grid: there is no slot '%s'%s (slots: %s)"
              .formatted(slot, NearestName.suggestion(slot, ids), String.join(", ", ids)));
    }
  }

  private static List<String> ids(PipelineSpec spec) {
    return spec.slots().stream().map(SlotSpec::id).toList();
  }
}
