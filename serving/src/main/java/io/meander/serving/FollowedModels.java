/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meander.models.ModelContext;
import io.meander.models.Predictor;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest snapshot of every key and slot: all of them as their records' bytes, and those that
 * were asked lately as models, within a bound in bytes. A model is loaded when it is asked; until a
 * newer one of its slot was loaded once, the one before is kept, so that a snapshot that turns out
 * bad changes nothing. Where the update log is followed too, it stands before the snapshots: a key
 * is answered from its last snapshot only as long as its updates do not tell more. Thread-safe: one
 * caller at a time asks one slot of one key.
 */
public final class FollowedModels {

  private static final Logger LOG = LoggerFactory.getLogger(FollowedModels.class);

  /** What the cache weighs in: a weight is an int. */
  private static final int UNIT = 1024;

  /** One part in so many of the bytes is for models of snapshots where updates are followed. */
  private static final int SNAPSHOTS_SHARE = 4;

  private final String pipeline;
  private final ModelContext context;
  private final List<String> slotOrder;
  private final Payloads payloads;
  private final FollowedUpdates updatesOrNull;
  private final NavigableMap<String, Key> keys = new ConcurrentSkipListMap<>();
  private final Cache<Slot, PublishedModel> live;
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicLong heldModels = new AtomicLong();
  private final LongAdder taken = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder loads = new LongAdder();

  /**
   * @param pipeline the name in its spec
   * @param context of the spec: snapshots under other columns or classes are refused
   * @param slotOrder the slots' ids in the spec's order, in which combined votes are added up
   * @param liveBytes estimated bytes that loaded models may take
   */
  public FollowedModels(
      String pipeline,
      ModelContext context,
      List<String> slotOrder,
      long liveBytes,
      Payloads payloads) {
    this(pipeline, context, slotOrder, liveBytes, payloads, null);
  }

  /**
   * @param updatesOrNull follows the update log too; null: snapshots alone
   */
  FollowedModels(
      String pipeline,
      ModelContext context,
      List<String> slotOrder,
      long liveBytes,
      Payloads payloads,
      FollowedUpdates updatesOrNull) {
    this.updatesOrNull = updatesOrNull;
    this.pipeline = pipeline;
    this.context = context;
    this.slotOrder = List.copyOf(slotOrder);
    this.payloads = payloads;
    this.live =
        Caffeine.newBuilder()
            .maximumWeight(Math.max(1, liveBytes / UNIT))
            .weigher((Slot slot, PublishedModel model) -> weight(model))
            .build();
  }

  /**
   * As the spec says: its snapshots and, where it has the update log sent, that.
   *
   * @param liveBytes estimated bytes that loaded models may take
   */
  public static FollowedModels of(PipelineSpec spec, long liveBytes, Payloads payloads) {
    FollowedUpdates updates =
        spec.snapshots()
            .updates()
            .map(
                sent ->
                    new FollowedUpdates(
                        spec.name(),
                        sent,
                        spec.modelContext(),
                        liveBytes - liveBytes / SNAPSHOTS_SHARE,
                        payloads))
            .orElse(null);
    return new FollowedModels(
        spec.name(),
        spec.modelContext(),
        spec.slots().stream().map(SlotSpec::id).toList(),
        updates == null ? liveBytes : liveBytes / SNAPSHOTS_SHARE,
        payloads,
        updates);
  }

  /** What is held of a key. */
  private static final class Key {
    final Map<String, Slot> slots = new ConcurrentHashMap<>();

    /** Of all its snapshots the one that tells last who serves. */
    volatile HeldSnapshot latest;
  }

  /** A slot of a key; its monitor guards the model too, which is not thread-safe. */
  private static final class Slot {
    HeldSnapshot newest;

    /** Until the newest was loaded once. */
    HeldSnapshot previousOrNull;

    /** Whether the newest was loaded once. */
    boolean proven;
  }

  /**
   * One model's answer. (key, slot, incarnation, trained instances) names the exact model; where
   * votes were combined, the slot is {@link SlotSpec#SERVED}, incarnation and version are 0, and
   * the rest is that of the oldest of the models.
   */
  public record Answer(
      String key,
      String slot,
      long incarnation,
      long trainedInstances,
      long version,
      Instant publishedAt,
      Predictor.Vote vote) {}

  /** What is known of a model without loading it. */
  public record Description(
      String key,
      String slot,
      long incarnation,
      long trainedInstances,
      long version,
      Instant publishedAt,
      boolean serves) {}

  /**
   * How far a key is followed.
   *
   * @param position in its update log of the models that it is answered from; of a snapshot, where
   *     that one was
   * @param byUpdates whether they are those of its updates; else of its snapshots
   * @param gap whether updates of it came that something is missing before: it waits for an image
   */
  public record Reach(long position, boolean byUpdates, boolean gap) {}

  /** Works out the features under a model's own feature state, as published with it. */
  @FunctionalInterface
  public interface Features {
    /**
     * @param published with the model that is asked
     * @return one value per column
     */
    double[] under(PublishedFeatures published) throws FeatureException;
  }

