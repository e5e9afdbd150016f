/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * When a slot's model is published: whichever comes first.
 *
 * @param everyInstances instances learned since the last publication
 * @param everyTimeOrNull processing time since the last publication, if anything was learned; null
 *     where a run must not depend on the clock
 */
public record PublishPolicy(long everyInstances, Duration everyTimeOrNull, boolean onDrift)
    implements Serializable {

  public Optional<Duration> everyTime() {
    return Optional.ofNullable(everyTimeOrNull);
  }
}
