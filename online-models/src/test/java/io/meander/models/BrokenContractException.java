/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** A learner does not keep the contract; the message is the reason, a clause for a table. */
final class BrokenContractException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean cannotTakeIt;

  BrokenContractException(String reason) {
    this(reason, false);
  }

  private BrokenContractException(String reason, boolean cannotTakeIt) {
    super(reason);
    this.cannotTakeIt = cannotTakeIt;
  }

  static BrokenContractException cannotTakeIt(String reason) {
    return new BrokenContractException(reason, true);
  }

  /** The learner threw. */
  BrokenContractException(Throwable thrown, String when) {
    super(reason(thrown, when), thrown);
    this.cannotTakeIt = true;
  }

  /** Another stream may be what it can learn. */
  boolean cannotTakeIt() {
    return cannotTakeIt;
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
