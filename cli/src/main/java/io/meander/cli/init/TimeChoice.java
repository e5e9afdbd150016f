/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The event time.
 *
 * @param candidates the field, at most one
 * @param outOfOrderness how much earlier than a row before it a row was, at most, rounded up; null
 *     without a field
 */
record TimeChoice(Candidates candidates, Duration outOfOrderness) {

  private static final Duration LEAST = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofDays(7);
  private static final double MOSTLY = 0.1;

  /** Round durations to allow, ascending. */
  private static final List<Duration> STEPS =
      List.of(
          LEAST,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          Duration.ofHours(6),
          Duration.ofDays(1),
          MOST);

  /** How a time field goes through the rows: the share that is earlier than a row before. */
  private record Order(FieldSample field, double backwards, double longest) {
    static Order of(FieldSample field) {
      double latest = Double.NEGATIVE_INFINITY;
      double longest = 0;
      int backwards = 0;
      for (int row = 0; row < field.rows(); row++) {
        double time = field.value(row);
        if (time < latest) {
          backwards++;
          longest = Math.max(longest, latest - time);
        } else if (time > latest) {
          latest = time;
        }
      }
      return new Order(field, (double) backwards / Math.max(1, field.present()), longest);
    }

    int rank() {
      NameParts name = field.nameParts();
      int rank = backwards == 0 ? 100 : backwards < MOSTLY ? 60 : 0;
      rank += name.hintsAtTime() ? 10 : 0;
      rank += name.isPlanned() ? 10 : 0;
      rank -= name.hintsAtBirth() ? 200 : 0;
      return name.afterwardsOrNull(true) == null ? rank : rank - 90;
    }

    String text() {
      return field.name() + (backwards == 0 ? " (in order)" : " (not in order)");
    }
  }

  /** The time by which the rows are most in order, or that is called one. */
  static TimeChoice of(FileSample file, LabelChoice label) {
    List<Order> orders = new ArrayList<>();
    for (FieldSample field : file.fields()) {
      if (field.kind() == FieldSample.Kind.TIME
          && field != label.field()
          && field.isMostlyPresent()) {
        orders.add(Order.of(field));
      }
    }
    orders.sort(Comparator.comparingInt(Order::rank).reversed());
    if (orders.isEmpty() || orders.get(0).rank() <= 0) {
      return new TimeChoice(
          new Candidates(
              List.of(),
              orders.isEmpty() ? "no field holds a time" : "no time suggests itself",
              orders.stream().map(Order::text).toList()),
          null);
    }
    Order best = orders.get(0);
    return new TimeChoice(
        new Candidates(
            List.of(best.field()), reason(best), orders.stream().skip(1).map(Order::text).toList()),
        allowed(best.longest()));
  }

  private static String reason(Order best) {
    double[] sorted = best.field().sorted();
    String span =
        sorted.length == 0
            ? ""
            : ", from %s to %s".formatted(instant(sorted[0]), instant(sorted[sorted.length - 1]));
    if (best.backwards() == 0) {
      return "the rows are in its order" + span;
    }
    return "%s of the rows are earlier than one before them, by up to %s%s"
        .formatted(
            percent(best.backwards()), Duration.ofMillis((long) best.longest()).toString(), span);
  }

  private static String percent(double share) {
    return Numbers.shown(Math.ceil(share * 1000) / 10) + "%";
  }

  private static Instant instant(double millis) {
    return Instant.ofEpochMilli((long) millis);
  }

  private static Duration allowed(double longestMillis) {
    Duration longest = Duration.ofMillis((long) longestMillis);
    return STEPS.stream().filter(step -> step.compareTo(longest) >= 0).findFirst().orElse(MOST);
  }

  /** The field; null if there is none. */
  FieldSample fieldOrNull() {
    return candidates.isNone() ? null : candidates.fields().get(0);
  }
}
