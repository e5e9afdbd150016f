/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.FactWriter;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.Reducer;
import io.meander.models.Replay;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a key's model set back from keyed state: the image, and a replay of the facts since. What
 * cannot be read fails the task or begins anew, as the spec says. Called by {@link KeyedModels}, on
 * the task's thread.
 */
final class Loading {

  private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

  private final StoredModels stored;
  private final ModelContext context;
  private final Replay replay;
  private final ModelSetCodec codec;
  private final FeatureMemory memory;
  private final PipelineSpec.OnCorruptModel onCorrupt;
  private final UpdateWriter updatesOrNull;
  private final CacheMetrics counts;

  Loading(
      StoredModels stored,
      ModelContext context,
      Reducer reducer,
      ModelSetCodec codec,
      FeatureMemory memory,
      PipelineSpec.OnCorruptModel onCorrupt,
      UpdateWriter updatesOrNull,
      CacheMetrics counts) {
    this.stored = stored;
    this.context = context;
    this.replay = new Replay(context, reducer);
    this.codec = codec;
    this.memory = memory;
    this.onCorrupt = onCorrupt;
    this.updatesOrNull = updatesOrNull;
    this.counts = counts;
  }

  /**
   * A set from keyed state.
   *
   * @param liveBytes of its image; 0 if it has none
   */
  record Loaded(LiveModels.Entry entry, long liveBytes) {}

  /**
   * The current key's set as it is stored, or new; not among the live ones yet.
   *
   * @param learnNanos what a label takes if nothing was replayed that tells
   * @throws ModelFormatException if what is stored cannot be read and {@code
   *     recovery.on-corrupt-model} is {@code fail}
   */
  Loaded load(long learnNanos) throws Exception {
    String key = stored.currentKey();
    try {
      return read(key, learnNanos);
    } catch (ModelFormatException e) {
      String what = "the stored model set of key '" + key + "' " + e.getMessage();
      if (onCorrupt == PipelineSpec.OnCorruptModel.FAIL) {
        throw new ModelFormatException(
            what + ". recovery.on-corrupt-model: restart-model would begin the key anew", e);
      }
      counts.corrupt.inc();
      LOG.error("{}: the key begins anew", what, e);
      stored.clear();
      LiveModels.Entry entry = new LiveModels.Entry(empty(key), new FactWriter(context), 0);
      entry.featuresOrNull = memory.none();
      if (updatesOrNull != null) {
        updatesOrNull.forgotten(key);
        updatesOrNull.loaded(entry);
      }
      return new Loaded(entry, 0);
    }
  }

  private Loaded read(String key, long learnNanos) throws Exception {
    long start = System.nanoTime();
    byte[] image = stored.image();
    ModelSet set = empty(key);
    long liveBytes = 0;
    if (image != null) {
      ModelSetCodec.Loaded loaded = codec.read(key, image);
      set = loaded.set();
      liveBytes = loaded.liveBytes();
      if (!loaded.samePlatform()) {
        counts.otherPlatform.inc();
      }
    }
    long imagePosition = set.position();
    long imageLabels = set.labels();
    long replayStart = System.nanoTime();
    List<byte[]> chunks = new ArrayList<>();
    long loggedBytes = 0;
    for (byte[] chunk : stored.log()) {
      chunks.add(chunk);
      loggedBytes += chunk.length;
    }
    Replay.Replayed replayed = replay.run(set, chunks);
    LiveModels.Entry entry =
        new LiveModels.Entry(
            set, new FactWriter(context), image == null ? set.labels() : imageLabels);
    entry.learnNanos = learnNanos;
    entry.featuresOrNull = memory.load();
    entry.offsets = stored.offsets();
    if (updatesOrNull != null) {
      updatesOrNull.loaded(entry);
    }
    if (image != null || replayed.facts() > 0) {
      long end = System.nanoTime();
      counts.loaded(end - start, replayed.facts());
      entry.imagePosition = imagePosition;
      entry.loggedBytes = loggedBytes;
      entry.loads = replayed.loads() + 1;
      entry.replayNanos = end - replayStart;
      if (replayed.facts() > 0) {
        entry.learnNanos = entry.replayNanos / replayed.facts();
      }
      entry.readNanos = image == null ? 0 : replayStart - start;
      entry.writeNanos = entry.readNanos;
    }
    return new Loaded(entry, liveBytes);
  }

  private ModelSet empty(String key) {
    return new ModelSet(key, context.target());
  }
}
