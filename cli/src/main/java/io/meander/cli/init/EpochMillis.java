/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.time.Instant;
import org.apache.avro.Schema;

/** Whole numbers that are milliseconds, or seconds, since the epoch. */
final class EpochMillis {

  private static final double FROM = Instant.parse("1990-01-01T00:00:00Z").toEpochMilli();
  private static final double TO = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

  private EpochMillis() {}

  /** Whether a field's values all are milliseconds of the years 1990 to 2099. */
  static boolean are(FieldSample field) {
    return field.type().getType() == Schema.Type.LONG && within(field, FROM, TO);
  }

  /** Whether a field is called a time and its values all are seconds of those years. */
  static boolean areSeconds(FieldSample field) {
    return field.isWhole()
        && field.nameParts().hintsAtTime()
        && within(field, FROM / 1000, TO / 1000);
  }

  private static boolean within(FieldSample field, double from, double to) {
    boolean any = false;
    for (int row = 0; row < field.rows(); row++) {
      double value = field.value(row);
      if (value < from || value >= to) {
        return false;
      }
      any |= !Double.isNaN(value);
    }
    return any;
  }
}
