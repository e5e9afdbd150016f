/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The model sets of a task's keys: live on the heap, and as images in keyed state. An image is read
 * at a key's first touch and written when a changed set leaves the heap and before the barrier. The
 * current key is the same after every call as before it.
 */
final class KeyedModels {

  private final KeyContext keys;
  private final ValueState<byte[]> image;
  private final ModelSetCodec codec;
  private final Function<String, ModelSet> newSet;
  private final LiveModels live;

  private final Counter hits;
  private final Counter loads;
  private final Counter evictions;
  private final Counter otherPlatform;

  KeyedModels(
      KeyContext keys,
      ValueState<byte[]> image,
      ModelSetCodec codec,
      Function<String, ModelSet> newSet,
      LiveModels live,
      MetricGroup metrics) {
    this.keys = keys;
    this.image = image;
    this.codec = codec;
    this.newSet = newSet;
    this.live = live;
    this.hits = metrics.counter("hits");
    this.loads = metrics.counter("loads");
    this.evictions = metrics.counter("evictions");
    this.otherPlatform = metrics.counter("imagesOfOtherPlatform");
    metrics.gauge("liveModelSets", live::size);
    metrics.gauge("liveBytes", live::bytes);
  }

  /** The current key's model set, loaded or new if it is not live. */
  LiveModels.Entry current() throws IOException {
    String key = (String) keys.getCurrentKey();
    LiveModels.Entry entry = live.get(key);
    if (entry != null) {
      hits.inc();
      return entry;
    }
    byte[] stored = image.value();
    if (stored == null) {
      return live.put(newSet.apply(key));
    }
    loads.inc();
    ModelSetCodec.Loaded loaded = read(key, stored);
    entry = live.put(loaded.set());
    live.measured(entry, loaded.rawSize());
    evict();
    return entry;
  }

  /** The key's model set if it is live, else null. */
  LiveModels.Entry ifLive(String key) {
    return live.get(key);
  }

  /** Measures a set that has grown and makes room if it has grown too much. */
  void learned(LiveModels.Entry entry) {
    entry.dirty = true;
    if (entry.isMeasureDue()) {
      live.measured(entry, codec.write(entry.set).rawSize());
      evict();
    }
  }

  /** Writes every changed live set. */
  void flush() {
    for (LiveModels.Entry entry : live.dirty()) {
      write(entry);
    }
  }

  /** The current key's model set for reading only, live or not; null if it has none. */
  ModelSet peek() throws IOException {
    String key = (String) keys.getCurrentKey();
    LiveModels.Entry entry = live.get(key);
    if (entry != null) {
      return entry.set;
    }
    byte[] stored = image.value();
    return stored == null ? null : read(key, stored).set();
  }

  private void evict() {
    live.evict(
        entry -> {
          evictions.inc();
          if (entry.dirty) {
            write(entry);
          }
        });
  }

  private void write(LiveModels.Entry entry) {
    Object current = keys.getCurrentKey();
    keys.setCurrentKey(entry.set.key());
    try {
      ModelSetCodec.Written written = codec.write(entry.set);
      image.update(written.bytes());
      live.measured(entry, written.rawSize());
      entry.dirty = false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot store the model set of " + entry.set.key(), e);
    } finally {
      if (current != null) {
        keys.setCurrentKey(current);
      }
    }
  }

  private ModelSetCodec.Loaded read(String key, byte[] stored) {
    try {
      ModelSetCodec.Loaded loaded = codec.read(key, stored);
      if (!loaded.samePlatform()) {
        otherPlatform.inc();
      }
      return loaded;
    } catch (ModelFormatException e) {
      throw new ModelFormatException(
          "the stored model set of key '" + key + "' " + e.getMessage(), e);
    }
  }
}
