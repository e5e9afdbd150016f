/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.features.FeatureSchema;
import io.meander.models.Answer.SlotAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest published models of all parents: they answer for keys that have learned nothing yet,
 * and are what such a key begins with. A parent stands in for a child whole or not at all: with a
 * model for each of the child's slots, of the same learner, seed and classes. Each model is read
 * once, at its first use, however many keys need it. Not thread-safe: one task's.
 */
public final class ParentModels {

  /** Why a parent cannot stand in for a child. */
  public enum Unfit {
    /** It has published nothing for some slot of the child. */
    NO_SNAPSHOT,
    /** A slot of the same id has another learner or seed. */
    OTHER_LEARNER,
    /** It was learned under another class list. */
    OTHER_CLASSES,
    /** It was written under another feature schema or MOA version, or is broken. */
    UNREADABLE
  }

  /** A published model, and what was read of it once it was needed. */
  private static final class Published {
    private final ParentModel model;
    private Learner learner;
    private boolean unreadable;

    Published(ParentModel model) {
      this.model = model;
    }
  }

  private final ModelContext context;
  private final LearnerCodec codec;

  /** By parent, then by slot. */
  private final Map<String, Map<String, Published>> parents = new HashMap<>();

  private long bytes;

  public ParentModels(ModelContext context) {
    this.context = context;
    this.codec = new LearnerCodec(context);
  }

  /** A newer model of a parent's slot. */
  public void take(ParentModel model) {
    Published before =
        parents
            .computeIfAbsent(model.parent(), p -> new TreeMap<>())
            .put(model.slot().id(), new Published(model));
    bytes += model.payload().length - (before == null ? 0 : before.model.payload().length);
  }

  /** Why the parent cannot stand in for the child, or null if it can. */
  public Unfit unfitOrNull(String parent, ModelSet child) {
    Map<String, Published> slots = parents.getOrDefault(parent, Map.of());
    for (Slot slot : child.slots) {
      if (slot.isFrozen()) {
        continue;
      }
      Published published = slots.get(slot.id());
      if (published == null) {
        return Unfit.NO_SNAPSHOT;
      } else if (!published.model.slot().equals(slot.spec())) {
        return Unfit.OTHER_LEARNER;
      } else if (!published.model.classes().equals(context.classes())) {
        return Unfit.OTHER_CLASSES;
      } else if (!isReadable(published)) {
        return Unfit.UNREADABLE;
      }
    }
    return null;
  }

  private boolean isReadable(Published published) {
    if (published.learner == null && !published.unreadable) {
      try {
        published.learner = codec.learner(published.model.payload());
      } catch (ModelFormatException e) {
        published.unreadable = true;
      }
    }
    return !published.unreadable;
  }

  /**
   * What the parent's models say to an event of a child: slots, serving policy and baselines are
   * the child's. Only if the parent is fit, see {@link #unfitOrNull}. Changes nothing.
   */
  public Answer answer(String parent, ModelSet child, Observation event) {
    Map<String, Published> slots = parents.get(parent);
    EventInstances instances = new EventInstances(event.features(), context);
    List<SlotAnswer> answers = new ArrayList<>(child.slots.size());
    boolean combines = child.serve.kind() == ServePolicy.Kind.VOTE;
    int served = Answer.COMBINED;
    for (Slot slot : child.slots) {
      if (slot.isFrozen()) {
        continue;
      }
      Published published = slots.get(slot.id());
      double[] raw = published.learner.votes(instances.of(published.learner.header()));
      double[] votes = context.target().votes(raw, child.typical());
      if (!combines && slot.id().equals(child.champion)) {
        served = answers.size();
      }
      answers.add(
          new SlotAnswer(
              slot.id(),
              published.model.incarnation(),
              published.model.trainedInstances(),
              published.model.version(),
              context.target().predicted(raw, votes),
              votes));
    }
    SlotAnswer[] all = answers.toArray(SlotAnswer[]::new);
    SlotAnswer decided =
        Voting.decided(
            combines ? ServeRules.combined(child, all) : all[served],
            combines,
            child.serve.decision());
    return new Answer(
        event.eventId(),
        event.key(),
        event.eventTime(),
        child.generation,
        all,
        decided == null ? served : Answer.COMBINED,
        child.noChange(),
        child.typical(),
        event.slices(),
        Answer.NO_BACKGROUNDS,
        decided,
        parent);
  }

  /** The schema that a parent's published model learns under, once it has answered. */
  public FeatureSchema features(String parent, String slot) {
    return parents.get(parent).get(slot).learner.header().features();
  }

  /** The facts that make a child begin with its parent's models; only if the parent is fit. */
  public List<Fact> copies(String parent, ModelSet child) {
    List<Fact> facts = new ArrayList<>();
    for (Slot slot : child.slots) {
      if (!slot.isFrozen()) {
        ParentModel model = parents.get(parent).get(slot.id()).model;
        facts.add(
            new Fact.Copied(
                slot.id(), parent, model.incarnation(), model.trainedInstances(), model.payload()));
      }
    }
    return facts;
  }

  /** All that is held, the newest of each parent and slot. */
  public List<ParentModel> all() {
    List<ParentModel> all = new ArrayList<>();
    for (Map<String, Published> slots : new TreeMap<>(parents).values()) {
      slots.values().forEach(published -> all.add(published.model));
    }
    return all;
  }

  /** Of the payloads held. */
  public long bytes() {
    return bytes;
  }
}
