/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.IOException;

/**
 * An embedded broker or cluster did not start, answer or stop. The message is a complete sentence
 * for the user: what was wanted, what happened, what to do next.
 */
public final class EmbeddedException extends IOException {

  private static final long serialVersionUID = 1L;

  public EmbeddedException(String message) {
    super(message);
  }

  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
