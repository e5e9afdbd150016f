/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.IOException;

/** A data file that cannot be read as events; the message says what to do. */
public final class EventFileException extends IOException {

  private static final long serialVersionUID = 1L;

  EventFileException(String message) {
    super(message);
  }

  EventFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
