/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** Why a snapshot was published. */
public enum PublishCause {
  /** Enough instances were learned since the last one. */
  INSTANCES,
  /** Enough time has passed and something was learned. */
  TIME,
  /** The slot's detector raised a drift. */
  DRIFT,
  /** The slot was made the one that serves, or all slots were. */
  PROMOTION,
  /** By a control command, the slot went back to an earlier version. */
  ROLLBACK,
  /** The stream ended. */
  END
}
