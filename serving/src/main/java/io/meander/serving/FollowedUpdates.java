/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.meander.avro.ModelUpdate;
import io.meander.avro.SlotState;
import io.meander.models.Fold;
import io.meander.models.FollowedSet;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.models.Predictor;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model set of every key as the pipeline's update log tells it: of the last checkpoint whose
 * updates were read. All are held as the bytes that came, and those that were asked lately as
 * models, within a bound in bytes; these learn each update as it comes, the others when they are
 * asked. Where the log of a key is not whole, nothing is known of it until its next image.
 * Thread-safe: one caller at a time asks one key.
 */
public final class FollowedUpdates {

  private static final Logger LOG = LoggerFactory.getLogger(FollowedUpdates.class);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What the cache weighs in: a weight is an int. */
  private static final int UNIT = 1024;

  /** A log that is shorter is not folded into an image of its own, however small that would be. */
  private static final long LEAST_FOLDED = 256 << 10;

  /** About a second's replay of an ensemble. */
  private static final long MOST_FACTS = 5_000;

  private final String pipeline;
  private final PipelineSpec.Updates updates;
  private final ModelContext context;
  private final Payloads payloads;
  private final ThreadLocal<Fold> folds;
  private final Map<String, Key> keys = new ConcurrentHashMap<>();
  private final Cache<Key, Integer> live;
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicLong known = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private final LongAdder taken = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder loads = new LongAdder();

  /**
   * @param pipeline the name in its spec
   * @param updates of the spec
   * @param context of the spec: updates under other columns or classes are refused
   * @param liveBytes estimated bytes that loaded model sets may take
   */
  public FollowedUpdates(
      String pipeline,
      PipelineSpec.Updates updates,
      ModelContext context,
      long liveBytes,
      Payloads payloads) {
    this.pipeline = pipeline;
    this.updates = updates;
    this.context = context;
    this.payloads = payloads;
    this.folds = ThreadLocal.withInitial(() -> new Fold(context));
    this.live =
        Caffeine.newBuilder()
            .maximumWeight(Math.max(1, liveBytes / UNIT))
            .weigher((Key key, Integer weight) -> weight)
            .removalListener(FollowedUpdates::removed)
            .build();
  }

  /** What is held of a key; its monitor guards it. */
  private static final class Key {
    final FollowedSet set;
    ModelUpdate lastOrNull;
    long imageBytes;
    long chunkBytes;

    Key(FollowedSet set) {
      this.set = set;
    }
  }

  /** Of a topic. */
  PipelineSpec.Updates updates() {
    return updates;
  }

  /** Runs on a thread that holds no key. */
  private static void removed(Key key, Integer weight, RemovalCause cause) {
    if (cause != RemovalCause.REPLACED) {
      synchronized (key) {
        key.set.unload();
      }
    }
  }

  /**
   * Takes a record over, in the order of its partition.
   *
   * @param bytes the record's value
   * @return the model key's text
   * @throws SnapshotException if it must not be used; what comes next of its key has a gap before
   *     it then
   */
  String take(byte[] bytes) throws SnapshotException {
    HeldUpdate update;
    try {
      update = HeldUpdate.of(bytes, pipeline, context);
    } catch (SnapshotException e) {
      refused.increment();
      throw e;
    }
    String name = update.record().getKey();
    Key key = keys.computeIfAbsent(name, k -> new Key(new FollowedSet(k, folds::get)));
    synchronized (key) {
      count(key, -1);
      FollowedSet.Change change = update.tell(key.set, payloads);
      hold(key, update);
      if (change == FollowedSet.Change.GAP) {
        gaps.increment();
        LOG.info(
            "The updates of key '{}' have a gap before position {}: it waits for its next image",
            name,
            update.record().getPosition());
      }
      try {
        if (key.set.isKnown()) {
          keepUp(key);
        }
      } catch (IOException e) {
        key.set.unload(); // tried again when it is asked
      } catch (ModelFormatException e) {
        lose(name, key, e);
      }
      count(key, 1);
    }
    taken.increment();
    return name;
  }

  private void hold(Key key, HeldUpdate update) {
    if (!key.set.isKnown()) {
      key.imageBytes = 0;
      key.chunkBytes = 0;
      key.lastOrNull = null;
      return;
    }
    if (update.isImage()) {
      key.imageBytes = update.heldBytes();
      key.chunkBytes = 0;
    } else if (update.record().getPosition() == 0) {
      key.imageBytes = 0;
      key.chunkBytes = update.heldBytes();
    } else {
      key.chunkBytes += update.heldBytes();
    }
    key.lastOrNull = update.record();
    key.lastOrNull.setPayload(NOTHING.duplicate());
  }

  /** What is live goes on; a long log becomes an image, so that none takes long to load. */
  private void keepUp(Key key) throws IOException {
    boolean wasLive = key.set.isLive();
    boolean isLong =
        key.chunkBytes > Math.max(LEAST_FOLDED, key.imageBytes)
            || key.set.position() - key.set.imagePosition() > MOST_FACTS;
    if (isLong || (wasLive && outgrewItsImage(key))) {
      key.imageBytes = key.set.fold().length;
      key.chunkBytes = 0;
      if (wasLive) {
        live.put(key, weight(key));
      } else {
        key.set.unload();
      }
    } else if (key.set.isLive()) {
      key.set.set();
    }
  }

  /** An image tells how large its set is on the heap; one that has doubled its facts may not be. */
  private static boolean outgrewItsImage(Key key) {
    return key.set.position() >= 2 * key.set.imagePosition();
  }

