/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

/** The snapshot topic cannot be followed; the message says why and what to do. */
public final class FollowException extends Exception {

  private static final long serialVersionUID = 1L;

  FollowException(String message, Throwable cause) {
    super(message, cause);
  }
}
