/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks for fields that give the label away, or are known only with it. */
final class LeakSearch {

  /** A field that alone reaches this kappa, in percent, knows the label. */
  static final double LEAK = 95;

  /** Share of the rows in which a time is later than the event's. */
  private static final double MOSTLY = 0.9;

  private final OneFieldKappa kappa;
  private final String predicted;
  private final FieldSample timeOrNull;
  private final boolean plans;

  LeakSearch(FileSample file, LabelChoice label, FieldSample timeOrNull) {
    this.kappa = new OneFieldKappa(label.classOf(), label.classes().size());
    this.predicted =
        label.isNumber()
            ? "whether the label is above " + Numbers.text(label.aboveOrNull())
            : "the label";
    this.timeOrNull = timeOrNull;
    this.plans = file.fields().stream().anyMatch(field -> field.nameParts().isPlanned());
  }

  /**
   * @param fields all that are neither label nor event time
   * @return the suspects, in the fields' order, each with the reason
   */
  Map<FieldSample, String> suspects(List<FieldSample> fields) {
    Map<FieldSample, String> suspects = new LinkedHashMap<>();
    for (FieldSample field : fields) {
      measured(field)
          .or(() -> later(field))
          .or(() -> named(field))
          .ifPresent(reason -> suspects.put(field, reason));
    }
    return suspects;
  }

  private Optional<String> measured(FieldSample field) {
    double reached = field.kind() == FieldSample.Kind.TIME ? Double.NaN : kappa.of(field);
    return reached > LEAK
        ? Optional.of(
            String.format(Locale.ROOT, "alone it predicts %s with kappa %.1f", predicted, reached))
        : Optional.empty();
  }

  private Optional<String> later(FieldSample field) {
    if (field.kind() != FieldSample.Kind.TIME
        || timeOrNull == null
        || field.nameParts().isPlanned()) {
      return Optional.empty();
    }
    int later = 0;
    for (int row = 0; row < field.rows(); row++) {
      if (field.value(row) > timeOrNull.value(row)) {
        later++;
      }
    }
    return later > MOSTLY * field.present() && later > 0
        ? Optional.of(
            "a time later than %s in %s of %s rows"
                .formatted(
                    timeOrNull.name(), Candidates.count(later), Candidates.count(field.present())))
        : Optional.empty();
  }

  /** Ends that are told by many words are places or ways, not times and results. */
  private Optional<String> named(FieldSample field) {
    NameParts name = field.nameParts();
    boolean place = field.kind() == FieldSample.Kind.WORD && field.distinct() > 2;
    String word = name.afterwardsOrNull(plans && !place && !name.hintsAtId());
    return word == null
        ? Optional.empty()
        : Optional.of("by its name, '" + word + "', known only afterwards");
  }
}
