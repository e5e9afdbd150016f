/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/** When a key's champion is copied into its frozen twin. */
public sealed interface FreezeSpec extends Serializable {

  /** Before the key's first event at or after this time; a key born later gets no twin. */
  record At(Instant time) implements FreezeSpec {}

  /** Once the champion has trained on this many instances of the key. */
  record AfterInstances(long instances) implements FreezeSpec {}

  /** Before the key's first event that is this much later than its first. */
  record AfterTime(Duration time) implements FreezeSpec {}
}
