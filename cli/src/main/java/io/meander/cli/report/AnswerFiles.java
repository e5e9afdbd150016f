/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.features.FeatureSchema.Column;
import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.GivenUp;
import io.meander.models.LabelOutcome;
import io.meander.models.Scored;
import io.meander.models.Step;
import io.meander.models.Target;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecWords;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * {@code predictions.csv}, {@code drift.csv} and, if wanted, {@code slots.csv} and {@code
 * features.csv}: a row per fact.
 */
final class AnswerFiles implements Closeable {

  private static final String REPEATED = "repeated";

  private static final String PREDICTIONS = "predictions.csv";

  private static final String[] COLUMNS = {
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
    "votes",
    "parent_key",
    "given_up_by"
  };

  /** Position of {@code label}; its time and outcome follow. */
  private static final int LABEL = 4;

  private static final int WEIGHT = 8;

  private final Target target;

  /** By class; empty if they all count the same. */
  private final double[] classWeights;

  private final Path folder;

  /** What became of the label of an event that has none; null where no label is waited for. */
  private final String unlabelled;

  /** Null where labels are inside their events and known at once. */
  private final EventLabels lateOrNull;

  /** Where labels come later, rows wait in a file of their own, each after its record's number. */
  private final CsvFile predictions;

  private final CsvFile drifts;
  private final CsvFile slotsOrNull;

  /** Null unless the spec wants features. */
  private final CsvFile featuresOrNull;

  /** The columns of the spec's feature schema: those of {@code features.csv} after the id. */
  private final List<String> featureNames;

