/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.features.FeatureInputs;

/**
 * One event made ready for a model set: what the features made of it and what is known of its
 * label. Its arrays are handed over, not copied: nobody changes them after construction.
 *
 * @param sequence the record's number in a bounded run, from 0 without gaps; {@link #UNNUMBERED} in
 *     a live one
 * @param eventId unique per event
 * @param key the model key's text
 * @param eventTime milliseconds since the epoch, or {@link #NO_TIME}
 * @param features one value per column of the feature schema; NaN is missing, a nominal is its
 *     index
 * @param label index in the class list, or the number; {@link Target#NONE} if it is not known
 * @param weight of the event if it is learned, above 0 and finite
 * @param slices one text per declared slice, its fields joined by {@code |}
 * @param inputs what features that remember take from it; the vector's columns for those are open
 * @param partition of the topic of events that it was read from; 0 of a file
 * @param offset in that partition, the row's number in a file, or {@link Arrival#NO_OFFSET}
 * @param originOrNull its record, where features that are still open may fail
 */
public record Observation(
    long sequence,
    String eventId,
    String key,
    long eventTime,
    double[] features,
    double label,
    double weight,
    String[] slices,
    FeatureInputs inputs,
    int partition,
    long offset,
    EventOrigin originOrNull)
    implements Arrival {

  public static final long UNNUMBERED = -1;
  public static final long NO_TIME = Long.MIN_VALUE;
  public static final double NO_LABEL = Target.NONE;

  @Override
  public long time() {
    return eventTime;
  }

  /** An event whose features cannot fail any more. */
  public Observation(
      long sequence,
      String eventId,
      String key,
      long eventTime,
      double[] features,
      double label,
      double weight,
      String[] slices,
      FeatureInputs inputs,
      int partition,
      long offset) {
    this(
        sequence, eventId, key, eventTime, features, label, weight, slices, inputs, partition,
        offset, null);
  }

  /** Likewise, that was read from nowhere. */
  public Observation(
      long sequence,
      String eventId,
      String key,
      long eventTime,
      double[] features,
      double label,
      double weight,
      String[] slices,
      FeatureInputs inputs) {
    this(sequence, eventId, key, eventTime, features, label, weight, slices, inputs, 0, NO_OFFSET);
  }

  /** Likewise, of a pipeline whose features remember nothing. */
  public Observation(
      long sequence,
      String eventId,
      String key,
      long eventTime,
      double[] features,
      double label,
      double weight,
      String[] slices) {
    this(sequence, eventId, key, eventTime, features, label, weight, slices, FeatureInputs.NONE);
  }

  /** Likewise, of weight 1. */
  public Observation(
      long sequence,
      String eventId,
      String key,
      long eventTime,
      double[] features,
      double label,
      String[] slices) {
    this(sequence, eventId, key, eventTime, features, label, 1.0, slices);
  }

  public boolean hasLabel() {
    return !Double.isNaN(label);
  }

  /** The same event with other features, which are not open any more. */
  public Observation withFeatures(double[] other) {
    return new Observation(
        sequence, eventId, key, eventTime, other, label, weight, slices, inputs, partition, offset);
  }
}
