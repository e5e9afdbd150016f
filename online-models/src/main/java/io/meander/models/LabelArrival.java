/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.features.FeatureInputs;

/**
 * A label that comes on its own, after its event or before it.
 *
 * @param sequence the record's number in a bounded run, or {@link Observation#UNNUMBERED}
 * @param eventId of the event that it is about
 * @param key the model key's text, as the event has it
 * @param time when the label was known, milliseconds since the epoch, or {@link
 *     Observation#NO_TIME}
 * @param label index in the class list, or the number; {@link Target#NONE} if it meets nothing
 * @param scoreOnly whether it scores its prediction and trains nothing: it came after the end
 * @param inputs what features over labels take from it
 * @param early whether it is known to have come before its event, which may stand before it here
 * @param partition of the labels' topic that it was read from; 0 of a file
 * @param offset in that partition, the row's number in a file, or {@link Arrival#NO_OFFSET}
 */
public record LabelArrival(
    long sequence,
    String eventId,
    String key,
    long time,
    double label,
    boolean scoreOnly,
    FeatureInputs inputs,
    boolean early,
    int partition,
    long offset)
    implements Arrival {

  /** A label that was read from nowhere, of which only its place says whether it is early. */
  public LabelArrival(
      long sequence,
      String eventId,
      String key,
      long time,
      double label,
      boolean scoreOnly,
      FeatureInputs inputs) {
    this(sequence, eventId, key, time, label, scoreOnly, inputs, false, 0, NO_OFFSET);
  }

  /** Likewise, of a pipeline without features over labels. */
  public LabelArrival(
      long sequence, String eventId, String key, long time, double label, boolean scoreOnly) {
    this(sequence, eventId, key, time, label, scoreOnly, FeatureInputs.NONE);
  }

  /** Whether there is a label in it: else its event is known to get none. */
  public boolean hasLabel() {
    return !Double.isNaN(label);
  }

  /** The same label under another model key. */
  public LabelArrival withKey(String other) {
    return withKey(other, early);
  }

  /** Likewise, of a label that came before its event. */
  public LabelArrival earlyWithKey(String other) {
    return withKey(other, true);
  }

  private LabelArrival withKey(String other, boolean isEarly) {
    return new LabelArrival(
        sequence, eventId, other, time, label, scoreOnly, inputs, isEarly, partition, offset);
  }
}
