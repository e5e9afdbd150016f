/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

/** A file that no spec can be made for as asked; the message says what to do. */
public final class InitException extends Exception {

  private static final long serialVersionUID = 1L;

  InitException(String message) {
    super(message);
  }
}
