/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which slots' models are due to be published. Looks and changes nothing; called by the {@link
 * Reducer}.
 */
final class PublishRules {

  private PublishRules() {}

  /** See {@link Reducer#decidePublished}. */
  static List<Fact.Published> decide(ModelSet set, PublishPolicy policy, long now) {
    List<Fact.Published> facts = List.of();
    for (Slot slot : set.slots) {
      Optional<PublishCause> cause = publishCause(set.key(), slot, policy, now);
      if (cause.isPresent()) {
        if (facts.isEmpty()) {
          facts = new ArrayList<>(2);
        }
        facts.add(new Fact.Published(slot.id(), cause.get(), now));
      }
    }
    return facts;
  }

  private static Optional<PublishCause> publishCause(
      String key, Slot slot, PublishPolicy policy, long now) {
    if (slot.isFrozen()) {
      return Optional.empty();
    }
    if (slot.urgentOrNull != null
        && (slot.urgentOrNull != PublishCause.DRIFT || policy.onDrift())) {
      return Optional.of(slot.urgentOrNull);
    }
    long learned = slot.trained - slot.publishedTrained;
    if (learned >= policy.everyInstances()) {
      return Optional.of(PublishCause.INSTANCES);
    }
    boolean timeIsUp =
        learned > 0
            && policy.everyTimeOrNull() != null
            && now >= policy.nextTime(key, slot.publishedAt);
    return timeIsUp ? Optional.of(PublishCause.TIME) : Optional.empty();
  }
}
