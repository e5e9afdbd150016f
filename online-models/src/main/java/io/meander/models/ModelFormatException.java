/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * Bytes that are not a model this release reads, or a model that cannot be made bytes. The message
 * says which and why; whoever knows the key and slot adds them.
 */
public final class ModelFormatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ModelFormatException(String message) {
    super(message);
  }

  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
