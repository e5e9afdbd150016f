/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/** An option string that MOA does not take, or that names what may not be used here. */
public final class OptionStringException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String found;
  private final List<String> nearest;

  /**
   * @param message a whole sentence: what was found, what is allowed
   * @param nearest names that may have been meant, the likeliest first
   */
  public OptionStringException(
      String message, String found, List<String> nearest, Throwable cause) {
    super(message, cause);
    this.found = found;
    this.nearest = List.copyOf(nearest);
  }

  public String found() {
    return found;
  }

  public List<String> nearest() {
    return nearest;
  }
}
