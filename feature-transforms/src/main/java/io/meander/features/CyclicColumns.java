/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Sine and cosine of a time's place in its period. */
final class CyclicColumns extends FieldColumn {
  private static final long A_MONDAY =
      LocalDate.of(1970, 1, 5).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();

  private static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);
  private static final Duration LONGEST_PERIOD = Duration.ofDays(36_525);

  private final EventTimeReader time;
  private final long period;
  private final LocalClock clock;

  CyclicColumns(FieldPath path, FeatureSpec.Cyclic feature) {
    super(
        path,
        List.of(Column.numeric(feature.name() + "_sin"), Column.numeric(feature.name() + "_cos")));
    Duration duration = feature.period();
    if (duration.compareTo(SHORTEST_PERIOD) < 0 || duration.compareTo(LONGEST_PERIOD) > 0) {
      throw new IllegalArgumentException(
          "a period is from a millisecond to 36525 days (a hundred years), not " + duration);
    }
    this.time = new EventTimeReader(path, null, feature.zone());
    this.period = duration.toMillis();
    this.clock = new LocalClock(feature.zone());
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    long local = clock.local(time.read(value));
    double angle = 2 * Math.PI * Math.floorMod(local - A_MONDAY, period) / period;
    vector[offset] = StrictMath.sin(angle);
    vector[offset + 1] = StrictMath.cos(angle);
  }
}
