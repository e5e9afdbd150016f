/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Fact;
import io.meander.models.FactWriter;
import io.meander.models.ImageRule;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.Reducer;
import io.meander.models.Replay;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model sets of a task's keys. They live on the heap; keyed state holds, per key, an image and
 * the facts since. Before a barrier, and when a set leaves the heap, the facts that keyed state
 * lacks are appended to the key's log: a cost that follows new labels, not models. Images are
 * written between events, by the {@link ImageRule}. A set is loaded, image and replay, at its key's
 * first touch. The current key is the same after every call as before it.
 */
final class KeyedModels {

  private static final Logger LOG = LoggerFactory.getLogger(KeyedModels.class);

  private static final int HISTOGRAM = 1000;

  /** Serialised size of a set whose own was not measured yet. */
  private static final int UNMEASURED = 16 << 10;

  /** Weight of the newest in the running mean of a set's learning time. */
  private static final double NEWEST = 0.02;

  private final StoredModels stored;
  private final ModelContext context;
  private final Reducer reducer;
  private final Replay replay;
  private final ModelSetCodec codec;
  private final ImageRule rule;
  private final PipelineSpec.OnCorruptModel onCorrupt;
  private final LiveModels live;
  private final Set<LiveModels.Entry> touched = new LinkedHashSet<>();
  private double learnNanos = 10_000;

  private final Counter hits;
  private final Counter loads;
  private final Counter evictions;
  private final Counter images;
  private final Counter imageBytes;
  private final Counter logBytes;
  private final Counter corrupt;
  private final Counter otherPlatform;
  private final Histogram loadMicros = new DescriptiveStatisticsHistogram(HISTOGRAM);
  private final Histogram imageMicros = new DescriptiveStatisticsHistogram(HISTOGRAM);
  private final Histogram logFacts = new DescriptiveStatisticsHistogram(HISTOGRAM);

  KeyedModels(
      StoredModels stored,
      ModelContext context,
      Reducer reducer,
      PipelineSpec.Recovery recovery,
      LiveModels live,
      MetricGroup metrics) {
    this.stored = stored;
    this.context = context;
    this.reducer = reducer;
    this.replay = new Replay(context, reducer);
    this.codec = new ModelSetCodec(context);
    this.rule = ImageRule.of(recovery.maxLoad());
    this.onCorrupt = recovery.onCorruptModel();
    this.live = live;
    this.hits = metrics.counter("hits");
    this.loads = metrics.counter("loads");
    this.evictions = metrics.counter("evictions");
    this.images = metrics.counter("images");
    this.imageBytes = metrics.counter("imageBytes");
    this.logBytes = metrics.counter("logBytes");
    this.corrupt = metrics.counter("corruptModels");
    this.otherPlatform = metrics.counter("imagesOfOtherPlatform");
    metrics.histogram("loadMicros", loadMicros);
    metrics.histogram("imageMicros", imageMicros);
    metrics.histogram("replayedFacts", logFacts);
    metrics.gauge("liveModelSets", live::size);
    metrics.gauge("liveBytes", live::bytes);
  }

