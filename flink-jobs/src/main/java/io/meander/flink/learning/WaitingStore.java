/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.learning.Waiting.State;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
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
  private final int classes;
  private final MapState<String, byte[]> pending;
  private final MapState<Long, String> order;
  private final ValueState<byte[]> waits;
  private final Supplier<Set<String>> storedKeys;
  private final boolean timed;
  private final Map<String, WaitingQueue> live = new HashMap<>();

  /** Null until it is needed: most tasks never give up anything for want of room. */
  private OldestFirst oldestOrNull;

  private int changes;
  private long size;
  private long open;
  private long early;

  /**
   * @param storedKeys of which keyed state holds {@link #WAITS}
   * @param timed whether waits end
   * @param classes that votes are for; 0 if they are for none
   */
  WaitingStore(
      KeyContext keys,
      KeyedStateStore state,
      Supplier<Set<String>> storedKeys,
      boolean timed,
      int classes) {
    this.keys = keys;
    this.storedKeys = storedKeys;
    this.timed = timed;
    this.classes = classes;
    this.pending = state.getMapState(StoredModels.map(PENDING));
    this.order = state.getMapState(new MapStateDescriptor<>(ORDER, Types.LONG, Types.STRING));
    this.waits = state.getState(StoredModels.value(WAITS));
  }

  /** Counts what keyed state holds of this task's keys, whoever wrote it. */
  void restore() throws Exception {
    for (String key : storedKeys.get()) {
      keys.setCurrentKey(key);
      WaitingQueue queue = stored(key);
      size += queue.size;
      open += queue.open;
      early += queue.early;
    }
  }

  /** The current key's queue, empty if it has none. */
  WaitingQueue queue() throws Exception {
    String key = (String) keys.getCurrentKey();
    WaitingQueue queue = live.get(key);
    if (queue == null) {
      queue = stored(key);
      live.put(key, queue);
    }
    return queue;
  }

  private WaitingQueue stored(String key) throws Exception {
    byte[] stored = waits.value();
    return stored == null ? new WaitingQueue(key) : WaitingQueue.read(key, stored);
  }

  /** What the current key remembers under an id, or null. */
  Waiting get(WaitingQueue queue, String eventId) throws Exception {
    Waiting changed = queue.changed.get(eventId);
    if (changed != null || queue.isEmpty() || queue.changed.containsKey(eventId)) {
      return changed;
    }
    byte[] bytes = pending.get(eventId);
    if (bytes == null) {
      return null;
    }
    Waiting waiting = WaitingCodec.read(eventId, queue.key, bytes);
    if (waiting.answerOrNull != null) {
      waiting.answerOrNull = waiting.answerOrNull.withVotes(classes);
    }
    return waiting;
  }

  /** Adds an id at the queue's end. */
  void add(WaitingQueue queue, String eventId, Waiting waiting) {
    queue.added.put(queue.tail, eventId);
    queue.tail++;
    queue.lastSince = waiting.since;
    if (queue.isEmpty()) {
      queue.firstSince = waiting.since;
      queue.firstArrival = waiting.arrivedAt;
    }
    // One of that id may have gone while keyed state still holds it.
    waiting.stored |= queue.changed.containsKey(eventId) && queue.changed.get(eventId) == null;
    queue.size++;
    size++;
    count(queue, waiting, 1);
    put(queue, eventId, waiting);
  }

  /** Keeps what has changed under an id. */
  void put(WaitingQueue queue, String eventId, Waiting waiting) {
    queue.changed.put(eventId, waiting);
    changes++;
  }

  /** What an id is becomes another state; who calls puts it. */
  void change(WaitingQueue queue, Waiting waiting, State state) {
    count(queue, waiting, -1);
    waiting.state = state;
    count(queue, waiting, 1);
  }

  private void count(WaitingQueue queue, Waiting waiting, int change) {
    if (waiting.state == State.OPEN) {
      queue.open += change;
      open += change;
      if (change > 0 && oldestOrNull != null) {
        oldestOrNull.add(queue.key, waiting.since);
      }
    } else if (waiting.state == State.EARLY) {
      queue.early += change;
      early += change;
    }
  }

  /** Id at a place of the current key's queue; null where there is a gap. */
  String at(WaitingQueue queue, long place) throws Exception {
    return place < queue.storedTail ? order.get(place) : queue.added.get(place);
  }

  /** Id of the first in the queue. */
  String first(WaitingQueue queue) throws Exception {
    return at(queue, queue.head);
  }

  /**
   * Id of the prediction that waits longest; there must be one. Places are looked at once: none
   * before the last one that was found holds a waiting prediction again.
   */
  String oldestOpen(WaitingQueue queue) throws Exception {
    for (long place = Math.max(queue.oldest, queue.head); place < queue.tail; place++) {
      String eventId = at(queue, place);
      if (eventId != null && get(queue, eventId).state == State.OPEN) {
        queue.oldest = place;
        return eventId;
      }
    }
    throw new IllegalStateException("no prediction of key '" + queue.key + "' waits");
  }

  /** Forgets an id, at whatever place. */
  void remove(WaitingQueue queue, String eventId, Waiting waiting) throws Exception {
    if (waiting.place < queue.storedTail) {
      order.remove(waiting.place);
    } else {
      queue.added.remove(waiting.place);
    }
    if (waiting.stored) {
      queue.changed.put(eventId, null);
      changes++;
    } else {
      queue.changed.remove(eventId);
    }
    queue.size--;
    size--;
    count(queue, waiting, -1);
    if (queue.isEmpty()) {
      queue.head = queue.tail;
      queue.firstSince = Long.MAX_VALUE;
      queue.firstArrival = Long.MAX_VALUE;
    } else if (waiting.place == queue.head) {
      advance(queue);
    }
  }

  private void advance(WaitingQueue queue) throws Exception {
    String first;
    do {
      queue.head++;
      first = at(queue, queue.head);
    } while (first == null);
    if (timed) {
      Waiting next = get(queue, first);
      queue.firstSince = next.since;
      queue.firstArrival = next.arrivedAt;
    }
  }

  /**
   * Makes that key current of all this task's of which a prediction waits longest; there must be
   * one. Queues that were asked for before are void.
   */
  void toOldest() throws Exception {
    if (oldestOrNull == null) {
      flush();
      OldestFirst found = new OldestFirst();
      for (String key : storedKeys.get()) {
        keys.setCurrentKey(key);
        WaitingQueue queue = stored(key);
        if (queue.open > 0) {
          found.add(key, since(queue));
        }
      }
      oldestOrNull = found;
    }
    while (true) {
      OldestFirst.Entry entry = oldestOrNull.poll();
      keys.setCurrentKey(entry.key());
      WaitingQueue queue = queue();
      if (queue.open > 0) {
        long since = since(queue);
        oldestOrNull.add(entry.key(), since);
        if (since == entry.since()) {
          return;
        }
      }
    }
  }

  private long since(WaitingQueue queue) throws Exception {
    return get(queue, oldestOpen(queue)).since;
  }

  /** Forgets all of the current key; its timers are the caller's. */
  void clear() throws Exception {
    WaitingQueue queue = queue();
    size -= queue.size;
    open -= queue.open;
    early -= queue.early;
    live.remove(queue.key);
    pending.clear();
    order.clear();
    waits.clear();
  }

  /** Remembered ids of all the task's keys. */
  long size() {
    return size;
  }

  /** Predictions among them that wait. */
  long open() {
    return open;
  }

  /** Labels among them that wait. */
  long early() {
    return early;
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
    for (Map.Entry<Long, String> added : queue.added.entrySet()) {
      order.put(added.getKey(), added.getValue());
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
