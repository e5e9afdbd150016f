/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** A learner does not keep the contract; the message is the reason, a clause for a table. */
final class BrokenContractException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean threw;

  BrokenContractException(String reason) {
    super(reason);
    this.threw = false;
  }

  /** The learner threw: something in the stream may be what it cannot take. */
  BrokenContractException(Throwable thrown, String when) {
    super(reason(thrown, when), thrown);
    this.threw = true;
  }

  boolean threw() {
    return threw;
  }

  private static String reason(Throwable thrown, String when) {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause instanceof OptionStringException) {
      cause = cause.getCause();
    }
    if (cause instanceof NoClassDefFoundError && cause.getMessage() != null) {
      String missing = cause.getMessage().replaceFirst("^Could not initialize class ", "");
      return "needs " + missing.replace('/', '.') + ", of a library that Meander leaves out";
    }
    return "throws " + cause.getClass().getSimpleName() + " " + when;
  }
}
