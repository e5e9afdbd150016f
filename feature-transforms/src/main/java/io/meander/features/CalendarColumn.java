/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A time's hour, weekday or month in a zone, as a nominal. */
final class CalendarColumn extends FieldColumn {

  private final EventTimeReader time;
  private final FeatureSpec.Calendar.Part part;
  private final ZoneId zone;

  CalendarColumn(FieldPath path, FeatureSpec.Calendar feature) {
    super(path, List.of(new Column(feature.name(), values(feature.part()))));
    this.time = new EventTimeReader(path, null, feature.zone());
    this.part = feature.part();
    this.zone = feature.zone();
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
    ZonedDateTime at = Instant.ofEpochMilli(time.read(value)).atZone(zone);
    vector[offset] =
        switch (part) {
          case HOUR -> at.getHour();
          case WEEKDAY -> at.getDayOfWeek().getValue() - 1;
          case MONTH -> at.getMonthValue() - 1;
        };
  }
}
