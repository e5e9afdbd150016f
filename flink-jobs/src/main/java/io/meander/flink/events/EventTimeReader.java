/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.FieldPath;
import io.meander.spec.PipelineSpec;
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
import org.apache.avro.generic.GenericRecord;

/**
 * Reads an event's time as milliseconds since the epoch: from Avro's timestamps and dates, a plain
 * long (milliseconds), or text in an ISO-8601 form or the declared format. A time without an offset
 * is in the declared zone; a date is its first moment there. Finer times are rounded down.
 */
final class EventTimeReader {

  /** Length of an ISO-8601 date. */
  private static final int DATE_LENGTH = 10;

  private final FieldPath field;
  private final String logicalType;
  private final String pattern;
  private final DateTimeFormatter format;
  private final ZoneId zone;

  EventTimeReader(PipelineSpec.EventTime time, Schema event) {
    this.field = FieldPath.parse(time.field());
    LogicalType logical = field.resolve(event).getLogicalType();
    this.logicalType = logical == null ? "" : logical.getName();
    this.pattern = time.formatOrNull();
    this.format = pattern == null ? null : DateTimeFormatter.ofPattern(pattern);
    this.zone = time.zone();
  }

  /**
   * @throws UnfitRecordException if the field is null or does not hold a time
   */
  long read(GenericRecord event) throws UnfitRecordException {
    Object value = field.read(event);
    if (value == null) {
      throw new UnfitRecordException(
          RejectReason.NO_EVENT_TIME, "event time '" + field + "' is null");
    }
    if (value instanceof CharSequence text) {
      return readText(text.toString().strip());
    }
    if (value instanceof Long number) {
      return readNumber(number);
    }
    if (value instanceof Integer days && logicalType.equals("date")) {
      return startOfDay(LocalDate.ofEpochDay(days));
    }
    throw new UnfitRecordException(
        RejectReason.BAD_FIELD,
        "event time '" + field + "' holds '" + value + "'; a timestamp, a date or text is a time");
  }

  private long readNumber(long number) {
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

  private long readText(String text) throws UnfitRecordException {
    try {
      if (format == null && text.length() == DATE_LENGTH) {
        return startOfDay(LocalDate.parse(text));
      }
      DateTimeFormatter reader = format == null ? DateTimeFormatter.ISO_DATE_TIME : format;
      TemporalAccessor parsed =
          reader.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
      if (parsed instanceof Instant instant) {
        return instant.toEpochMilli();
      }
      if (parsed instanceof LocalDateTime dateTime) {
        return dateTime.atZone(zone).toInstant().toEpochMilli();
      }
      return startOfDay((LocalDate) parsed);
    } catch (DateTimeException e) {
      String allowed =
          format == null
              ? "an ISO-8601 time such as 2001-02-01T00:00:00Z is needed, or events.time.format"
              : "events.time.format is " + pattern;
      throw new UnfitRecordException(
          RejectReason.BAD_FIELD, "event time '" + field + "' is '" + text + "'; " + allowed, e);
    } catch (ArithmeticException e) {
      throw new UnfitRecordException(
          RejectReason.BAD_FIELD,
          "event time '" + field + "' is '" + text + "', too far from the epoch for milliseconds",
          e);
    }
  }

  private long startOfDay(LocalDate date) {
    return date.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