  AnswerFiles(Path folder, PipelineSpec spec, boolean allSlots) {
    this.target = spec.target();
    this.classWeights = spec.weight().factors(target.classes());
    this.folder = folder;
    this.unlabelled = spec.label().isGiven() ? "never" : null;
    boolean late = spec.label().isLate();
    this.lateOrNull = late ? new EventLabels() : null;
    this.predictions =
        late
            ? new CsvFile(unlabelled(), unlabelledColumns())
            : new CsvFile(folder.resolve(PREDICTIONS), COLUMNS);
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
            "error_after",
            "feature",
            "measure",
            "evidence_error",
            "won",
            "lost",
            "confidence");
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
    this.featureNames =
        spec.featureTransform().schema().columns().stream().map(Column::name).toList();
    this.featuresOrNull =
        spec.predictions().features()
            ? new CsvFile(
                folder.resolve("features.csv"),
                Stream.concat(Stream.of("event_id"), featureNames.stream()).toArray(String[]::new))
            : null;
  }

  void add(Step step) {
    if (step.answer() != null) {
      answer(step);
    }
    if (lateOrNull != null) {
      step.labels().forEach(lateOrNull::add);
    }
    drifts(step);
  }

  private void answer(Step step) {
    Answer answer = step.answer();
    Answer.SlotAnswer served = answer.servedAnswer();
    Scored scored = step.scored();
    Object[] row = {
      answer.eventId(),
      answer.key(),
      CsvFile.time(answer.eventTime()),
      target.text(served.predicted()),
      scored == null ? null : target.text(scored.label()),
      scored == null ? null : CsvFile.time(scored.labelTime()),
      step.repeated() ? REPEATED : scored == null ? unlabelled : "in_time",
      target.text(answer.noChange()),
      scored == null ? step.weight() : effective(step.weight(), scored.label()),
      served.slot(),
      served.incarnation(),
      served.trainedInstances(),
      served.modelVersion(),
      votes(served),
      answer.parentOrNull(),
      null
    };
    if (lateOrNull == null) {
      predictions.row(row);
    } else {
      Object[] numbered = new Object[row.length + 1];
      numbered[0] = step.sequence();
      System.arraycopy(row, 0, numbered, 1, row.length);
      predictions.row(numbered);
    }
    if (slotsOrNull != null) {
      for (Answer.SlotAnswer slot : answer.slots()) {
        slotsOrNull.row(
            answer.eventId(),
            slot.slot(),
            slot.incarnation(),
            target.text(slot.predicted()),
            votes(slot));
      }
    }
    if (featuresOrNull != null && step.featuresOrNull() != null) {
      Map<String, Object> features = step.featuresOrNull().byName();
      Object[] values = new Object[1 + featureNames.size()];
      values[0] = answer.eventId();
      for (int i = 1; i < values.length; i++) {
        values[i] = features.get(featureNames.get(i - 1));
      }
      featuresOrNull.row(values);
    }
  }

  private void drifts(Step step) {
    for (DriftSignal drift : step.drifts()) {
      FeatureWatchSpec feature = drift.featureOrNull();
      DriftSignal.Evidence evidence = drift.evidenceOrNull();
      drifts.row(
          drift.key(),
          drift.slot(),
          drift.detector(),
          drift.level().name().toLowerCase(Locale.ROOT),
          drift.instance(),
          CsvFile.time(drift.eventTime()),
          SpecWords.of(drift.action()),
          drift.switchedTo(),
          drift.errorBefore(),
          drift.errorAfter(),
          feature == null ? null : feature.column(),
          feature == null ? null : feature.measure().name().toLowerCase(Locale.ROOT),
          evidence == null ? null : evidence.error(),
          evidence == null ? null : evidence.won(),
          evidence == null ? null : evidence.lost(),
          evidence == null ? null : evidence.confidence());
    }
  }

  private String votes(Answer.SlotAnswer answer) {
    List<String> classes = target.classes();
    if (classes.isEmpty()) {
      return target.text(answer.predicted());
    }
    StringBuilder text = new StringBuilder();
    if (target.task() == Task.ANOMALY) {
      target
          .named(answer.votes())
          .forEach(
              (name, vote) ->
                  text.append(text.isEmpty() ? "" : ";").append(name).append('=').append(vote));
      return text.toString();
    }
    for (int c = 0; c < classes.size(); c++) {
      text.append(c == 0 ? "" : ";").append(classes.get(c)).append('=').append(answer.votes()[c]);
    }
    return text.toString();
  }

  /** Completes the rows with the labels that came after them. */
  void finish() {
    if (lateOrNull == null) {
      return;
    }
    predictions.close();
    try (CSVParser rows =
            CSVParser.parse(
                unlabelled(),
                StandardCharsets.UTF_8,
                CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get());
        CsvFile labelled = new CsvFile(folder.resolve(PREDICTIONS), COLUMNS)) {
      for (CSVRecord row : rows) {
        long number = Long.parseLong(row.get(0));
        Object[] values = new Object[COLUMNS.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = row.get(i + 1);
        }
        if (values[LABEL + 2].equals(REPEATED)) {
          labelled.row(values);
          continue;
        }
        double label = lateOrNull.label(number);
        LabelOutcome outcome = lateOrNull.outcome(number);
        values[LABEL] = target.text(label);
        values[LABEL + 1] = Double.isNaN(label) ? null : CsvFile.time(lateOrNull.time(number));
        values[LABEL + 2] = outcome == null ? "pending" : outcome.name().toLowerCase(Locale.ROOT);
        GivenUp why = lateOrNull.givenUp(number);
        values[values.length - 1] = why == null ? null : why.code();
        values[WEIGHT] = effective(Double.parseDouble(row.get(WEIGHT + 1)), label);
        labelled.row(values);
      }
    } catch (IOException e) {
      throw new ReportException("cannot complete " + folder.resolve(PREDICTIONS), e);
    }
  }

  /** An event's own weight times its class's; its own alone while it has no label. */
  private double effective(double weight, double label) {
    return classWeights.length == 0 || Double.isNaN(label)
        ? weight
        : weight * classWeights[(int) label];
  }

  private Path unlabelled() {
    return folder.resolve(PREDICTIONS + ".part");
  }

  private static String[] unlabelledColumns() {
    String[] columns = new String[COLUMNS.length + 1];
    columns[0] = "number";
    System.arraycopy(COLUMNS, 0, columns, 1, COLUMNS.length);
    return columns;
  }

  @Override
  public void close() {
    predictions.close();
    if (lateOrNull != null) {
      try {
        Files.deleteIfExists(unlabelled());
      } catch (IOException e) {
        throw new ReportException("cannot delete " + unlabelled(), e);
      }
    }
    drifts.close();
    if (slotsOrNull != null) {
      slotsOrNull.close();
    }
    if (featuresOrNull != null) {
      featuresOrNull.close();
    }
  }
}
