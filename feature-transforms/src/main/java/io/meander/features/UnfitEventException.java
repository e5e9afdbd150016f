/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/** An event whose field does not fit what the pipeline makes of it: a reject, with the reason. */
public sealed class UnfitEventException extends Exception permits FailedTransformException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message a sentence: which field, what was found, what is allowed
   */
  public UnfitEventException(String message) {
    super(message, null, false, false); // per event: no stack trace
  }
}