  /** The current key's model set, loaded or new if it is not live. */
  LiveModels.Entry current() throws Exception {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      hits.inc();
      return entry;
    }
    entry = load();
    live.put(entry, entry.serialised > 0 ? entry.serialised : UNMEASURED);
    live.evict(this::leave);
    return entry;
  }

  /** The key's model set if it is live, else null. */
  LiveModels.Entry ifLive(String key) {
    return live.get(key);
  }

  /** Applies a fact, which is then part of the key's log. */
  void apply(LiveModels.Entry entry, Fact fact) {
    if (entry.unflushed.isEmpty()) {
      touched.add(entry);
    }
    if (fact instanceof Fact.Learned) {
      long start = System.nanoTime();
      reducer.apply(entry.set, fact);
      // A pause of the JVM says nothing of the model: one instance counts as ten usual ones at
      // most.
      double took = Math.min((double) (System.nanoTime() - start), 10 * learnNanos);
      learnNanos += NEWEST * (took - learnNanos);
      entry.replayNanos += (long) took;
    } else {
      reducer.apply(entry.set, fact);
    }
    entry.unflushed.add(entry.set, fact);
  }

  /** After a label: measures the set if it has grown, and writes its image if that is due. */
  void learned(LiveModels.Entry entry) {
    ModelSetCodec.Written written = entry.isMeasureDue() ? serialise(entry) : null;
    long bytes = entry.loggedBytes + entry.unflushed.size();
    boolean measured = entry.writeNanos > 0;
    if (measured && rule.isDue(entry.replayNanos, entry.writeNanos, entry.readNanos, bytes)) {
      putImage(entry, written == null ? serialise(entry) : written);
      live.evict(this::leave);
    } else if (written != null) {
      live.evict(this::leave);
    }
  }

  /** Appends what keyed state lacks: a chunk for each key touched since the last flush. */
  void flush() {
    for (LiveModels.Entry entry : touched) {
      append(entry);
    }
    touched.clear();
  }

  /** The current key's model set for reading only, live or not; null if it has none. */
  ModelSet peek() throws Exception {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      return entry.set;
    }
    ModelSet set = load().set;
    return set.position() == 0 ? null : set;
  }

  private LiveModels.Entry load() throws Exception {
    String key = stored.currentKey();
    try {
      return read(key);
    } catch (ModelFormatException e) {
      String what = "the stored model set of key '" + key + "' " + e.getMessage();
      if (onCorrupt == PipelineSpec.OnCorruptModel.FAIL) {
        throw new ModelFormatException(
            what + ". recovery.on-corrupt-model: restart-model would begin the key anew", e);
      }
      corrupt.inc();
      LOG.error("{}: the key begins anew", what, e);
      stored.clear();
      return new LiveModels.Entry(empty(key), new FactWriter(context));
    }
  }

  private LiveModels.Entry read(String key) throws Exception {
    long start = System.nanoTime();
    byte[] image = stored.image();
    ModelSet set = empty(key);
    int serialised = 0;
    if (image != null) {
      ModelSetCodec.Loaded loaded = codec.read(key, image);
      set = loaded.set();
      serialised = loaded.rawSize();
      if (!loaded.samePlatform()) {
        otherPlatform.inc();
      }
    }
    LiveModels.Entry entry = new LiveModels.Entry(set, new FactWriter(context));
    entry.serialised = serialised;
    long replayStart = System.nanoTime();
    List<byte[]> chunks = new ArrayList<>();
    for (byte[] chunk : stored.log()) {
      chunks.add(chunk);
      entry.loggedBytes += chunk.length;
    }
    long facts = replay.run(set, chunks);
    long end = System.nanoTime();
    if (image != null || facts > 0) {
      loads.inc();
      loadMicros.update((end - start) / 1000);
      logFacts.update(facts);
      entry.replayNanos = end - replayStart;
      entry.readNanos = replayStart - start;
      entry.writeNanos = image == null ? 0 : entry.readNanos;
    }
    return entry;
  }

  /** The set as it would be an image now; its size and what that cost are noted. */
  private ModelSetCodec.Written serialise(LiveModels.Entry entry) {
    long start = System.nanoTime();
    ModelSetCodec.Written written = codec.write(entry.set);
    long took = System.nanoTime() - start;
    entry.writeNanos = took;
    // Reading was seen to take longer than writing; a load measures it.
    entry.readNanos = Math.max(entry.readNanos, took);
    live.measured(entry, written.rawSize());
    return written;
  }

  private void putImage(LiveModels.Entry entry, ModelSetCodec.Written written) {
    stored.putImage(entry.set.key(), written.bytes());
    entry.unflushed.clear();
    touched.remove(entry);
    entry.loggedBytes = 0;
    entry.replayNanos = 0;
    images.inc();
    imageBytes.inc(written.bytes().length);
    imageMicros.update(entry.writeNanos / 1000);
  }

  private void leave(LiveModels.Entry entry) {
    evictions.inc();
    if (!entry.unflushed.isEmpty()) {
      append(entry);
      touched.remove(entry);
    }
  }

  private void append(LiveModels.Entry entry) {
    if (entry.unflushed.isEmpty()) {
      return;
    }
    byte[] chunk = entry.unflushed.close();
    stored.append(entry.set.key(), chunk);
    entry.loggedBytes += chunk.length;
    logBytes.inc(chunk.length);
  }

  private ModelSet empty(String key) {
    return new ModelSet(key, context.classes().size());
  }
}
