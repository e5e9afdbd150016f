/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** What comes to a model key, in the order of its arrival: an event, or the label of one. */
public sealed interface Arrival permits Observation, LabelArrival {

  /** The record's number in a bounded run, or {@link Observation#UNNUMBERED}. */
  long sequence();

  /** Of the event, or of the event that the label is about. */
  String eventId();

  /** The model key's text. */
  String key();

  /** Milliseconds since the epoch, or {@link Observation#NO_TIME}. */
  long time();
}
