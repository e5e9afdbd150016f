/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.FactWriter;
import io.meander.models.ModelSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The model sets that a task holds on the heap, least recently used first, bounded in estimated
 * bytes. A live set's size is estimated from the size of its serialised form, measured when its
 * image is read or written and again each time it has learned twice as much as at the last
 * measurement.
 */
final class LiveModels {

  /** A live MOA model takes about this many times its serialised bytes before compression. */
  private static final int LIVE_BYTES_PER_SERIALISED = 4;

  /** Labels after which a set is measured first. */
  private static final int FIRST_MEASURED = 32;

  private final long capacity;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  LiveModels(long capacity) {
    this.capacity = capacity;
  }

  /** A live model set, and what is known of its log and its costs. */
  static final class Entry {
    final ModelSet set;

    /** Facts that keyed state does not have yet. */
    final FactWriter unflushed;

    /** Bytes of the log in keyed state, since the image. */
    long loggedBytes;

    /** Estimated time to replay all facts since the image. */
    long replayNanos;

    long writeNanos;
    long readNanos;

    /** Size of the image it was loaded from, before compression; 0 if there was none. */
    int serialised;

    private long bytes;
    private long measuredAtLabels;

    Entry(ModelSet set, FactWriter unflushed) {
      this.set = set;
      this.unflushed = unflushed;
    }

    /**
     * Whether it has learned twice as much since it was measured, or was never measured: a key may
     * have lived in its log alone and left the heap after every label.
     */
    boolean isMeasureDue() {
      long from = writeNanos == 0 ? 0 : 2 * measuredAtLabels;
      return set.labels() >= from + FIRST_MEASURED;
    }
  }

  /** The entry, now the most recently used, or null. */
  Entry get(String key) {
    return entries.get(key);
  }

  void put(Entry entry, int serialised) {
    entries.put(entry.set.key(), entry);
    measured(entry, serialised);
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

  int size() {
    return entries.size();
  }

  long bytes() {
    return bytes;
  }
}