  /**
   * Takes a record over, in the order of its partition.
   *
   * @param bytes the record's value
   * @throws SnapshotException if it must not be used: the one before stays
   */
  public void take(byte[] bytes) throws SnapshotException {
    HeldSnapshot snapshot;
    try {
      snapshot = HeldSnapshot.of(bytes, pipeline, context);
    } catch (SnapshotException e) {
      refused.increment();
      throw e;
    }
    Key key = keys.computeIfAbsent(snapshot.key(), k -> new Key());
    Slot slot = key.slots.computeIfAbsent(snapshot.slot(), s -> new Slot());
    synchronized (slot) {
      if (slot.newest == null) {
        heldModels.incrementAndGet();
      } else if (slot.proven || slot.previousOrNull == null) {
        release(slot.previousOrNull);
        slot.previousOrNull = slot.newest;
      } else {
        release(slot.newest);
      }
      slot.newest = snapshot;
      slot.proven = false;
      heldBytes.addAndGet(bytes.length);
    }
    synchronized (key) {
      if (key.latest == null || snapshot.isLaterThan(key.latest)) {
        key.latest = snapshot;
      }
    }
    taken.increment();
  }

  /** The update log, where it is followed too. */
  public Optional<FollowedUpdates> updates() {
    return Optional.ofNullable(updatesOrNull);
  }

  /**
   * Takes a record of the update log over, in the order of its partition.
   *
   * @param bytes the record's value
   * @throws SnapshotException if it must not be used
   */
  public void takeUpdate(byte[] bytes) throws SnapshotException {
    String name = updatesOrNull.take(bytes);
    if (updatesOrNull.knownOrNull(name) != null) {
      keys.computeIfAbsent(name, k -> new Key());
    } else {
      forgetIfEmpty(name);
    }
  }

  /** A tombstone came: the slot's model is gone. */
  public void remove(String keyName, String slotId) {
    Key key = keys.get(keyName);
    Slot slot = key == null ? null : key.slots.remove(slotId);
    if (slot == null) {
      return;
    }
    synchronized (slot) {
      release(slot.newest);
      release(slot.previousOrNull);
      live.invalidate(slot);
      heldModels.decrementAndGet();
    }
    forgetIfEmpty(keyName);
  }

  private void forgetIfEmpty(String name) {
    Key key = keys.get(name);
    if (key != null
        && key.slots.isEmpty()
        && (updatesOrNull == null || updatesOrNull.knownOrNull(name) == null)) {
      keys.remove(name, key);
    }
  }

  /**
   * What the key serves: the vote of its champion, or of all slots together.
   *
   * @throws UnknownModelException if there is no model for the key, with the nearest that have one
   * @throws FeatureException if the features cannot be worked out
   */
  public Answer answer(String keyName, Features features)
      throws UnknownModelException, SnapshotException, FeatureException {
    Answer newer = newerOrNull(keyName, null, features);
    if (newer != null) {
      return newer;
    }
    HeldSnapshot latest = published(keyName).latest;
    return latest.champion().equals(SlotSpec.SERVED)
        ? combined(keyName, latest.weights(), features)
        : answerPublished(keyName, latest.champion(), features);
  }

  /** As {@link #answer(String, Features)}, of one slot whether it serves or not. */
  public Answer answer(String keyName, String slotId, Features features)
      throws UnknownModelException, SnapshotException, FeatureException {
    Answer newer = newerOrNull(keyName, slotId, features);
    return newer == null ? answerPublished(keyName, slotId, features) : newer;
  }

  private Answer answerPublished(String keyName, String slotId, Features features)
      throws UnknownModelException, SnapshotException, FeatureException {
    Key key = published(keyName);
    Slot slot = key.slots.get(slotId);
    if (slot == null) {
      throw new UnknownModelException(
          "no model was published for slot '%s' of key '%s'".formatted(slotId, keyName),
          slotId,
          key.slots.keySet());
    }
    synchronized (slot) {
      PublishedModel model = loaded(slot);
      HeldSnapshot held = slot.newest;
      return new Answer(
          keyName,
          slotId,
          held.incarnation(),
          held.trainedInstances(),
          held.version(),
          held.publishedAt(),
          model.vote(features.under(model.publishedFeatures())));
    }
  }

  private Answer combined(String key, Map<String, Double> weights, Features features)
      throws UnknownModelException, SnapshotException, FeatureException {
    List<String> voters =
        Stream.concat(slotOrder.stream(), weights.keySet().stream().sorted())
            .distinct()
            .filter(slot -> weights.getOrDefault(slot, 0.0) > 0)
            .toList();
    List<Predictor.Vote> votes = new ArrayList<>();
    long trained = Long.MAX_VALUE;
    Instant oldest = Instant.MAX;
    for (String slot : voters) {
      Answer answer = answerPublished(key, slot, features);
      votes.add(answer.vote());
      trained = Math.min(trained, answer.trainedInstances());
      oldest = oldest.isBefore(answer.publishedAt()) ? oldest : answer.publishedAt();
    }
    double[] counts = voters.stream().mapToDouble(weights::get).toArray();
    Predictor.Vote vote = Predictor.combined(context.target(), counts, votes);
    return new Answer(key, SlotSpec.SERVED, 0, trained, 0, oldest, vote);
  }

