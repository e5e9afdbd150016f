/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.LayoutMemory;
import io.meander.models.FactWriter;
import io.meander.models.ModelSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The model sets on the heap, bounded in estimated bytes. Who leaves is decided by a clock: an
 * entry that was used since the hand last passed stays for another round. That costs a hit one
 * write to the entry, where a list in order of use costs it cache misses on its neighbours.
 */
final class LiveModels {

  private static final long FIRST_LEARN_NANOS = 1_000_000;

  /** One part in so many of the running mean is the newest. */
  private static final int NEWEST_SHARE = 8;

  /** Live bytes of a set when none was measured yet. */
  private static final long UNMEASURED = 64 << 10;

  private final long capacity;

  /** In the clock's order: the hand stands before the first. */
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private long bytes;
  private int unreconciled;

  /** What the last set that was measured for the first time took. */
  private long typicalBytes = UNMEASURED;

  /** The entry that was asked for last: a key's events often come together. */
  private Entry newest;

  LiveModels(long capacity) {
    this.capacity = capacity;
  }

  /** A live model set, and what is known of its log and its costs. */
  static final class Entry {
    final ModelSet set;

    /** Facts that keyed state does not have yet. */
    final FactWriter unflushed;

    /** What the key's features remember; null if the pipeline's remember nothing. */
    LayoutMemory featuresOrNull;

    /** Whether keyed state lacks what they remembered last. */
    boolean featuresChanged;

    /** Up to where the key's records were taken in. */
    TakenOffsets offsets = new TakenOffsets();

    /** Whether keyed state lacks the last of them. */
    boolean offsetsChanged;

    /** Position of the image; 0 if there is none. */
    long imagePosition;

    /** Bytes of the log in keyed state, since the image. */
    long loggedBytes;

    /** Loads since the image. */
    int loads;

    /** Estimated time to replay all facts since the image. */
    long replayNanos;

    /** Running mean of the time to learn one label; 0 before the first that was timed. */
    long learnNanos;

    /** When, in processing time, an image was sent to followers last; else its birth. */
    long sentImageAt;

    /** Position of that image; 0 if none was sent. */
    long sentImagePosition;

    /** 0 while unknown. */
    long writeNanos;

    long readNanos;

    /** When the key's timer for being forgotten goes off, or one of the two below. */
    long expiresAt = UNKNOWN;

    /** When the key's timer for publications goes off, or one of the two below. */
    long wakesAt = UNKNOWN;

    /** The time that is reserved for the key's next publication; 0 if none is. */
    long publishesAt;

    /** Since when a publication of the key has been due; 0 if none is. */
    long dueSince;

    /** What keyed state says of the timer was not read yet. */
    static final long UNKNOWN = Long.MIN_VALUE;

    static final long NO_TIMER = Long.MIN_VALUE + 1;

    private long bytes;

    /** Its growth since the point below, at the last measurement that was far enough from it. */
    private long bytesPerLabel;

    private long pointBytes;
    private long pointLabels;
    private long measuredAtLabels;
    private boolean used;
    private boolean unreconciled;

    /**
     * @param measuredAtLabels the labels that its image holds; all it has if there is no image
     */
    Entry(ModelSet set, FactWriter unflushed, long measuredAtLabels) {
      this.set = set;
      this.unflushed = unflushed;
      this.measuredAtLabels = measuredAtLabels;
    }

    /**
     * A pause of the JVM says nothing of the model: one label counts as ten usual ones at most, and
     * the first as {@link #FIRST_LEARN_NANOS} at most.
     */
    void learnTook(long nanos) {
      if (learnNanos == 0) {
        learnNanos = Math.min(nanos, FIRST_LEARN_NANOS);
      } else {
        learnNanos += (Math.min(nanos, 10 * learnNanos) - learnNanos) / NEWEST_SHARE;
      }
    }

    /**
     * Whether it has learned so much more since it was measured or loaded.
     *
     * @param first whether no set was measured yet: then the first that is old enough is
     */
    boolean isMeasureDue(boolean first) {
      long from = first ? 0 : TypicalCosts.RATIO * measuredAtLabels;
      return set.labels() >= Math.max(TypicalCosts.FIRST, from);
    }

