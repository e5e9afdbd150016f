/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** What became of a label, or of a prediction that got none. Every label has exactly one. */
public enum LabelOutcome {
  /** It met its waiting prediction: scored and learned. */
  IN_TIME,
  /** It came before its event, and met the prediction at once: scored and learned. */
  EARLY,
  /** Its prediction had been given up; learned only if the pipeline says so. */
  LATE,
  /** The event had this very label already; ignored. */
  DUPLICATE,
  /** The event had another label already; learned only if the pipeline says so. */
  CORRECTED,
  /**
   * No event of that id came while the label was kept, or none that is remembered; why, see {@link
   * GivenUp}.
   */
  UNMATCHED,
  /** Of a prediction: it waits no more and got no label; why, see {@link GivenUp}. */
  NEVER
}
