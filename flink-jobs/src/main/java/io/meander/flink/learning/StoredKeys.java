/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.learning.StoredKey.StoredSlot;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.Replay;
import io.meander.models.Slot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * Looks at a learning operator's keyed state without the operator, see {@link StoredKey}. Changes
 * nothing. Used on one thread.
 */
public final class StoredKeys {

  private final ValueState<byte[]> image;
  private final ListState<byte[]> log;
  private final ValueState<byte[]> features;
  private final ValueState<byte[]> versions;
  private final ValueState<byte[]> waits;
  private final MapState<String, byte[]> pending;
  private final ModelContext context;
  private final ModelSetCodec codec;
  private final LearnerCodec learners;
  private final Replay replay;

  /**
   * @param state in which the current key is set by the caller
   */
  public StoredKeys(StoredPipeline pipeline, RuntimeContext state) {
    image = state.getState(StoredModels.value(StoredModels.IMAGE));
    log = state.getListState(StoredModels.list(StoredModels.LOG));
    features = state.getState(StoredModels.value(StoredModels.FEATURES));
    versions = state.getState(StoredModels.value(VersionHistory.VERSIONS));
    waits = state.getState(StoredModels.value(WaitingStore.WAITS));
    pending = state.getMapState(StoredModels.map(WaitingStore.PENDING));
    context = pipeline.context();
    codec = new ModelSetCodec(context);
    learners = new LearnerCodec(context);
    replay = new Replay(context, new Reducer(context));
  }

  /** What state holds of a key, which must be the current one. */
  public StoredKey read(String key) throws Exception {
    byte[] stored = image.value();
    List<byte[]> chunks = new ArrayList<>();
    long logBytes = 0;
    Iterable<byte[]> held = log.get();
    for (byte[] chunk : held == null ? List.<byte[]>of() : held) {
      chunks.add(chunk);
      logBytes += chunk.length;
    }
    List<VersionHistory.Entry> kept = VersionHistory.read(versions.value());
    long rememberedBytes = 0;
    for (byte[] bytes : pending.values()) {
      rememberedBytes += bytes.length;
    }

    ModelSet set = new ModelSet(key, context.target());
    WaitingQueue queue = new WaitingQueue(key);
    long logFacts = 0;
    List<StoredSlot> slots = new ArrayList<>();
    String problem = null;
    try {
      byte[] queued = waits.value();
      if (queued != null) {
        queue = WaitingQueue.read(key, queued);
      }
      if (stored != null) {
        set = codec.read(key, stored).set();
      }
      logFacts = replay.run(set, chunks).facts();
      for (Slot slot : set.slots()) {
        slots.add(slot(set, slot));
      }
    } catch (ModelFormatException e) {
      problem = e.getMessage();
      slots.clear();
    }
    return new StoredKey(
        key,
        set.position(),
        set.labels(),
        set.generation(),
        problem == null ? set.servedBy() : "",
        set.lastEventTime() == Observation.NO_TIME
            ? null
            : Instant.ofEpochMilli(set.lastEventTime()).toString(),
        length(stored),
        chunks.size(),
        logFacts,
        logBytes,
        length(features.value()),
        kept.size(),
        kept.stream().mapToLong(VersionHistory.Entry::bytes).sum(),
        queue.open,
        queue.early,
        queue.size,
        rememberedBytes,
        slots,
        problem);
  }

  private StoredSlot slot(ModelSet set, Slot slot) {
    return new StoredSlot(
        slot.id(),
        slot.spec().learner(),
        slot.spec().seed(),
        slot.featureFingerprint(),
        slot.incarnation(),
        slot.trainedInstances(),
        slot.version(),
        slot.drifts(),
        slot.id().equals(set.servedBy()),
        learning(slot),
        learners.write(slot).length);
  }

  private static String learning(Slot slot) {
    if (slot.isFrozen()) {
      return "frozen";
    }
    return slot.isStopped() ? "stopped" : slot.isPaused() ? "paused" : "learns";
  }

  private static long length(byte[] bytesOrNull) {
    return bytesOrNull == null ? 0 : bytesOrNull.length;
  }
}
