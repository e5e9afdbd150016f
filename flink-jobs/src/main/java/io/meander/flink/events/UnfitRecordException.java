/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

/** A record that cannot become an observation. It becomes a reject, and the job goes on. */
public final class UnfitRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  /**
   * @param detail a sentence: where, what was found, what is allowed
   */
  public UnfitRecordException(RejectReason reason, String detail) {
    this(reason, detail, null);
  }

  public UnfitRecordException(RejectReason reason, String detail, Throwable cause) {
    // Rejects may come in floods; nobody reads their stack traces.
    super(detail, cause, false, false);
    this.reason = reason;
  }

  public RejectReason reason() {
    return reason;
  }
}
