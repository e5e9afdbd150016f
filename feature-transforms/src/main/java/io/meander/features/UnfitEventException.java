/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/** An event whose field does not fit what the pipeline makes of it: a reject, with the reason. */
public final class UnfitEventException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param message a sentence: which field, what was found, what is allowed
   */
  public UnfitEventException(String field, String message) {
    super(message, null, false, false); // per event: no stack trace
    this.field = field;
  }

  public String field() {
    return field;
  }
}
