/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * What comes to a model key, in the order of its arrival: an event, the label of one, or an order
 * for this key alone. On the same way, so that their order is kept, parents' models come to the
 * tasks.
 */
public sealed interface Arrival permits Observation, LabelArrival, ParentModel, Directive {

  /** It was read from nowhere. */
  long NO_OFFSET = -1;

  /** The record's number in a bounded run, or {@link Observation#UNNUMBERED}. */
  default long sequence() {
    return Observation.UNNUMBERED;
  }

  /** Of the event, or of the event that the label is about; empty if it is about none. */
  default String eventId() {
    return "";
  }

  /** Partition of the topic that it was read from; 0 of a file. */
  default int partition() {
    return 0;
  }

  /** Its offset in that partition, its row's number in a file, or {@link #NO_OFFSET}. */
  default long offset() {
    return NO_OFFSET;
  }

  /** The model key's text. */
  String key();

  /** Milliseconds since the epoch, or {@link Observation#NO_TIME}. */
  default long time() {
    return Observation.NO_TIME;
  }
}
