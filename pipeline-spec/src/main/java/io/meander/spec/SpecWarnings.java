/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSpec;
import io.meander.features.FieldPath;
import io.meander.features.MissingPolicy;
import io.meander.features.Nominal;
import io.meander.features.history.HistoryForm;
import io.meander.models.Detectors;
import io.meander.models.DriftSpec;
import io.meander.models.DriftSpec.OnDrift;
import io.meander.models.DriftSpec.OnWarning;
import io.meander.models.HalfSpaceTrees;
import io.meander.models.Learners;
import io.meander.models.SelfAdapting;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec.LabelTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/** What is allowed in a spec and seldom meant. */
final class SpecWarnings {

  /** Bytes of a model of which one should know. */
  private static final long LARGE = 5_000_000;

  private SpecWarnings() {}

  /**
   * @param seen by column the range of its numbers in data, where that is known
   */
  static List<SpecError> of(PipelineSpec spec, Map<String, FeatureRange> seen) {
    List<SpecError> warnings = new ArrayList<>(unlistedClasses(spec));
    if (spec.target().task() == Task.ANOMALY) {
      UnscaledFeatures.warning(spec, seen).ifPresent(warnings::add);
    }
    for (int i = 0; i < spec.slots().size(); i++) {
      SlotSpec slot = spec.slots().get(i);
      DriftSpec drift = spec.drift().of(slot.id());
      String path = "slots[" + i + "]";
      boolean renewed = drift.onDrift() == OnDrift.RESET || drift.onDrift() == OnDrift.REPLACE;
      if (renewed && SelfAdapting.isOne(slot.learner())) {
        warnings.add(
            new SpecError(
                path + ".learner",
                "'"
                    + slot.learner()
                    + "' adapts to drift by itself, and on-drift: "
                    + drift.onDrift().name().toLowerCase(Locale.ROOT)
                    + " also throws away what it kept; give the slot drift: {on-drift: alert}"));
      }
      HalfSpaceTrees.liveBytes(slot.learner())
          .ifPresent(bytes -> large(path, slot, bytes).ifPresent(warnings::add));
      Learners.withoutMissingValues(slot.learner())
          .flatMap(name -> missing(path, name, spec))
          .ifPresent(warnings::add);
      if (drift.onWarning() == OnWarning.START_BACKGROUND
          && drift.warning() == null
          && !Detectors.warns(drift.detector())) {
        warnings.add(
            new SpecError(
                path,
                "no background learner will ever start: '"
                    + drift.detector()
                    + "' never warns; name a laxer detector in drift.warning"));
      }
    }
    return warnings;
  }

  /** What holds for files only. */
  static List<SpecError> live(PipelineSpec spec) {
    return spec.label().knownAt().isEmpty()
        ? List.of()
        : List.of(
            new SpecError(
                "label.known-at",
                "it holds for backtest only: on one topic each event brings its label, and a running"
                    + " job learns it at once; for labels that come later in a job too, give them a"
                    + " topic of their own (label.topic) and replay their file with --labels"));
  }

  /** Classes that the file has shown or the schema lists, and label.classes does not. */
  private static List<SpecError> unlistedClasses(PipelineSpec spec) {
    PipelineSpec.Label label = spec.label();
    if (label.fieldOrNull() == null || label.classes().isEmpty() || label.aboveOrNull() != null) {
      return List.of();
    }
    Schema records = label.topic().map(LabelTopic::schema).orElse(spec.events().schema());
    Schema type = FieldPath.of(label.fieldOrNull(), records).type();
    List<String> unlisted = new ArrayList<>(Nominal.values(type).orElse(List.of()));
    unlisted.removeAll(label.classes());
    return unlisted.isEmpty()
        ? List.of()
        : List.of(
            new SpecError(
                "label.classes",
                "lacks "
                    + String.join(", ", unlisted)
                    + ", which '"
                    + label.fieldOrNull()
                    + "' can be: records with it are rejected as unknown-class"));
  }

  /** Of a learner that cannot take missing values, where some may be. */
  private static Optional<SpecError> missing(String path, String learner, PipelineSpec spec) {
    String lost = learner + " votes nothing useful once a value is missing; ";
    if (spec.missing() == MissingPolicy.KEEP) {
      return Optional.of(
          new SpecError(
              path + ".learner", lost + "if any can be, set missing: mean, last or zero"));
    }
    boolean scaled =
        spec.features().stream()
            .anyMatch(
                feature ->
                    feature instanceof FeatureSpec.Remembered remembered
                        && remembered.form() instanceof HistoryForm.Scaled);
    return scaled && spec.missing() != MissingPolicy.ZERO
        ? Optional.of(
            new SpecError(
                path + ".learner",
                lost
                    + "a scaled feature is at the first event of a key, which has no scale yet and"
                    + " nothing to put in its place: set missing: zero"))
        : Optional.empty();
  }

  private static Optional<SpecError> large(String path, SlotSpec slot, long bytes) {
    return bytes < LARGE
        ? Optional.empty()
        : Optional.of(
            new SpecError(
                path + ".learner",
                String.format(
                    Locale.ROOT,
                    "'%s' takes about %,d MB on the heap for every key, from its first event on;"
                        + " 'oneclass.HSTrees -t 10 -h 8' takes 0.14 MB",
                    slot.learner(),
                    bytes / 1_000_000)));
  }
}
