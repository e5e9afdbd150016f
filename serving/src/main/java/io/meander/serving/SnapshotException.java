/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

/** A snapshot that must not be used; the message says which and why. */
public final class SnapshotException extends Exception {

  private static final long serialVersionUID = 1L;

  SnapshotException(String message, Throwable cause) {
    super(message, cause);
  }

  SnapshotException(String message) {
    super(message);
  }
}
