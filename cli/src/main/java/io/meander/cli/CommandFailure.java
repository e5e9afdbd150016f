/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.Serial;

/** Ends a command with exit code 1. The message is what the user reads, whole lines. */
final class CommandFailure extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }

  CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
