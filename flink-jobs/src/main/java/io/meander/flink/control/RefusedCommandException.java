/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

/** A control command that cannot be carried out; the message says why, in a sentence. */
final class RefusedCommandException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedCommandException(String message) {
    super(message);
  }

  RefusedCommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
