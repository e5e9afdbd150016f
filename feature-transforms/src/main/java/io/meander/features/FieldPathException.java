/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.List;

/** A field path that the event schema does not have; the message names what it has. */
public final class FieldPathException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> nearest;

  FieldPathException(String message, List<String> nearest) {
    super(message);
    this.nearest = List.copyOf(nearest);
  }

  /** Names that may have been meant, the likeliest first. */
  public List<String> nearest() {
    return nearest;
  }
}
