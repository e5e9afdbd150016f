/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/**
 * A feature could not be worked out of an event that has all its fields: what works it out failed.
 * A reject, with the feature's name.
 */
public final class FailedTransformException extends UnfitEventException {

  private static final long serialVersionUID = 1L;

  private final String feature;

  /**
   * @param what that failed, such as {@code feature 'x'}
   * @param how what it did
   */
  FailedTransformException(String feature, String what, String how) {
    super(what + " failed: " + how);
    this.feature = feature;
  }

  /** Name of the feature. */
  public String feature() {
    return feature;
  }
}
