/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.features.Nominal;
import io.meander.spec.FileKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the learners will see.
 *
 * @param lines the features, in the fields' order
 * @param leftOut fields that are no features, each with the reason
 */
record FeatureChoice(List<Line> lines, Map<String, String> leftOut) {

  /** More values than that are hashed. */
  private static final int MOST_LISTED = 64;

  private static final int FEW_BUCKETS = 64;
  private static final int MANY_BUCKETS = 256;
  private static final double DAY = 86_400_000.0;

  /**
   * One feature.
   *
   * @param yaml as the spec says it
   * @param plain whether it is the field as it is
   */
  record Line(String yaml, String comment, boolean plain) {}

  /** Makes features of fields one by one. */
  static final class Builder {
    private final FileSample file;
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();

    Builder(FileSample file) {
      this.file = file;
      file.fields().forEach(field -> names.add(field.name()));
    }

    /** The event time is a feature as a time of the day and of the week. */
    void addEventTime(FieldSample time) {
      addTime(time, "hour", "weekday");
    }

    void add(FieldSample field) {
      String name = field.name();
      boolean arff = file.kind() == FileKind.ARFF;
      if (field.kind() == FieldSample.Kind.TIME) {
        String stem = name.replace('.', '_');
        addTime(field, stem + "_hour", stem + "_weekday");
      } else if (!arff && field.distinct() < 2) {
        leaveOut(field, field.distinct() == 0 ? "always missing" : "always the same");
      } else if (EpochMillis.areSeconds(field)) {
        leaveOut(field, "seconds since the epoch; times in whole numbers are read as milliseconds");
      } else if (field.kind() == FieldSample.Kind.NUMBER) {
        double[] sorted = field.sorted();
        String range =
            sorted.length == 0
                ? "always missing"
                : Numbers.shown(sorted[0]) + " to " + Numbers.shown(sorted[sorted.length - 1]);
        lines.add(new Line(YamlText.name(name), "number, " + range + missing(field), true));
      } else {
        addWord(field);
      }
    }

    void leaveOut(FieldSample field, String reason) {
      leftOut.put(field.name(), reason);
    }

    FeatureChoice build() {
      leftOut.putAll(file.unusable());
      return new FeatureChoice(List.copyOf(lines), leftOut);
    }

    private void addWord(FieldSample field) {
      String name = YamlText.name(field.name());
      int distinct = field.distinct();
      boolean complete = field.isListed() || field.type().getType().name().equals("BOOLEAN");
      if (complete) {
        int count = Nominal.values(field.type()).orElse(field.words()).size();
        lines.add(new Line(name, "nominal of " + count + " values" + missing(field), true));
      } else if (distinct > MOST_LISTED && distinct > field.present() / 2) {
        leaveOut(field, "text that is nearly always another");
      } else if (distinct <= MOST_LISTED && field.words().stream().noneMatch(String::isBlank)) {
        lines.add(
            new Line(
                "{name: %s, nominal: %s, values: %s, unknown: \"unknown\"}"
                    .formatted(
                        column(field.name()), name, YamlText.quotedList(FieldWords.of(field))),
                distinct + " values seen; others become unknown" + missing(field),
                false));
      } else {
        int buckets = distinct <= MANY_BUCKETS ? FEW_BUCKETS : MANY_BUCKETS;
        lines.add(
            new Line(
                "{name: %s, hashed: %s, buckets: %d}"
                    .formatted(column(field.name()), name, buckets),
                "%s values in %d buckets%s"
                    .formatted(Candidates.count(distinct), buckets, missing(field)),
                false));
      }
    }

    private void addTime(FieldSample field, String hour, String weekday) {
      double[] sorted = field.sorted();
      if (field.formatOrNull() != null) {
        leaveOut(
            field, "as a feature, since cyclic reads ISO-8601 times, not " + field.formatOrNull());
        return;
      }
      if (sorted.length == 0 || field.distinct() < 2) {
        leaveOut(field, "as a feature, since it is always the same");
        return;
      }
      double span = sorted[sorted.length - 1] - sorted[0];
      int before = lines.size();
      if (hasTimesOfDay(sorted)) {
        addCyclic(field, hour, "1d", "time of the day");
      }
      if (span >= 7 * DAY || (!file.whole() && span >= DAY)) {
        addCyclic(field, weekday, "7d", "day of the week");
      }
      if (lines.size() == before) {
        leaveOut(field, "as a feature, since the sample has less than a week of it");
      }
    }

    private static boolean hasTimesOfDay(double[] times) {
      double first = times[0] % DAY;
      for (double time : times) {
        if (time % DAY != first) {
          return true;
        }
      }
      return false;
    }

    private void addCyclic(FieldSample field, String wished, String period, String comment) {
      lines.add(
          new Line(
              "{name: %s, cyclic: %s, period: %s}"
                  .formatted(unused(wished), YamlText.name(field.name()), period),
              comment + ", as sine and cosine",
              false));
    }

    private String unused(String wished) {
      String name = wished;
      for (int i = 2; !names.add(name); i++) {
        name = wished + "_" + i;
      }
      return YamlText.name(name);
    }

    private static String column(String path) {
      return YamlText.name(path.replace('.', '_'));
    }

    private static String missing(FieldSample field) {
      int missing = field.rows() - field.present();
      return missing == 0
          ? ""
          : String.format(Locale.ROOT, ", %.2g%% missing", 100.0 * missing / field.rows());
    }
  }
}
