/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * What keys remember of their events, by id and in the order in which the waits end. Changes are
 * held on the heap and written before the barrier, so that a prediction whose label comes soon
 * costs no write. Keyed state holds {@code pending}, by event id; {@code order}, the ids by their
 * place in the key's queue; and {@code waits}, the queue itself ({@link WaitingQueue}). Names and
 * types are wire format. Called on the task's thread.
 */
final class WaitingStore {

  static final String PENDING = "pending";
  static final String ORDER = "order";
  static final String WAITS = "waits";

  /** So many changes are written though no barrier came. */
  private static final int MAX_CHANGES = 50_000;

  private final KeyContext keys;
  private final MapState<String, byte[]> pending;
  private final MapState<Long, String> order;
  private final ValueState<byte[]> waits;
  private final Map<String, WaitingQueue> live = new HashMap<>();

  /** Tells this task's counts from those of the tasks before it. */
  private final long life = System.nanoTime();

  private int changes;
  private long size;
  private long open;

  WaitingStore(KeyContext keys, KeyedStateStore state) {
    this.keys = keys;
    this.pending =
        state.getMapState(
            new MapStateDescriptor<>(
                PENDING, Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    this.order = state.getMapState(new MapStateDescriptor<>(ORDER, Types.LONG, Types.STRING));
    this.waits =
        state.getState(
            new ValueStateDescriptor<>(
                WAITS, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** The current key's queue, empty if it has none. */
  WaitingQueue queue() throws Exception {
    String key = (String) keys.getCurrentKey();
    WaitingQueue queue = live.get(key);
    if (queue == null) {
      byte[] stored = waits.value();
      queue = stored == null ? new WaitingQueue(key) : WaitingQueue.read(key, stored);
      if (queue.life != life) {
        queue.life = life;
        size += queue.size;
        open += queue.open;
      }
      live.put(key, queue);
    }
    return queue;
  }

  /** What the current key remembers under an id, or null. */
  Waiting get(WaitingQueue queue, String eventId) throws Exception {
    Waiting changed = queue.changed.get(eventId);
    if (changed != null || queue.isEmpty() || queue.changed.containsKey(eventId)) {
      return changed;
    }
    byte[] bytes = pending.get(eventId);
    return bytes == null ? null : WaitingCodec.read(eventId, queue.key, bytes);
  }

  /** Adds an id at the queue's end, or without a place if it waits for ever. */
  void add(WaitingQueue queue, String eventId, Waiting waiting) {
    if (waiting.deadline != Long.MAX_VALUE) {
      queue.added.add(eventId);
      queue.tail++;
      queue.lastDeadline = waiting.deadline;
      if (queue.tail == queue.head + 1) {
        queue.firstDeadline = waiting.deadline;
        queue.firstArrival = waiting.arrivedAt;
      }
    }
    // One of that id may have gone while keyed state still holds it.
    waiting.stored |= queue.changed.containsKey(eventId) && queue.changed.get(eventId) == null;
    queue.size++;
    size++;
    put(queue, eventId, waiting);
  }

  /** Keeps what has changed under an id. */
  void put(WaitingQueue queue, String eventId, Waiting waiting) {
    queue.changed.put(eventId, waiting);
    changes++;
  }

  /** Counts a prediction that begins to wait, or with -1 one that waits no more. */
  void countOpen(WaitingQueue queue, int change) {
    queue.open += change;
    open += change;
  }

  /** Id of the first in the queue. */
  String first(WaitingQueue queue) throws Exception {
    return queue.head < queue.storedTail ? order.get(queue.head) : queue.added.peek();
  }

  /** Forgets the first in the queue. */
  void removeFirst(WaitingQueue queue) throws Exception {
    String eventId = first(queue);
    Waiting waiting = get(queue, eventId);
    if (queue.head < queue.storedTail) {
      order.remove(queue.head);
    } else {
      queue.added.poll();
      queue.storedTail++;
    }
    queue.head++;
    remove(queue, eventId, waiting);
    if (queue.head == queue.tail) {
      queue.firstDeadline = Long.MAX_VALUE;
      queue.firstArrival = Long.MAX_VALUE;
    } else {
      Waiting next = get(queue, first(queue));
      queue.firstDeadline = next.deadline;
      queue.firstArrival = next.arrivedAt;
    }
  }

  /** Forgets an id without a place in the queue. */
  void remove(WaitingQueue queue, String eventId, Waiting waiting) {
    if (waiting.stored) {
      queue.changed.put(eventId, null);
      changes++;
    } else {
      queue.changed.remove(eventId);
    }
    queue.size--;
    size--;
  }

  /** Forgets all of the current key; its timers are the caller's. */
  void clear() throws Exception {
    WaitingQueue queue = queue();
    size -= queue.size;
    open -= queue.open;
    live.remove(queue.key);
    pending.clear();
    order.clear();
    waits.clear();
  }

  /** Remembered ids of all keys that were touched in this task's life. */
  long size() {
    return size;
  }

  /** Predictions among them that wait. */
  long open() {
    return open;
  }

  /** Writes if many changes have gathered; the current key stays. */
  void flushIfMany() throws Exception {
    if (changes >= MAX_CHANGES) {
      flush();
    }
  }

  /** Writes all changes; the current key stays. */
  void flush() throws Exception {
    Object current = keys.getCurrentKey();
    for (WaitingQueue queue : live.values()) {
      keys.setCurrentKey(queue.key);
      write(queue);
    }
    live.clear();
    changes = 0;
    if (current != null) {
      keys.setCurrentKey(current);
    }
  }

  private void write(WaitingQueue queue) throws Exception {
    for (Map.Entry<String, Waiting> change : queue.changed.entrySet()) {
      if (change.getValue() == null) {
        pending.remove(change.getKey());
      } else {
        pending.put(change.getKey(), WaitingCodec.write(change.getValue()));
      }
    }
    long place = queue.storedTail;
    for (String eventId : queue.added) {
      order.put(place++, eventId);
    }
    if (queue.isEmpty()
        && queue.timer == WaitingQueue.NONE
        && queue.fallback == WaitingQueue.NONE) {
      waits.clear();
    } else {
      waits.update(queue.write());
    }
  }
}
