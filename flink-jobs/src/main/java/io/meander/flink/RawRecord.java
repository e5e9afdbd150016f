/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.models.EventOrigin;

/**
 * A record as a source read it, before anyone looked inside. Decoding is the job's, not the
 * source's: a deserialiser that throws would restart the job forever.
 *
 * @param topic the Kafka topic, or the file's name
 * @param partition 0 for a file
 * @param offset in the partition; the row's number, from 0, for a file
 * @param timestamp the Kafka record's, milliseconds since the epoch; Long.MIN_VALUE for a file
 * @param key may be null
 * @param value the event as Avro bytes; null for a Kafka tombstone; for an unreadable row its text
 * @param sequence number in a bounded run, without gaps; {@code Observation.UNNUMBERED} otherwise
 * @param unreadable why a file's row could not be made into an event; null for all others
 * @param kind what it is to be read as
 * @param row number of the event in its file; {@code Observation.UNNUMBERED} if it is from none
 */
public record RawRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte[] key,
    byte[] value,
    long sequence,
    String unreadable,
    Kind kind,
    long row) {

  /** What a record is to be read as. */
  public enum Kind {
    /** An event, with its label if that is inside. */
    EVENT(0),
    /** An event whose label is inside and not known yet. */
    EVENT_BEFORE_LABEL(1),
    /** A label: a record of its own, or the event that it is inside. */
    LABEL(2),
    /** A label that came after the end: it is scored and not learned. */
    LABEL_AFTER_END(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** As it is sent. */
    public int code() {
      return code;
    }

    /**
     * @throws IllegalArgumentException if no kind has this code
     */
    public static Kind of(int code) {
      return switch (code) {
        case 0 -> EVENT;
        case 1 -> EVENT_BEFORE_LABEL;
        case 2 -> LABEL;
        case 3 -> LABEL_AFTER_END;
        default -> throw new IllegalArgumentException("no record is of kind " + code);
      };
    }
  }

  /** An event; if it is numbered, its number is that of its row. */
  public RawRecord(
      String topic,
      int partition,
      long offset,
      long timestamp,
      byte[] key,
      byte[] value,
      long sequence,
      String unreadable) {
    this(
        topic,
        partition,
        offset,
        timestamp,
        key,
        value,
        sequence,
        unreadable,
        Kind.EVENT,
        sequence);
  }

  /** Where it was read and what it was, for a reject. */
  public EventOrigin origin() {
    return new EventOrigin(topic, partition, offset, timestamp, key, value);
  }
}
