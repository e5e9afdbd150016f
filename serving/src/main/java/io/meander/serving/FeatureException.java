/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

/** A request whose key or features cannot be worked out; the message says where and why. */
public final class FeatureException extends Exception {

  private static final long serialVersionUID = 1L;

  FeatureException(String message) {
    super(message);
  }

  FeatureException(String message, Throwable cause) {
    super(message, cause);
  }
}
