/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.Deploy;
import io.meander.avro.DriftDeclaration;
import io.meander.avro.ServeDeclaration;
import io.meander.avro.SlotDeclaration;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a deployment is, and what another one would change, as lines for people. */
final class DeploymentChanges {

  private DeploymentChanges() {}

  /** One line for each change: {@code +} comes, {@code -} goes, {@code ~} is otherwise. */
  static List<String> of(Deploy now, Deploy wanted) {
    List<String> lines = new ArrayList<>();
    Map<String, SlotDeclaration> present = new LinkedHashMap<>();
    now.getSlots().forEach(slot -> present.put(slot.getId(), slot));
    for (SlotDeclaration slot : wanted.getSlots()) {
      SlotDeclaration before = present.remove(slot.getId());
      if (before == null) {
        lines.add(
            "+ slot %s: %s, seed %d".formatted(slot.getId(), slot.getLearner(), slot.getSeed()));
      } else {
        changes(before, slot, lines);
      }
    }
    present.values().forEach(slot -> lines.add("- slot " + slot.getId()));
    if (lines.isEmpty() && !ids(now).equals(ids(wanted))) {
      lines.add("~ order of the slots: %s -> %s".formatted(ids(now), ids(wanted)));
    }
    changed("champion", now.getChampion(), wanted.getChampion(), lines);
    changed("serve", text(now.getServe()), text(wanted.getServe()), lines);
    changed("drift", text(now.getDrift()), text(wanted.getDrift()), lines);
    return lines;
  }

  /**
   * @throws CommandFailure if the features or the classes are others, which no command changes
   */
  static void checkPossible(Deploy now, Deploy wanted) {
    String theirs = now.getFeatureFingerprint();
    if (theirs != null && !theirs.equals(wanted.getFeatureFingerprint())) {
      throw new CommandFailure(
          """
          features: the job's have the fingerprint %s, the spec's %s.
          Slots and policies can be deployed, other features need another job"""
              .formatted(theirs, wanted.getFeatureFingerprint()));
    }
    if (theirs != null && !now.getClasses().equals(wanted.getClasses())) {
      throw new CommandFailure(
          """
          label.classes: the job's are %s, the spec's %s.
          Slots and policies can be deployed, other classes need another job"""
              .formatted(now.getClasses(), wanted.getClasses()));
    }
  }

  private static List<String> ids(Deploy deploy) {
    return deploy.getSlots().stream().map(SlotDeclaration::getId).toList();
  }

  private static void changes(SlotDeclaration now, SlotDeclaration wanted, List<String> lines) {
    String slot = "slot " + now.getId();
    boolean anew =
        !now.getLearner().equals(wanted.getLearner()) || now.getSeed() != wanted.getSeed();
    if (anew) {
      lines.add(
          "~ %s begins anew: %s, seed %d -> %s, seed %d"
              .formatted(
                  slot, now.getLearner(), now.getSeed(), wanted.getLearner(), wanted.getSeed()));
    }
    changed(slot + " drift", text(now.getDrift()), text(wanted.getDrift()), lines);
    changed(slot + " max-bytes", limit(now), limit(wanted), lines);
  }

  private static void changed(String what, String now, String wanted, List<String> lines) {
    if (!Objects.equals(now, wanted)) {
      lines.add("~ %s: %s -> %s".formatted(what, now, wanted));
    }
  }

  static void print(Deploy deployed, PrintWriter out) {
    TextTable table = new TextTable("slot", "seed", "max-bytes", "on-drift", "learner");
    for (SlotDeclaration slot : deployed.getSlots()) {
      DriftDeclaration drift = slot.getDrift() == null ? deployed.getDrift() : slot.getDrift();
      boolean serves = slot.getId().equals(deployed.getChampion());
      table.add(
          slot.getId() + (serves ? " *" : ""),
          Integer.toString(slot.getSeed()),
          limit(slot),
          drift.getOnDrift(),
          slot.getLearner());
    }
    table.print(out);
    out.println("* the deployment's champion; serve: " + text(deployed.getServe()));
  }

  private static String limit(SlotDeclaration slot) {
    return slot.getMaxBytes() == null || slot.getMaxBytes() == 0
        ? "none"
        : "%d, then %s".formatted(slot.getMaxBytes(), slot.getOnMaxBytes());
  }

  private static String text(ServeDeclaration serve) {
    return switch (serve.getPolicy()) {
      case "champion" -> "champion";
      case "vote" -> "vote, min-evidence %d".formatted(serve.getMinEvidence());
      default ->
          "%s, min-evidence %d, margin %s, confidence %s, cool-down %d, rollback-within %d"
              .formatted(
                  serve.getPolicy(),
                  serve.getMinEvidence(),
                  serve.getMargin(),
                  serve.getConfidence(),
                  serve.getCoolDown(),
                  serve.getRollbackWithin());
    };
  }

  private static String text(DriftDeclaration drift) {
    if (drift == null) {
      return "as the others";
    }
    String text =
        "%s, warning %s, signal %s, on-warning %s, on-drift %s"
            .formatted(
                drift.getDetector(),
                drift.getWarning() == null ? "none" : drift.getWarning(),
                drift.getSignal(),
                drift.getOnWarning(),
                drift.getOnDrift());
    return "%s, boost %s for %d, background %d"
        .formatted(
            text,
            drift.getBoostWeight(),
            drift.getBoostInstances(),
            drift.getBackgroundInstances());
  }
}
