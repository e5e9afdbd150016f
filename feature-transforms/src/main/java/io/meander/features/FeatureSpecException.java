/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/** A declared feature that the event schema does not allow. */
public final class FeatureSpecException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int index;

  FeatureSpecException(int index, String message, Throwable cause) {
    super(message, cause);
    this.index = index;
  }

  /** Position of the feature in the declared list, from 0; -1 if it is about the list. */
  public int index() {
    return index;
  }
}
