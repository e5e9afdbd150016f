/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FailedTransformException;
import io.meander.features.FeatureInputs;
import io.meander.features.LayoutFeatures;
import io.meander.models.Arrival;
import io.meander.models.Fact;
import io.meander.models.ImageRule;
import io.meander.models.LogCompression;
import io.meander.models.ModelContext;
import io.meander.models.ModelSetCodec;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.spec.PipelineSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The model sets of a task's keys. They live on the heap; keyed state holds, per key, an image and
 * the facts since. Before a barrier, and when a set leaves the heap, the facts that keyed state
 * lacks are appended to the key's log: a cost that follows new labels, not models. Images are
 * written between events, by the {@link ImageRule}. A set is loaded, image and replay, at its key's
 * first touch. The current key is the same after every call as before it.
 */
final class KeyedModels implements AutoCloseable {

  /** One label in so many is timed: reading the clock costs a tenth of a small model's learning. */
  private static final int TIMED_EACH = 16;

  /** Not the first, at which a learner makes what it keeps for life. */
  private static final int FIRST_TIMED = 8;

  private final StoredModels stored;
  private final Reducer reducer;
  private final ModelSetCodec codec;
  private final FeatureMemory memory;
  private final ImageRule rule;
  private final LiveModels live;
  private final UpdateWriter updatesOrNull;
  private final CacheMetrics counts;
  private final Loading loading;
  private final LogCompression compression = new LogCompression();
  private final TypicalCosts costs = new TypicalCosts();
  private final Set<LiveModels.Entry> touched = new LinkedHashSet<>();

  /** Whether sets are stored whole. */
  private boolean sealed;

  /** What writing the last set took that was measured; 0 before the first. */
  private long typicalWriteNanos;

  /** What a label took in the set that was timed last; 0 before the first. */
  private long typicalLearnNanos;

  /**
   * @param updatesOrNull sends what changes to followers; null: nobody follows
   */
  KeyedModels(
      StoredModels stored,
      ModelContext context,
      Reducer reducer,
      LayoutFeatures features,
      PipelineSpec.Recovery recovery,
      LiveModels live,
      UpdateWriter updatesOrNull,
      CacheMetrics counts) {
    this.stored = stored;
    this.reducer = reducer;
    this.codec = new ModelSetCodec(context);
    this.memory = new FeatureMemory(stored, features);
    this.rule = ImageRule.of(recovery.maxLoad());
    this.live = live;
    this.updatesOrNull = updatesOrNull;
    this.counts = counts;
    this.loading =
        new Loading(
            stored,
            context,
            reducer,
            codec,
            memory,
            recovery.onCorruptModel(),
            updatesOrNull,
            counts);
  }

