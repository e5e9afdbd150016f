/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/**
 * Reads a time as milliseconds since the epoch: from Avro's timestamps and dates, a plain long
 * (milliseconds), or text in an ISO-8601 form or a given format. A time without an offset is in the
 * given zone; a date is its first moment there. Finer times are rounded down. Names in text are
 * English. Times are of the years 1 to 9999. Immutable and thread-safe.
 */
public final class EventTimeReader {

  /** Length of an ISO-8601 date. */
  private static final int DATE_LENGTH = 10;

  private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private static final LocalDateTime MORNING = LocalDateTime.of(2001, 11, 23, 1, 2, 3, 4_000_000);
  private static final LocalDateTime EVENING = LocalDateTime.of(2001, 11, 23, 23, 7, 8, 9_000_000);

  private final String field;
  private final String logicalType;
  private final String patternOrNull;
  private final DateTimeFormatter format;
  private final ZoneId zone;

  /**
   * @param patternOrNull a {@link DateTimeFormatter} pattern for text; null for ISO-8601
   * @throws IllegalArgumentException if the field's type holds no time, or the pattern is not one
   */
  public EventTimeReader(FieldPath path, String patternOrNull, ZoneId zone) {
    Schema type = path.type();
    LogicalType logical = type.getLogicalType();
    this.field = path.toString();
    this.logicalType = logical == null ? "" : logical.getName();
    this.patternOrNull = patternOrNull;
    this.zone = zone;
    boolean date = type.getType() == Schema.Type.INT && logicalType.equals("date");
    boolean text = type.getType() == Schema.Type.STRING;
    boolean number =
        type.getType() == Schema.Type.LONG
            && (logicalType.isEmpty() || logicalType.contains("timestamp-"));
    if (!date && !text && !number) {
      throw new IllegalArgumentException(
          "'"
              + field
              + "' is "
              + FieldPath.name(type)
              + ", which holds no time; a timestamp, a date, a long of milliseconds or text does");
    }
    this.format = patternOrNull == null ? DateTimeFormatter.ISO_DATE_TIME : format(patternOrNull);
  }

  /** The pattern's format, if a time that it writes can be read again. */
  private static DateTimeFormatter format(String pattern) {
    DateTimeFormatter format;
    try {
      format = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + pattern + "' is not a date-time pattern: " + e.getMessage(), e);
    }
    try {
      String morning = format.format(MORNING.atZone(ZoneOffset.UTC));
      String evening = format.format(EVENING.atZone(ZoneOffset.UTC));
      if (!morning.equals(evening) && parse(evening, format) instanceof LocalDate) {
        throw new IllegalArgumentException(
            "'"
                + pattern
                + "' has a part of the time of day that says no hour of 24; write HH, or hh with a");
      }
      parse(morning, format);
      return format;
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'"
              + pattern
              + "' does not say a whole date; year (yyyy), month (MM) and day (dd) do: "
              + e.getMessage(),
          e);
    }
  }

  private static TemporalAccessor parse(String text, DateTimeFormatter format) {
    return format.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
  }

  /**
   * @param value not null, in Avro's generic form
   * @throws UnfitEventException if it does not hold a time
   */
  public long read(Object value) throws UnfitEventException {
    try {
      long millis = millis(value);
      if (millis >= EARLIEST && millis <= LATEST) {
        return millis;
      }
    } catch (ArithmeticException e) {
      // Further away than milliseconds reach.
    }
    String advice =
        value instanceof Long && logicalType.isEmpty()
            ? "; a plain long is milliseconds, declare finer ones as timestamp-micros"
            : "";
    throw unfit(value, "not a time of the years 1 to 9999" + advice);
  }

  private long millis(Object value) throws UnfitEventException {
    if (value instanceof Long number) {
      return number(number);
    }
    if (value instanceof CharSequence text) {
      return text(text.toString().strip());
    }
    if (value instanceof Integer days) {
      return startOfDay(LocalDate.ofEpochDay(days));
    }
    throw unfit(value, "not a time");
  }

  private long number(long number) {
    return switch (logicalType) {
      case "timestamp-micros" -> Math.floorDiv(number, 1_000L);
      case "timestamp-nanos" -> Math.floorDiv(number, 1_000_000L);
      case "local-timestamp-millis" -> local(number, TimeUnit.MILLISECONDS);
      case "local-timestamp-micros" -> local(number, TimeUnit.MICROSECONDS);
      case "local-timestamp-nanos" -> local(number, TimeUnit.NANOSECONDS);
      default -> number;
    };
  }

  private long local(long number, TimeUnit unit) {
    long perSecond = unit.convert(1, TimeUnit.SECONDS);
    long seconds = Math.floorDiv(number, perSecond);
    long nanos = unit.toNanos(Math.floorMod(number, perSecond));
    return LocalDateTime.ofEpochSecond(seconds, (int) nanos, ZoneOffset.UTC)
        .atZone(zone)
        .toInstant()
        .toEpochMilli();
  }

  private long text(String text) throws UnfitEventException {
    try {
      if (patternOrNull == null && text.length() == DATE_LENGTH) {
        return startOfDay(LocalDate.parse(text));
      }
      TemporalAccessor parsed = parse(text, format);
      if (parsed instanceof Instant instant) {
        return instant.toEpochMilli();
      }
      if (parsed instanceof LocalDateTime dateTime) {
        return dateTime.atZone(zone).toInstant().toEpochMilli();
      }
      return startOfDay((LocalDate) parsed);
    } catch (DateTimeException e) {
      String allowed =
          patternOrNull == null
              ? "not an ISO-8601 time such as 2001-02-01T00:00:00Z"
              : "not a time of the format " + patternOrNull;
      throw unfit(text, allowed);
    }
  }

  private long startOfDay(LocalDate date) {
    return date.atStartOfDay(zone).toInstant().toEpochMilli();
  }

  private UnfitEventException unfit(Object value, String why) {
    return new UnfitEventException("field '" + field + "' is '" + value + "', " + why);
  }
}
