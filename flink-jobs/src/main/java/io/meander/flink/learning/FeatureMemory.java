/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FailedTransformException;
import io.meander.features.FeatureStateException;
import io.meander.features.LayoutFeatures;
import io.meander.features.LayoutMemory;
import io.meander.models.ModelFormatException;
import io.meander.models.Observation;
import java.io.IOException;

/**
 * What keys' features remember: with the live model sets on the heap, and in keyed state as of the
 * last flush or eviction. Nothing at all if none remembers. Called by {@link KeyedModels}, on the
 * task's thread.
 */
final class FeatureMemory {

  private final StoredModels stored;
  private final LayoutFeatures features;

  FeatureMemory(StoredModels stored, LayoutFeatures features) {
    this.stored = stored;
    this.features = features;
  }

  /** Of a key without a past; null if nothing is remembered. */
  LayoutMemory none() {
    return features.remember() ? features.none() : null;
  }

  /**
   * The current key's; null if nothing is remembered.
   *
   * @throws ModelFormatException if what is stored cannot be read
   */
  LayoutMemory load() throws IOException {
    byte[] bytes = features.remember() ? stored.features() : null;
    if (bytes == null) {
      return none();
    }
    try {
      return features.read(bytes);
    } catch (FeatureStateException e) {
      throw new ModelFormatException("has a state of its features that " + e.getMessage(), e);
    }
  }

  /**
   * The event with its features completed; it is remembered.
   *
   * @throws FailedTransformException if a feature fails: nothing is remembered of it
   */
  Observation complete(LiveModels.Entry entry, Observation event) throws FailedTransformException {
    double[] completed =
        entry.featuresOrNull.complete(event.features(), event.inputs(), event.eventTime());
    return completed == event.features() ? event : event.withFeatures(completed);
  }

  /** Writes what keyed state lacks of an entry. */
  void store(LiveModels.Entry entry) {
    if (entry.featuresChanged) {
      stored.putFeatures(entry.set.key(), entry.featuresOrNull.write());
      entry.featuresChanged = false;
    }
  }

  /** Estimated bytes on the heap. */
  static long liveBytes(LiveModels.Entry entry) {
    return entry.featuresOrNull == null ? 0 : entry.featuresOrNull.liveBytes();
  }
}
