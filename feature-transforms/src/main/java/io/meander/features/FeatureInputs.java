/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/**
 * What features that remember take from an event and from its label, read where the record was
 * read; NaN where it brought nothing. The arrays are handed over, not copied: nobody changes them.
 *
 * @param event from the event
 * @param texts from the event, for users' transforms; null where there is none
 * @param label from its label; empty while that is not known
 */
public record FeatureInputs(double[] event, String[] texts, double[] label) {

  private static final double[] NOTHING = {};
  private static final String[] NO_TEXTS = {};

  /** Of pipelines without such features. */
  public static final FeatureInputs NONE = new FeatureInputs(NOTHING, NO_TEXTS, NOTHING);

  /** Without texts. */
  public FeatureInputs(double[] event, double[] label) {
    this(event, NO_TEXTS, label);
  }

  public FeatureInputs withEvent(double[] other) {
    return new FeatureInputs(other, texts, label);
  }

  public FeatureInputs withTexts(String[] other) {
    return new FeatureInputs(event, other, label);
  }

  public FeatureInputs withLabel(double[] other) {
    return other.length == 0 && label.length == 0 ? this : new FeatureInputs(event, texts, other);
  }

  /** What a label that comes later is remembered with. */
  public FeatureInputs withoutTexts() {
    return texts.length == 0 ? this : new FeatureInputs(event, NO_TEXTS, label);
  }

  public boolean isEmpty() {
    return event.length == 0 && texts.length == 0 && label.length == 0;
  }
}
