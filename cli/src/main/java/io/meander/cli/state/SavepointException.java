/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.state;

/** A savepoint cannot be read, with what to do. */
public final class SavepointException extends Exception {

  private static final long serialVersionUID = 1L;

  SavepointException(String message) {
    super(message);
  }

  SavepointException(String message, Throwable cause) {
    super(message, cause);
  }
}
