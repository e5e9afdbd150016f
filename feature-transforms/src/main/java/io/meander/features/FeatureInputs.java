/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/**
 * What features that remember take from an event and from its label, read where the record was
 * read; NaN where it brought nothing. The arrays are handed over, not copied: nobody changes them.
 *
 * @param event from the event
 * @param label from its label; empty while that is not known
 */
public record FeatureInputs(double[] event, double[] label) {

  private static final double[] NOTHING = {};

  /** Of pipelines without such features. */
  public static final FeatureInputs NONE = new FeatureInputs(NOTHING, NOTHING);

  public FeatureInputs withEvent(double[] other) {
    return new FeatureInputs(other, label);
  }

  public FeatureInputs withLabel(double[] other) {
    return new FeatureInputs(event, other);
  }

  public boolean isEmpty() {
    return event.length == 0 && label.length == 0;
  }
}
