/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

/** Stored bytes of a key's features that cannot be read; the message begins with a verb. */
public final class FeatureStateException extends Exception {

  private static final long serialVersionUID = 1L;

  FeatureStateException(String message) {
    super(message);
  }
}