  /** The newest model that can be loaded; a newer one that cannot is refused for good. */
  private PublishedModel loaded(Slot slot) throws SnapshotException {
    PublishedModel model = live.getIfPresent(slot);
    if (model != null && slot.proven) {
      return model;
    }
    loads.increment();
    try {
      model = slot.newest.load(context, payloads);
    } catch (SnapshotException e) {
      if (slot.previousOrNull == null) {
        throw e;
      }
      refused.increment();
      LOG.warn("{}: version {} stays", e.getMessage(), slot.previousOrNull.version());
      release(slot.newest);
      slot.newest = slot.previousOrNull;
      slot.previousOrNull = null;
      model = slot.newest.load(context, payloads);
    }
    release(slot.previousOrNull);
    slot.previousOrNull = null;
    slot.proven = true;
    live.put(slot, model);
    return model;
  }

  private void release(HeldSnapshot snapshotOrNull) {
    if (snapshotOrNull != null) {
      heldBytes.addAndGet(-snapshotOrNull.bytes().length);
    }
  }

  /** The answer of what updates tell, unless a snapshot tells more. */
  private Answer newerOrNull(String keyName, String slotOrNull, Features features)
      throws UnknownModelException, FeatureException {
    return newerOrNull(keyName) == null
        ? null
        : updatesOrNull.answerOrNull(keyName, slotOrNull, features);
  }

  private FollowedUpdates.Known newerOrNull(String keyName) {
    FollowedUpdates.Known known = updatesOrNull == null ? null : updatesOrNull.knownOrNull(keyName);
    if (known == null) {
      return null;
    }
    Key key = keys.get(keyName);
    HeldSnapshot latest = key == null ? null : key.latest;
    boolean behind =
        latest != null
            && latest.position() > known.position()
            && latest.publishedAt().isAfter(known.sentAt());
    return behind ? null : known;
  }

  private Key published(String keyName) throws UnknownModelException {
    Key key = keys.get(keyName);
    if (key == null || key.latest == null) {
      throw new UnknownModelException(
          "no model was published for key '" + keyName + "'", keyName, keys.keySet());
    }
    return key;
  }

  /** The keys that have a model, in order. */
  public NavigableSet<String> keys() {
    return keys.navigableKeySet();
  }

  /**
   * The key's models in the order of their slots' names.
   *
   * @throws UnknownModelException if there is none
   */
  public List<Description> describe(String keyName) throws UnknownModelException {
    FollowedUpdates.Known known = newerOrNull(keyName);
    if (known != null) {
      return describe(keyName, known);
    }
    Key key = published(keyName);
    HeldSnapshot latest = key.latest;
    List<Description> descriptions = new ArrayList<>();
    for (String id : key.slots.keySet().stream().sorted().toList()) {
      Slot slot = key.slots.get(id);
      if (slot != null) {
        synchronized (slot) {
          HeldSnapshot held = slot.newest;
          boolean serves =
              id.equals(latest.champion()) || latest.weights().getOrDefault(id, 0.0) > 0;
          descriptions.add(
              new Description(
                  keyName,
                  id,
                  held.incarnation(),
                  held.trainedInstances(),
                  held.version(),
                  held.publishedAt(),
                  serves));
        }
      }
    }
    return descriptions;
  }

  private static List<Description> describe(String key, FollowedUpdates.Known known) {
    boolean all = known.champion().equals(SlotSpec.SERVED);
    return known.slots().stream()
        .map(
            slot ->
                new Description(
                    key,
                    slot.getSlot(),
                    slot.getIncarnation(),
                    slot.getTrainedInstances(),
                    slot.getVersion(),
                    known.sentAt(),
                    (all && !slot.getSlot().equals(SlotSpec.FROZEN))
                        || slot.getSlot().equals(known.champion())))
        .sorted(Comparator.comparing(Description::slot))
        .toList();
  }

  /**
   * How far a key is followed.
   *
   * @throws UnknownModelException if there is nothing of it
   */
  public Reach reach(String keyName) throws UnknownModelException {
    FollowedUpdates.Known known = newerOrNull(keyName);
    boolean gap = updatesOrNull != null && updatesOrNull.isGap(keyName);
    return known != null
        ? new Reach(known.position(), true, gap)
        : new Reach(published(keyName).latest.position(), false, gap);
  }

  /** Figures of a moment. */
  public record Figures(
      long keys,
      long models,
      long heldBytes,
      long liveModels,
      long liveBytes,
      long taken,
      long refused,
      long loads) {}

  public Figures figures() {
    live.cleanUp();
    long liveBytes = live.policy().eviction().orElseThrow().weightedSize().orElse(0) * UNIT;
    return new Figures(
        keys.size(),
        heldModels.get(),
        heldBytes.get(),
        live.estimatedSize(),
        liveBytes,
        taken.sum(),
        refused.sum(),
        loads.sum());
  }

  private static int weight(PublishedModel model) {
    return (int) Math.min(Integer.MAX_VALUE, 1 + model.liveBytes() / UNIT);
  }
}
