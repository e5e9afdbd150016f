/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import io.meander.models.ServePolicy;
import io.meander.models.ServePolicy.Kind;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the {@code serve} part: whose votes are served. */
final class ServeReader {

  private final SpecNode root;
  private final SpecNode serve;
  private final Task task;

  ServeReader(SpecNode root, Task task) {
    this.root = root;
    this.task = task;
    this.serve = root.at("serve");
  }

  /**
   * The policy, with errors where it does not fit the slots or the drift policies.
   *
   * @param slots as declared
   */
  ServePolicy policy(List<SlotSpec> slots) {
    SpecNode policy = serve.at("policy");
    Kind kind =
        policy
            .text()
            .map(text -> Kind.valueOf(text.toUpperCase(Locale.ROOT)))
            .orElse(Kind.CHAMPION);
    if (kind != Kind.CHAMPION && task == Task.ANOMALY) {
      policy.error(
          "found '"
              + name(kind)
              + "', and scores of different learners cannot be compared; use champion: the other"
              + " slots learn and are scored beside it");
      return ServePolicy.CHAMPION;
    }
    if (kind != Kind.CHAMPION) {
      if (slots.size() == 1) {
        policy.error(
            "found '"
                + name(kind)
                + "' and one slot; add the slots that it goes by, or use champion");
      }
      refuseSwitch(kind);
    }
    if (!serve.problems().unusable(policy.path())) {
      only(serve.at("min-evidence"), kind, Kind.BEST, Kind.VOTE);
      for (String key : List.of("margin", "confidence", "cool-down", "rollback-within")) {
        only(serve.at(key), kind, Kind.BEST);
      }
    }
    return new ServePolicy(
            kind,
            serve.at("min-evidence").number(ServePolicy.DEFAULT_MIN_EVIDENCE),
            serve.at("margin").decimal(ServePolicy.DEFAULT_MARGIN))
        .guarded(
            new ServePolicy.Guard(
                serve.at("confidence").decimal(0),
                serve.at("cool-down").number(0),
                serve.at("rollback-within").number(0)));
  }

  /** Drift policies move what the champion serves; these policies leave nothing to move. */
  private void refuseSwitch(Kind kind) {
    List<SpecNode> drifts = new ArrayList<>();
    drifts.add(root.at("drift"));
    root.at("slots").items().forEach(slot -> drifts.add(slot.at("drift")));
    for (SpecNode drift : drifts) {
      SpecNode onDrift = drift.at("on-drift");
      if (onDrift.text().orElse("").equals("switch")) {
        onDrift.error(
            "found 'switch', and serve.policy "
                + name(kind)
                + " says already who serves; use alert, reset, replace or boost");
      }
    }
  }

  private static void only(SpecNode node, Kind kind, Kind... takers) {
    List<String> names = new ArrayList<>();
    for (Kind taker : takers) {
      if (taker == kind) {
        return;
      }
      names.add(name(taker));
    }
    if (node.isPresent()) {
      node.error(
          "is for policy "
              + String.join(" or ", names)
              + ", and the policy is "
              + name(kind)
              + "; leave it out");
    }
  }

  /**
   * The id of the slot that serves, at first, or that the frozen twin is a copy of; empty text,
   * with an error, if that cannot be told.
   */
  String champion(ServePolicy policy, List<SlotSpec> slots) {
    SpecNode champion = serve.at("champion");
    List<String> ids =
        slots.stream().map(SlotSpec::id).filter(id -> !id.isEmpty()).distinct().toList();
    if (champion.text().isPresent()) {
      String id = champion.text().get();
      if (!ids.contains(id) && !ids.isEmpty()) {
        champion.error(
            "there is no slot '"
                + id
                + "'"
                + NearestName.suggestion(id, ids)
                + " (slots: "
                + String.join(", ", ids)
                + ")");
      }
      return id;
    }
    if (policy.kind() == Kind.CHAMPION
        && !champion.problems().unusable(serve.at("policy").path())
        && ids.size() > 1
        && !champion.problems().touch(champion.path())) {
      champion.error(
          "is missing: with several slots, say which one serves (slots: "
              + String.join(", ", ids)
              + ")");
    }
    return ids.isEmpty() ? "" : ids.get(0);
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