    /** Whether its size is its own, not that of others of its age. */
    boolean isMeasured() {
      return pointBytes > 0;
    }
  }

  /** The entry, or null. */
  Entry get(String key) {
    if (newest == null || !newest.set.key().equals(key)) {
      newest = entries.get(key);
      if (newest != null) {
        newest.used = true;
      }
    }
    return newest;
  }

  /**
   * @param liveBytes estimate; 0 if there is none yet
   */
  void put(Entry entry, long liveBytes) {
    entries.put(entry.set.key(), entry);
    newest = entry;
    entry.pointBytes = liveBytes;
    entry.pointLabels = entry.measuredAtLabels;
    entry.bytes = liveBytes > 0 ? liveBytes : typicalBytes;
    bytes += entry.bytes;
  }

  /**
   * The entry's size is known anew. So is its growth, if it has learned half as much again since
   * that was worked out: models grow in steps, and one step says nothing of the next.
   */
  void measured(Entry entry, long liveBytes) {
    long labels = entry.set.labels();
    boolean first = entry.pointBytes == 0;
    if (first) {
      typicalBytes = liveBytes;
    }
    if (first || 2 * labels > 3 * entry.pointLabels) {
      if (!first) {
        entry.bytesPerLabel =
            Math.max(0, liveBytes - entry.pointBytes) / (labels - entry.pointLabels);
      }
      entry.pointBytes = liveBytes;
      entry.pointLabels = labels;
    }
    bytes += liveBytes - entry.bytes;
    entry.bytes = liveBytes;
    entry.measuredAtLabels = labels;
  }

  /** The entry is taken for average: it was not measured itself. */
  void estimated(Entry entry, TypicalCosts costs) {
    long labels = entry.set.labels();
    long liveBytes = costs.bytes(labels);
    bytes += liveBytes - entry.bytes;
    entry.bytes = liveBytes;
    entry.bytesPerLabel = costs.bytesPerLabel(labels);
    entry.measuredAtLabels = labels;
    entry.writeNanos = costs.writeNanos(labels);
    entry.readNanos = Math.max(entry.readNanos, entry.writeNanos);
  }

  /** The entry has learned one more label. */
  void grown(Entry entry) {
    entry.bytes += entry.bytesPerLabel;
    bytes += entry.bytesPerLabel;
  }

  /** Removes entries that were not used lately until the bound holds, never the newest. */
  void evict(Consumer<Entry> beforeRemoval) {
    while (bytes > capacity && entries.size() > 1) {
      Entry entry = entries.values().iterator().next();
      if (entry.used || entry == newest) {
        entry.used = false;
        entries.remove(entry.set.key());
        entries.put(entry.set.key(), entry);
      } else {
        beforeRemoval.accept(entry);
        remove(entry);
      }
    }
  }

  /** Forgets an entry. */
  void remove(Entry entry) {
    entries.remove(entry.set.key());
    reconciled(entry);
    bytes -= entry.bytes;
    if (entry == newest) {
      newest = null;
    }
  }

  /** There is another deployment, and all of them are behind it. */
  void deployed() {
    entries.values().forEach(entry -> entry.unreconciled = true);
    unreconciled = entries.size();
  }

  /** The entry is behind the deployment, as one that was loaded after it came. */
  void behind(Entry entry) {
    if (!entry.unreconciled) {
      entry.unreconciled = true;
      unreconciled++;
    }
  }

  /** The entry is behind the deployment no more. */
  void reconciled(Entry entry) {
    if (entry.unreconciled) {
      entry.unreconciled = false;
      unreconciled--;
    }
  }

  /** Those that are behind the deployment: each catches up when it is touched, or soon after. */
  int unreconciled() {
    return unreconciled;
  }

  /** Keys of all. */
  Set<String> keys() {
    return entries.keySet();
  }

  int size() {
    return entries.size();
  }

  /** Estimated, see {@link io.meander.models.ModelSetCodec.Written}. */
  long bytes() {
    return bytes;
  }
}
