/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

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
 */
public record RawRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte[] key,
    byte[] value,
    long sequence,
    String unreadable) {}
