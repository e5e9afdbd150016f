/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

/** Bytes that are not a record of the schema; the message says what is wrong with them. */
public final class MalformedEventException extends Exception {

  private static final long serialVersionUID = 1L;

  public MalformedEventException(String message) {
    super(message);
  }

  public MalformedEventException(String message, Throwable cause) {
    super(message, cause);
  }
}
