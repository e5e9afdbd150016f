/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.FailedTransformException;
import io.meander.features.UnfitEventException;
import io.meander.models.Observation;

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

  /** An event whose features cannot be worked out. */
  public static UnfitRecordException of(UnfitEventException e) {
    RejectReason reason =
        e instanceof FailedTransformException
            ? RejectReason.FAILED_TRANSFORM
            : RejectReason.BAD_FIELD;
    return new UnfitRecordException(reason, e.getMessage(), e);
  }

  /** An event that is past its reader, whose features cannot be completed. */
  public static UnfitRecordException of(FailedTransformException e, Observation event) {
    return new UnfitRecordException(
        RejectReason.FAILED_TRANSFORM,
        "%s; event '%s' of key '%s'".formatted(e.getMessage(), event.eventId(), event.key()),
        e);
  }

  public RejectReason reason() {
    return reason;
  }
}
