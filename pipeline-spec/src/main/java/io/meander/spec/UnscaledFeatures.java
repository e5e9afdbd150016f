/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSchema.Column;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureTransform;
import io.meander.features.history.HistoryForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds numbers among the features that leave the range of 0 to 1, or may. */
final class UnscaledFeatures {

  private UnscaledFeatures() {}

  /**
   * What there is to warn of; MOA's anomaly detectors take numbers from 0 to 1.
   *
   * @param seen the ranges of columns that are known from data; of the others their form tells
   */
  static Optional<SpecError> warning(PipelineSpec spec, Map<String, FeatureRange> seen) {
    List<String> found = new ArrayList<>();
    for (FeatureSpec feature : spec.features()) {
      boolean scaled = isScaled(feature);
      for (Column column : columns(feature, spec)) {
        FeatureRange range = seen.get(column.name());
        if (!column.isNominal() && (range == null ? !scaled : !range.isWithin(0, 1))) {
          found.add("'" + column.name() + "'" + (range == null ? "" : text(range)));
        }
      }
    }
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SpecError(
                "features",
                "MOA's anomaly detectors want numbers from 0 to 1, and hardly tell others apart; "
                    + String.join(", ", found)
                    + (found.size() == 1 ? " is" : " are")
                    + " not sure to stay there: take the field in the form {name: .., scaled: ..,"
                    + " to: range}"));
  }

  private static List<Column> columns(FeatureSpec feature, PipelineSpec spec) {
    return FeatureTransform.compile(List.of(feature), spec.events().schema(), spec.missing())
        .schema()
        .columns();
  }

  private static String text(FeatureRange range) {
    return String.format(Locale.ROOT, " (%.4g to %.4g)", range.least(), range.greatest());
  }

  /** Whether its numbers are from 0 to 1 by its form. */
  private static boolean isScaled(FeatureSpec feature) {
    if (feature instanceof FeatureSpec.Remembered remembered) {
      return remembered.form() instanceof HistoryForm.Scaled scaled && !scaled.byDeviation();
    }
    if (feature instanceof FeatureSpec.Clipped clipped) {
      return clipped.min() >= 0 && clipped.max() <= 1;
    }
    return feature instanceof FeatureSpec.Hashed;
  }
}
