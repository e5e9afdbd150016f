/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * The record that an event came in: what is needed to look into it and to send it again. Its arrays
 * are handed over, not copied.
 *
 * @param topic or a file's name
 * @param partition 0 of a file
 * @param offset or the row's number, from 0
 * @param timestamp milliseconds since the epoch, or {@link Observation#NO_TIME}
 * @param key null if it has none
 * @param value null if it has none
 */
public record EventOrigin(
    String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {}
