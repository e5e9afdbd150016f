/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.List;

/** A savepoint or checkpoint cannot be taken over by the job that starts from it. */
public final class RefusedStateException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedStateException(List<String> reasons) {
    super(
        "the job cannot go on from this state: "
            + String.join("; ", reasons)
            + ". Start it with a spec that fits, or without the state (docs/upgrades.md)");
  }
}
