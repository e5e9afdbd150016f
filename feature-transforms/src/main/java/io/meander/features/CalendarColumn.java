/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.time.DayOfWeek;
import java.time.Month;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A time's hour, weekday or month in a zone, as a nominal. */
final class CalendarColumn extends FieldColumn {

  private final EventTimeReader time;
  private final FeatureSpec.Calendar.Part part;
  private final LocalClock clock;

  CalendarColumn(FieldPath path, FeatureSpec.Calendar feature) {
    super(path, List.of(new Column(feature.name(), values(feature.part()))));
    this.time = new EventTimeReader(path, null, feature.zone());
    this.part = feature.part();
    this.clock = new LocalClock(feature.zone());
  }

  private static List<String> values(FeatureSpec.Calendar.Part part) {
    return switch (part) {
      case HOUR -> IntStream.range(0, 24).mapToObj(Integer::toString).toList();
      case WEEKDAY -> Arrays.stream(DayOfWeek.values()).map(CalendarColumn::word).toList();
      case MONTH -> Arrays.stream(Month.values()).map(CalendarColumn::word).toList();
    };
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  void write(Object value, double[] vector, int offset) throws UnfitEventException {
    long local = clock.local(time.read(value));
    vector[offset] =
        switch (part) {
          case HOUR -> LocalClock.hour(local);
          case WEEKDAY -> LocalClock.weekday(local);
          case MONTH -> LocalClock.date(local).getMonthValue() - 1;
        };
  }
}
