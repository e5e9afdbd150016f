/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.ModelSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The model sets that a task holds on the heap, least recently used first, bounded in estimated
 * bytes. A live set's size is estimated from the size of its serialised form, measured when it is
 * read or written and again each time it has learned twice as much as at the last measurement.
 */
final class LiveModels {

  /** A live MOA model takes about this many times its serialised bytes before compression. */
  private static final int LIVE_BYTES_PER_SERIALISED = 4;

  private final long capacity;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  LiveModels(long capacity) {
    this.capacity = capacity;
  }

  /** A live model set. */
  static final class Entry {
    final ModelSet set;
    boolean dirty;
    private long bytes;
    private long measuredAtLabels;

    private Entry(ModelSet set) {
      this.set = set;
    }

    boolean isMeasureDue() {
      return set.labels() >= 2 * measuredAtLabels + 32;
    }
  }

  /** The entry, now the most recently used, or null. */
  Entry get(String key) {
    return entries.get(key);
  }

  Entry put(ModelSet set) {
    Entry entry = new Entry(set);
    entries.put(set.key(), entry);
    return entry;
  }

  /**
   * @param serialised bytes before compression
   */
  void measured(Entry entry, int serialised) {
    bytes -= entry.bytes;
    entry.bytes = (long) serialised * LIVE_BYTES_PER_SERIALISED;
    entry.measuredAtLabels = entry.set.labels();
    bytes += entry.bytes;
  }

  /** Removes the least recently used entries until the bound holds, never the last one. */
  void evict(Consumer<Entry> beforeRemoval) {
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (bytes > capacity && entries.size() > 1) {
      Entry entry = oldestFirst.next();
      beforeRemoval.accept(entry);
      bytes -= entry.bytes;
      oldestFirst.remove();
    }
  }

  List<Entry> dirty() {
    List<Entry> dirty = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.dirty) {
        dirty.add(entry);
      }
    }
    return dirty;
  }

  int size() {
    return entries.size();
  }

  long bytes() {
    return bytes;
  }
}
