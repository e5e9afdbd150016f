/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The result files cannot be written; the message says where and why. */
public final class ReportException extends UncheckedIOException {

  private static final long serialVersionUID = 1L;

  ReportException(String message, IOException cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
