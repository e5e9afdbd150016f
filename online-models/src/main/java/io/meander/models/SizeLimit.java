/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;

/**
 * How large a slot's learner may grow.
 *
 * @param bytes of the serialised learner in canonical form, before compression
 */
public record SizeLimit(long bytes, Action action) implements Serializable {

  /** What becomes of a learner that is larger. */
  public enum Action {
    /** The slot begins anew with a fresh learner. */
    RESTART,
    /** The learner votes on as it is, and learns no more until the slot gets another. */
    STOP_LEARNING
  }

  public SizeLimit {
    if (bytes < 1) {
      throw new IllegalArgumentException("a limit of " + bytes + " bytes");
    }
  }

  /** The limit as events name it. */
  public String text() {
    return "max-bytes " + bytes;
  }
}
