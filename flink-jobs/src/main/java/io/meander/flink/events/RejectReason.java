/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

/** Why a record was rejected, as the short stable code that rejects and metrics carry. */
public enum RejectReason {
  /** A Kafka record without a value. */
  TOMBSTONE("tombstone"),
  /** A file's row that could not be made into an event. */
  UNREADABLE_ROW("unreadable-row"),
  /** Bytes that are not an event of the declared schema. */
  MALFORMED_AVRO("malformed-avro"),
  /** A null in a field of the model key. */
  MISSING_KEY("missing-key"),
  /** A null in the field of the event's id. */
  MISSING_ID("missing-id"),
  /** A null in the field of the event time. */
  NO_EVENT_TIME("no-event-time"),
  /** A field whose value does not fit what the spec makes of it. */
  BAD_FIELD("bad-field"),
  /** A feature that failed on an event which has all its fields. */
  FAILED_TRANSFORM("failed-transform"),
  /** A record of the labels' topic without a label. */
  NO_LABEL("no-label"),
  /** A weight that is missing, not a number or out of range. */
  BAD_WEIGHT("bad-weight"),
  /** A label that is not in the class list. */
  UNKNOWN_CLASS("unknown-class"),
  /** A record of the control topic that is not a control command. */
  MALFORMED_COMMAND("malformed-command");

  private final String code;

  RejectReason(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
