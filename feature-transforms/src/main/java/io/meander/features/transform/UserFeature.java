/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

import java.util.List;

/**
 * One feature of a spec that a {@link UserTransform} makes. Immutable, and called by several
 * threads: what it remembers of a key is bytes that it is handed and hands back. It must be
 * deterministic: the same event with the same bytes gives the same values and bytes, on every
 * machine, or what was live is not what a replay computes. So no clock, no coin, no network.
 */
public interface UserFeature {

  /** The event's fields that it takes, in the order in which a spec lists them; at least one. */
  List<TransformInput> inputs();

  /** Its columns, in order; at least one. */
  List<TransformOutput> outputs();

  /**
   * How many bytes it remembers of a key at most; 0 if it goes by the event alone. They count
   * against the spec's {@code features-budget}.
   */
  default int maxStateBytes() {
    return 0;
  }

  /**
   * Works out an event's columns from its fields and from what came before under its key. Where it
   * throws, the event becomes a reject with the feature's name, and the key remembers nothing of
   * it.
   *
   * @param values one for each of the {@link #outputs}, all NaN, which stands for missing: a
   *     number, or of a nominal the index of its value. An infinity is taken for missing
   */
  void apply(TransformEvent event, double[] values);
}
