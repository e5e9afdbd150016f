/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** A savepoint or checkpoint cannot be taken over by the job that starts from it. */
public final class RefusedStateException extends Exception {

  private static final long serialVersionUID = 1L;

  private RefusedStateException(List<String> reasons, Throwable causeOrNull) {
    super(
        "the job cannot go on from this state: "
            + String.join("; ", reasons)
            + ". Start it with a spec that fits, or without the state (docs/upgrades.md)",
        causeOrNull);
  }

  /** Fails the job at once and for good: a restart would find the same. */
  public static SuppressRestartsException refused(List<String> reasons) {
    return new SuppressRestartsException(new RefusedStateException(reasons, null));
  }

  /** As {@link #refused(List)}, for one reason. */
  public static SuppressRestartsException refused(String reason, Throwable cause) {
    return new SuppressRestartsException(new RefusedStateException(List.of(reason), cause));
  }
}
