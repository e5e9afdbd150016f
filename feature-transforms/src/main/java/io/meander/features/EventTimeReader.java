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
import java.util.concurrent.TimeUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/**
 * Reads a time as milliseconds since the epoch: from Avro's timestamps and dates, a plain long
 * (milliseconds), or text in an ISO-8601 form or a given format. A time without an offset is in the
 * given zone; a date is its first moment there. Finer times are rounded down. Immutable and
 * thread-safe.
 */
public final class EventTimeReader {

  /** Length of an ISO-8601 date. */
  private static final int DATE_LENGTH = 10;

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
    try {
      this.format =
          patternOrNull == null
              ? DateTimeFormatter.ISO_DATE_TIME
              : DateTimeFormatter.ofPattern(patternOrNull, java.util.Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + patternOrNull + "' is not a date-time pattern: " + e.getMessage(), e);
    }
  }

  /**
   * @param value not null, in Avro's generic form
   * @throws UnfitEventException if it does not hold a time
   */
  public long read(Object value) throws UnfitEventException {
    if (value instanceof Long number) {
      return number(number);
    }
    if (value instanceof CharSequence text) {
      return text(text.toString().strip());
    }
    if (value instanceof Integer days) {
      return startOfDay(LocalDate.ofEpochDay(days));
    }
    throw new UnfitEventException(field, "field '" + field + "' is '" + value + "', not a time");
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
      TemporalAccessor parsed =
          format.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
      if (parsed instanceof Instant instant) {
        return instant.toEpochMilli();
      }
      if (parsed instanceof LocalDateTime dateTime) {
        return dateTime.atZone(zone).toInstant().toEpochMilli();
      }
      return startOfDay((LocalDate) parsed);
    } catch (DateTimeException | ArithmeticException e) {
      String allowed =
          patternOrNull == null
              ? "not an ISO-8601 time such as 2001-02-01T00:00:00Z"
              : "not a time of the format " + patternOrNull;
      throw new UnfitEventException(field, "field '" + field + "' is '" + text + "', " + allowed);
    }
  }

  private long startOfDay(LocalDate date) {
    return date.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
