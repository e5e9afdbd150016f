/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureSchema;
import io.meander.features.FeatureStateException;
import io.meander.features.MissingPolicy;
import io.meander.features.MissingValues;
import io.meander.features.SeenValues;
import io.meander.models.ModelFormatException;
import io.meander.models.Observation;
import java.io.IOException;

/**
 * What keys' missing values are filled in from: with the live model sets on the heap, and in keyed
 * state as of the last flush or eviction. Nothing at all if the policy needs no memory. Called by
 * {@link KeyedModels}, on the task's thread.
 */
final class FeatureMemory {

  private final StoredModels stored;
  private final MissingValues rulesOrNull;

  FeatureMemory(StoredModels stored, MissingPolicy policy, FeatureSchema schema) {
    this.stored = stored;
    this.rulesOrNull = policy.remembers() ? new MissingValues(policy, schema) : null;
  }

  /** Of a key without a past; null if nothing is remembered. */
  SeenValues none() {
    return rulesOrNull == null ? null : rulesOrNull.none();
  }

  /**
   * The current key's; null if nothing is remembered.
   *
   * @throws ModelFormatException if what is stored cannot be read
   */
  SeenValues load() throws IOException {
    byte[] bytes = rulesOrNull == null ? null : stored.features();
    if (bytes == null) {
      return none();
    }
    try {
      return rulesOrNull.read(bytes);
    } catch (FeatureStateException e) {
      throw new ModelFormatException("has a state of its features that " + e.getMessage(), e);
    }
  }

  /** The event with its missing values filled in; what it has itself is remembered. */
  Observation complete(LiveModels.Entry entry, Observation event) {
    double[] features = entry.seenOrNull.complete(event.features());
    entry.seenMore = true;
    return features == event.features() ? event : event.withFeatures(features);
  }

  /** Writes what keyed state lacks of an entry. */
  void store(LiveModels.Entry entry) {
    if (entry.seenMore) {
      stored.putFeatures(entry.set.key(), entry.seenOrNull.write());
      entry.seenMore = false;
    }
  }

  /** Estimated bytes on the heap. */
  static long liveBytes(LiveModels.Entry entry) {
    return entry.seenOrNull == null ? 0 : entry.seenOrNull.liveBytes();
  }
}