  private void lose(String name, Key key, ModelFormatException e) {
    LOG.warn("The model set of key '{}' {}: it waits for its next image", name, e.getMessage());
    refused.increment();
    key.set.lost();
    key.imageBytes = 0;
    key.chunkBytes = 0;
    key.lastOrNull = null;
  }

  private void count(Key key, int sign) {
    heldBytes.addAndGet(sign * (key.imageBytes + key.chunkBytes));
    known.addAndGet(key.set.isKnown() ? sign : 0);
    waiting.addAndGet(key.set.isGap() ? sign : 0);
  }

  /**
   * What is known of a key.
   *
   * @param position of its model set in its log
   * @param sentAt when its last update was sent; the epoch if that is not known
   * @param champion the slot that serves
   */
  record Known(long position, Instant sentAt, String champion, List<SlotState> slots) {}

  /** Null if the key's updates do not tell its model set. */
  Known knownOrNull(String name) {
    Key key = keys.get(name);
    if (key == null) {
      return null;
    }
    synchronized (key) {
      return key.set.isKnown()
          ? new Known(
              key.set.position(),
              sentAt(key.lastOrNull),
              key.lastOrNull.getChampion(),
              key.lastOrNull.getSlots())
          : null;
    }
  }

  /** Whether updates of the key came that something is missing before. */
  boolean isGap(String name) {
    Key key = keys.get(name);
    if (key == null) {
      return false;
    }
    synchronized (key) {
      return key.set.isGap();
    }
  }

  /**
   * What a slot of the key answers, or the key serves.
   *
   * @param slotOrNull null for what is served
   * @return null if the key's model set cannot be had
   * @throws UnknownModelException if the key has no such slot
   */
  FollowedModels.Answer answerOrNull(
      String name, String slotOrNull, FollowedModels.Features features)
      throws UnknownModelException, FeatureException {
    Key key = keys.get(name);
    if (key == null) {
      return null;
    }
    synchronized (key) {
      ModelSet set = loadedOrNull(name, key);
      if (set == null) {
        return null;
      }
      ModelUpdate last = key.lastOrNull;
      double[] vector =
          features.under(new PublishedFeatures(last.getFeatureState(), last.getSentAt()));
      String slot = slotOrNull == null ? set.servedBy() : slotOrNull;
      return slot.equals(SlotSpec.SERVED)
          ? combined(set, sentAt(last), vector)
          : answer(set, slot, sentAt(last), vector);
    }
  }

  private FollowedModels.Answer answer(ModelSet set, String slot, Instant at, double[] vector)
      throws UnknownModelException {
    var state = set.slot(slot);
    if (state == null) {
      throw new UnknownModelException(
          "there is no slot '%s' of key '%s'".formatted(slot, set.key()),
          slot,
          set.slots().stream().map(known -> known.id()).toList());
    }
    return new FollowedModels.Answer(
        set.key(),
        slot,
        state.incarnation(),
        state.trainedInstances(),
        state.version(),
        at,
        folds.get().vote(set, slot, vector));
  }

  private FollowedModels.Answer combined(ModelSet set, Instant at, double[] vector) {
    Map<String, Double> weights = set.servingWeights();
    List<Predictor.Vote> votes = new ArrayList<>();
    List<Double> counts = new ArrayList<>();
    for (var slot : set.slots()) {
      double weight = weights.getOrDefault(slot.id(), 0.0);
      if (weight > 0) {
        counts.add(weight);
        votes.add(folds.get().vote(set, slot.id(), vector));
      }
    }
    Predictor.Vote vote =
        Predictor.combined(
            context.target(), counts.stream().mapToDouble(Double::doubleValue).toArray(), votes);
    return new FollowedModels.Answer(set.key(), SlotSpec.SERVED, 0, set.labels(), 0, at, vote);
  }

  private ModelSet loadedOrNull(String name, Key key) {
    if (!key.set.isKnown()) {
      return null;
    }
    boolean wasLive = key.set.isLive();
    try {
      if (!wasLive) {
        loads.increment();
        if (outgrewItsImage(key)) {
          count(key, -1);
          key.imageBytes = key.set.fold().length;
          key.chunkBytes = 0;
          count(key, 1);
        }
      }
      ModelSet set = key.set.set();
      int weight = weight(key);
      Integer counted = live.getIfPresent(key);
      if (counted == null || counted != weight) { // a newer image came
        live.put(key, weight);
      }
      return set;
    } catch (IOException e) {
      LOG.warn("The model set of key '{}' cannot be had: {}", name, e.getMessage());
      return null;
    } catch (ModelFormatException e) {
      count(key, -1);
      lose(name, key, e);
      count(key, 1);
      return null;
    }
  }

  /** Figures of a moment. */
  public record Figures(
      long keys,
      long waitingKeys,
      long heldBytes,
      long liveSets,
      long liveBytes,
      long taken,
      long refused,
      long gaps,
      long loads) {}

  /** Keys whose model set is known, those that wait for an image after a gap, and so on. */
  public Figures figures() {
    live.cleanUp();
    return new Figures(
        known.get(),
        waiting.get(),
        heldBytes.get(),
        live.estimatedSize(),
        live.policy().eviction().orElseThrow().weightedSize().orElse(0) * UNIT,
        taken.sum(),
        refused.sum(),
        gaps.sum(),
        loads.sum());
  }

  private static Instant sentAt(ModelUpdate update) {
    return update.getSentAt() == null ? Instant.EPOCH : update.getSentAt();
  }

  private static int weight(Key key) {
    return (int) Math.min(Integer.MAX_VALUE, 1 + key.set.liveBytes() / UNIT);
  }
}
