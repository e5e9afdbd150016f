/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

/** An expression that cannot be compiled; the message says where in it, and what is allowed. */
public final class ExpressionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  ExpressionException(int position, String message, Throwable cause) {
    super("character " + (position + 1) + ": " + message, cause);
  }
}
