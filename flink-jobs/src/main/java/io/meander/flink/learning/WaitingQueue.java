/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.ModelFormatException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What one key remembers of its events, in the order in which the waits end, as far as it is on the
 * heap: all that has changed since keyed state was written. What is forgotten before its turn
 * leaves a gap among the places; the first place never is one. Owned by {@link WaitingStore}.
 *
 * <pre>
 * byte    format version   {@value #FORMAT}
 * long    head, tail       places of the first, and after the last
 * int     size             remembered ids
 * int     open             predictions among them that wait
 * int     early            labels among them that wait
 * long    oldest           a place before which no prediction waits
 * long    first since, first arrival, last since
 * long    timer            that is set, or {@value #NONE}
 * long    fallback         processing-time timer that is set, or {@value #NONE}
 * </pre>
 */
final class WaitingQueue {

  static final long NONE = Long.MIN_VALUE;

  private static final int FORMAT = 1;
  private static final int BYTES = 1 + 8 * Long.BYTES + 3 * Integer.BYTES;

  final String key;
  long head;
  long tail;
  int size;
  int open;
  int early;
  long oldest;
  long firstSince = Long.MAX_VALUE;
  long firstArrival = Long.MAX_VALUE;
  long lastSince = Long.MIN_VALUE;
  long timer = NONE;
  long fallback = NONE;

  /** Places from here on are in {@link #added}, those before in keyed state. */
  long storedTail;

  /** Ids by their places, of those that keyed state does not have yet. */
  final Map<Long, String> added = new HashMap<>();

  /** By id, what keyed state does not have yet in this form; null: it is to be removed there. */
  final Map<String, Waiting> changed = new HashMap<>();

  WaitingQueue(String key) {
    this.key = key;
  }

  boolean isEmpty() {
    return size == 0;
  }

  byte[] write() {
    return ByteBuffer.allocate(BYTES)
        .put((byte) FORMAT)
        .putLong(head)
        .putLong(tail)
        .putInt(size)
        .putInt(open)
        .putInt(early)
        .putLong(oldest)
        .putLong(firstSince)
        .putLong(firstArrival)
        .putLong(lastSince)
        .putLong(timer)
        .putLong(fallback)
        .array();
  }

  static WaitingQueue read(String key, byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != FORMAT) {
      throw new ModelFormatException("the waits of key '" + key + "' are not of format " + FORMAT);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    WaitingQueue queue = new WaitingQueue(key);
    queue.head = in.getLong();
    queue.tail = in.getLong();
    queue.size = in.getInt();
    queue.open = in.getInt();
    queue.early = in.getInt();
    queue.oldest = in.getLong();
    queue.firstSince = in.getLong();
    queue.firstArrival = in.getLong();
    queue.lastSince = in.getLong();
    queue.timer = in.getLong();
    queue.fallback = in.getLong();
    queue.storedTail = queue.tail;
    return queue;
  }
}
