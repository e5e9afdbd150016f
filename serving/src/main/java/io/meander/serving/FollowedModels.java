/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meander.models.ModelContext;
import io.meander.models.Predictor;
import io.meander.models.SlotSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
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
 * bad changes nothing. Thread-safe: one caller at a time asks one slot of one key.
 */
public final class FollowedModels {

  private static final Logger LOG = LoggerFactory.getLogger(FollowedModels.class);

  /** What the cache weighs in: a weight is an int. */
  private static final int UNIT = 1024;

  private final String pipeline;
  private final ModelContext context;
  private final List<String> slotOrder;
  private final Payloads payloads;
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

  /** Works out the features under a model's own feature state, as published with it. */
  @FunctionalInterface
  public interface Features {
    /**
     * @param published the model that is asked
     * @return one value per column
     */
    double[] under(PublishedModel published) throws FeatureException;
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
    if (key.slots.isEmpty()) {
      keys.remove(keyName, key);
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
    HeldSnapshot latest = known(keyName).latest;
    return latest.champion().equals(SlotSpec.SERVED)
        ? combined(keyName, latest.weights(), features)
        : answer(keyName, latest.champion(), features);
  }

  /** As {@link #answer(String, Features)}, of one slot whether it serves or not. */
  public Answer answer(String keyName, String slotId, Features features)
      throws UnknownModelException, SnapshotException, FeatureException {
    Key key = known(keyName);
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
          model.vote(features.under(model)));
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
      Answer answer = answer(key, slot, features);
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

  private Key known(String keyName) throws UnknownModelException {
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
    Key key = known(keyName);
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
