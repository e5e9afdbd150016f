/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** Why a prediction waits no more for its label, or a label no more for its event. */
public enum GivenUp {
  /** Its wait was over. */
  WAIT_OVER("wait"),
  /** The event is known to get no label. */
  NO_LABEL("no-label"),
  /** The key had no room for it any more. */
  NO_ROOM_OF_KEY("max-waiting-per-key"),
  /** The task had no room for it any more. */
  NO_ROOM("max-waiting"),
  /** Its key was forgotten. */
  KEY_FORGOTTEN("expire-after");

  private final String code;

  GivenUp(String code) {
    this.code = code;
  }

  /** The short stable word for it: where there is one, the spec's key that set the limit. */
  public String code() {
    return code;
  }
}
