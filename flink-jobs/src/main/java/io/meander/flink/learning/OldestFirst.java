/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Keys of which a prediction waits, the one that waits longest first, equal ones by their text. A
 * key stands here with a time from which on it may have waiting predictions: its oldest may have
 * been answered since, so that who takes a key out looks again. Owned by {@link WaitingStore}.
 */
final class OldestFirst {

  /**
   * @param since no prediction of the key has waited longer
   */
  record Entry(String key, long since) {}

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::since).thenComparing(Entry::key));
  private final Set<String> keys = new HashSet<>();

  /** Adds a key that is not here. */
  void add(String key, long since) {
    if (keys.add(key)) {
      entries.add(new Entry(key, since));
    }
  }

  /** Takes the first out, or null if there is none. */
  Entry poll() {
    Entry first = entries.poll();
    if (first != null) {
      keys.remove(first.key());
    }
    return first;
  }
}