  /** The current key's model set, loaded or new if it is not live. */
  LiveModels.Entry current() throws Exception {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      counts.hits.inc();
      return entry;
    }
    counts.misses.inc();
    Loading.Loaded loaded = loading.load(typicalLearnNanos);
    live.put(loaded.entry(), loaded.liveBytes());
    live.evict(this::leave);
    return loaded.entry();
  }

  /** The key's model set if it is live, else null. */
  LiveModels.Entry ifLive(String key) {
    return live.get(key);
  }

  /**
   * The event with its features as the key's past says; it is part of that from now on.
   *
   * @throws FailedTransformException if a feature fails: the event is no part of anything
   */
  Observation complete(LiveModels.Entry entry, Observation event) throws FailedTransformException {
    if (entry.featuresOrNull == null) {
      return event;
    }
    Observation completed = memory.complete(entry, event);
    touchFeatures(entry);
    return completed;
  }

  /** An event's label is known. */
  void label(LiveModels.Entry entry, FeatureInputs inputs, long time) {
    if (inputs.label().length > 0) {
      touchFeatures(entry);
      entry.featuresOrNull.label(inputs, time);
    }
  }

  /** A record was taken in: an event was answered, or a label met its answer. */
  void taken(LiveModels.Entry entry, Arrival arrival) {
    if (arrival.offset() == Arrival.NO_OFFSET) {
      return;
    }
    entry.offsets.take(arrival);
    if (!entry.offsetsChanged) {
      entry.offsetsChanged = true;
      touched.add(entry);
    }
  }

  private void touchFeatures(LiveModels.Entry entry) {
    if (!entry.featuresChanged) {
      entry.featuresChanged = true;
      touched.add(entry);
    }
  }

  /** Applies a fact, which is then part of the key's log. */
  void apply(LiveModels.Entry entry, Fact fact) {
    if (entry.unflushed.isEmpty()) {
      touched.add(entry);
    }
    if (fact instanceof Fact.Learned) {
      if (entry.set.labels() % TIMED_EACH == FIRST_TIMED) {
        long start = System.nanoTime();
        reducer.apply(entry.set, fact);
        entry.learnTook(System.nanoTime() - start);
        typicalLearnNanos = entry.learnNanos;
      } else {
        reducer.apply(entry.set, fact);
      }
      entry.replayNanos += entry.learnNanos;
    } else if (fact instanceof Fact.Labelled) {
      long start = System.nanoTime();
      reducer.apply(entry.set, fact);
      entry.replayNanos += System.nanoTime() - start;
    } else {
      reducer.apply(entry.set, fact);
    }
    entry.unflushed.add(entry.set, fact);
    if (updatesOrNull != null && entry.unflushed.size() >= UpdateWriter.MAX_CHUNK) {
      append(entry);
    }
    if (fact instanceof Fact.Reconciled) {
      live.reconciled(entry);
    }
  }

  /**
   * Applies facts that a log does not hold, and writes the image that has what they did: a replay
   * never asks where it came from.
   */
  void copy(LiveModels.Entry entry, List<Fact> facts) {
    for (Fact fact : facts) {
      reducer.apply(entry.set, fact);
    }
    putImage(entry, ImageRule.Reason.COPY);
  }

  /**
   * After a label: measures the set if it has grown, and writes its image if that is due.
   *
   * @return whether the set was serialised for that
   */
  boolean learned(LiveModels.Entry entry) {
    live.grown(entry);
    counts.learnedNanos += entry.learnNanos;
    ModelSetCodec.Written written = null;
    if (entry.isMeasureDue(typicalWriteNanos == 0)) {
      if (!entry.isMeasured() && costs.isKnown(entry.set.labels())) {
        live.estimated(entry, costs);
      } else {
        written = serialise(entry);
        costs.measured(entry.set.labels(), written.liveBytes(), entry.writeNanos);
      }
    }
    written = imageIfDue(entry, written);
    live.evict(this::leave);
    return written != null;
  }

  /** After a label that was not learned: writes the set's image if that is due. */
  void noted(LiveModels.Entry entry) {
    imageIfDue(entry, null);
  }

  /**
   * @param writtenOrNull the set as it is now, if it was serialised already
   * @return the same, or what it was serialised to for its image
   */
  private ModelSetCodec.Written imageIfDue(
      LiveModels.Entry entry, ModelSetCodec.Written writtenOrNull) {
    long writeNanos = entry.writeNanos > 0 ? entry.writeNanos : typicalWriteNanos;
    long logged = entry.loggedBytes + entry.unflushed.size();
    if (writeNanos == 0 && logged < rule.maxLogBytes() && entry.replayNanos < rule.maxLoadNanos()) {
      return writtenOrNull; // what one takes is not known yet
    }
    ImageRule.Reason reason =
        rule.dueOrNull(entry.replayNanos, writeNanos, entry.readNanos, logged, entry.loads);
    boolean followersToo = updatesOrNull != null && updatesOrNull.isImageDue(entry);
    if (reason == null && followersToo) {
      reason = ImageRule.Reason.FOLLOWERS;
    }
    if (reason == null) {
      return writtenOrNull;
    }
    ModelSetCodec.Written written = writtenOrNull == null ? serialise(entry) : writtenOrNull;
    putImage(entry, written, reason);
    if (followersToo) {
      updatesOrNull.image(entry, written.bytes());
    }
    return written;
  }

  /** Appends what keyed state lacks: a chunk for each key touched since the last flush. */
  void flush() {
    for (LiveModels.Entry entry : List.copyOf(touched)) {
      append(entry);
      storeMemory(entry);
    }
    touched.clear();
  }

  /** There is another deployment, which no set has seen. */
  void deployed() {
    live.deployed();
  }

  /** The live sets. */
  LiveModels live() {
    return live;
  }

  /**
   * Whether images are written in place of logs from now on, so that no key gets a log again: what
   * a barrier then costs follows the sets that were touched, not their labels.
   */
  void sealed(boolean whether) {
    sealed = whether;
  }

  /**
   * The set's image is written now, and sent to followers: what happened to it is better not
   * replayed.
   */
  void putImage(LiveModels.Entry entry) {
    putImage(entry, ImageRule.Reason.COMMAND);
  }

  /** Writes the current key's image if its log is not empty; says whether it did. */
  boolean seal() throws Exception {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      boolean logged = entry.set.position() > entry.imagePosition;
      if (logged) {
        putImage(entry, serialise(entry), ImageRule.Reason.COMMAND);
      }
      return logged;
    }
    LiveModels.Entry passing = loading.load(typicalLearnNanos).entry();
    if (passing.set.position() == passing.imagePosition) {
      return false;
    }
    byte[] image = codec.write(passing.set).bytes();
    stored.putImage(passing.set.key(), image);
    counts.image(ImageRule.Reason.COMMAND, image.length);
    return true;
  }

  /** The current key's model set for reading only, live or not; null if it has none. */
  LiveModels.Entry peek() throws Exception {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      return entry;
    }
    LiveModels.Entry loaded = loading.load(typicalLearnNanos).entry();
    return loaded.set.position() == 0 ? null : loaded;
  }

  /** The current key is forgotten, live and stored. */
  void expire() {
    LiveModels.Entry entry = live.get(stored.currentKey());
    if (entry != null) {
      send(entry);
      touched.remove(entry);
      live.remove(entry);
    }
    stored.clear();
    if (updatesOrNull != null) {
      updatesOrNull.forgotten(stored.currentKey());
    }
  }

  @Override
  public void close() {
    compression.close();
  }

  /** The set as it would be an image now; its size and what that cost are noted. */
  private ModelSetCodec.Written serialise(LiveModels.Entry entry) {
    long start = System.nanoTime();
    ModelSetCodec.Written written = codec.write(entry.set);
    long took = System.nanoTime() - start;
    counts.imageNanos += took;
    typicalWriteNanos = took;
    entry.writeNanos = took;
    // Reading was seen to take longer than writing; a load measures it.
    entry.readNanos = Math.max(entry.readNanos, took);
    live.measured(entry, written.liveBytes() + FeatureMemory.liveBytes(entry));
    return written;
  }

  /** With an image for followers. */
  private void putImage(LiveModels.Entry entry, ImageRule.Reason reason) {
    ModelSetCodec.Written written = serialise(entry);
    putImage(entry, written, reason);
    if (updatesOrNull != null) {
      updatesOrNull.image(entry, written.bytes());
    }
  }

  private void putImage(
      LiveModels.Entry entry, ModelSetCodec.Written written, ImageRule.Reason reason) {
    stored.putImage(entry.set.key(), written.bytes());
    send(entry);
    entry.unflushed.clear();
    if (!entry.featuresChanged && !entry.offsetsChanged) {
      touched.remove(entry);
    }
    counts.imageFacts.update(entry.set.position() - entry.imagePosition);
    entry.imagePosition = entry.set.position();
    entry.loggedBytes = 0;
    entry.replayNanos = 0;
    entry.loads = 0;
    counts.image(reason, written.bytes().length);
    counts.imageMicros.update(entry.writeNanos / 1000);
  }

  private void leave(LiveModels.Entry entry) {
    counts.evictions.inc();
    append(entry);
    storeMemory(entry);
    touched.remove(entry);
  }

  /** What is not in the log, and small. */
  private void storeMemory(LiveModels.Entry entry) {
    memory.store(entry);
    if (entry.offsetsChanged) {
      stored.putOffsets(entry.set.key(), entry.offsets);
      entry.offsetsChanged = false;
    }
  }

  private void append(LiveModels.Entry entry) {
    if (entry.unflushed.isEmpty()) {
      return;
    }
    if (sealed) {
      putImage(entry, serialise(entry), ImageRule.Reason.COMMAND);
      return;
    }
    long position = entry.unflushed.position();
    long facts = entry.unflushed.facts();
    byte[] chunk = entry.unflushed.close(entry.loads, compression);
    if (updatesOrNull != null) {
      updatesOrNull.facts(entry, position, facts, chunk);
    }
    counts.logFacts.update(entry.set.position() - entry.imagePosition);
    stored.append(entry.set.key(), chunk);
    entry.loggedBytes += chunk.length;
    counts.logBytes.inc(chunk.length);
  }

  /** Followers get the facts that keyed state needs no more. */
  private void send(LiveModels.Entry entry) {
    if (updatesOrNull != null && !entry.unflushed.isEmpty()) {
      long position = entry.unflushed.position();
      long facts = entry.unflushed.facts();
      byte[] chunk = entry.unflushed.close(entry.loads, compression);
      updatesOrNull.facts(entry, position, facts, chunk);
    }
  }
}
