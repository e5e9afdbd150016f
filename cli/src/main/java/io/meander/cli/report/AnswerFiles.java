/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Scored;
import io.meander.models.Step;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code predictions.csv}, {@code drift.csv} and, if wanted, {@code slots.csv}: a row per fact. */
final class AnswerFiles implements Closeable {

  /** The weight of every instance in this version. */
  private static final double WEIGHT = 1.0;

  private final List<String> classes;
  private final CsvFile predictions;
  private final CsvFile drifts;
  private final CsvFile slotsOrNull;

  AnswerFiles(Path folder, List<String> classes, boolean allSlots) {
    this.classes = classes;
    this.predictions =
        new CsvFile(
            folder.resolve("predictions.csv"),
            "event_id",
            "key",
            "event_time",
            "predicted",
            "label",
            "label_time",
            "label_outcome",
            "no_change",
            "weight",
            "slot",
            "incarnation",
            "trained_instances",
            "model_version",
            "votes");
    this.drifts =
        new CsvFile(
            folder.resolve("drift.csv"),
            "key",
            "slot",
            "detector",
            "level",
            "instance",
            "event_time",
            "action",
            "switched_to",
            "error_before",
            "error_after");
    this.slotsOrNull =
        allSlots
            ? new CsvFile(
                folder.resolve("slots.csv"),
                "event_id",
                "slot",
                "incarnation",
                "predicted",
                "votes")
            : null;
  }

  void add(Step step) {
    Answer answer = step.answer();
    Answer.SlotAnswer served = answer.servedAnswer();
    Scored scored = step.scored();
    predictions.row(
        answer.eventId(),
        answer.key(),
        CsvFile.time(answer.eventTime()),
        classes.get(served.predicted()),
        scored == null ? null : classes.get(scored.label()),
        scored == null ? null : CsvFile.time(scored.labelTime()),
        scored == null ? "never" : "in_time",
        classes.get(answer.noChange()),
        WEIGHT,
        served.slot(),
        served.incarnation(),
        served.trainedInstances(),
        served.modelVersion(),
        votes(served));
    if (slotsOrNull != null) {
      for (Answer.SlotAnswer slot : answer.slots()) {
        slotsOrNull.row(
            answer.eventId(),
            slot.slot(),
            slot.incarnation(),
            classes.get(slot.predicted()),
            votes(slot));
      }
    }
    for (DriftSignal drift : step.drifts()) {
      drifts.row(
          drift.key(),
          drift.slot(),
          drift.detector(),
          drift.level().name().toLowerCase(Locale.ROOT),
          drift.instance(),
          CsvFile.time(drift.eventTime()),
          drift.action().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          drift.switchedTo(),
          drift.errorBefore(),
          drift.errorAfter());
    }
  }

  private String votes(Answer.SlotAnswer answer) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < classes.size(); c++) {
      text.append(c == 0 ? "" : ";").append(classes.get(c)).append('=').append(answer.votes()[c]);
    }
    return text.toString();
  }

  @Override
  public void close() {
    predictions.close();
    drifts.close();
    if (slotsOrNull != null) {
      slotsOrNull.close();
    }
  }
}
