/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureSpecException;
import io.meander.features.FeatureTransform;
import io.meander.features.KeyedFeatures;
import io.meander.features.LabelSource;
import io.meander.features.LabelValue;
import io.meander.features.LayoutFeatures;
import io.meander.features.MissingPolicy;
import io.meander.features.ModelKey;
import io.meander.models.ClassTarget;
import io.meander.models.Deployment;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.FrozenTwin;
import io.meander.models.ModelContext;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * A pipeline as declared, every default filled in and everything checked that can be checked before
 * a job starts. Made by {@link SpecLoader}; immutable and serialisable, so that a job carries it to
 * its tasks. Lists and strings are never null; what may be absent says so.
 *
 * @param yaml the text it was read from
 * @param expireAfterOrNull keys go whole that had no event for so long; null for never
 * @param limits how large learners may grow, by slot id
 * @param features the declared features, defaults resolved against the schema
 * @param twins copies of each key's champion that learn no more
 * @param predictions how they go out
 * @param missing what becomes of missing numbers
 * @param weight how much each event counts when it is learned
 * @param serve whose votes are served
 * @param parentOrNull where a new key's first models come from; null: it begins with fresh ones
 */
public record PipelineSpec(
    String yaml,
    String name,
    Events events,
    Label label,
    List<FeatureSpec> features,
    List<SlotSpec> slots,
    Map<String, SizeLimit> limits,
    String champion,
    DriftPolicies drift,
    List<FrozenTwin> twins,
    Snapshots snapshots,
    Recovery recovery,
    Duration expireAfterOrNull,
    Evaluation evaluation,
    Topics topics,
    Predictions predictions,
    MissingPolicy missing,
    Weight weight,
    ServePolicy serve,
    Parent parentOrNull)
    implements Serializable {

  public PipelineSpec {
    features = List.copyOf(features);
    slots = List.copyOf(slots);
    limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    twins = List.copyOf(twins);
  }

  /**
   * Missing numbers are kept, every event counts the same, and the champion serves, whose
   * predictions do not carry features.
   */
  public PipelineSpec(
      String yaml,
      String name,
      Events events,
      Label label,
      List<FeatureSpec> features,
      List<SlotSpec> slots,
      Map<String, SizeLimit> limits,
      String champion,
      DriftPolicies drift,
      FreezeSpec frozenOrNull,
      Snapshots snapshots,
      Recovery recovery,
      Duration expireAfterOrNull,
      Evaluation evaluation,
      Topics topics,
      Delivery delivery) {
    this(
        yaml,
        name,
        events,
        label,
        features,
        slots,
        limits,
        champion,
        drift,
        FrozenTwin.declared(frozenOrNull),
        snapshots,
        recovery,
        expireAfterOrNull,
        evaluation,
        topics,
        new Predictions(delivery, false),
        MissingPolicy.KEEP,
        Weight.NONE,
        ServePolicy.CHAMPION,
        null);
  }

  /** When the twin that the spec declares is made. */
  public Optional<FreezeSpec> frozen() {
    return twins.stream()
        .filter(twin -> twin.id().equals(SlotSpec.FROZEN))
        .map(FrozenTwin::when)
        .findFirst();
  }

  /** The same pipeline with other copies of each key's champion beside it. */
  public PipelineSpec withTwins(List<FrozenTwin> others) {
    return new PipelineSpec(
        yaml,
        name,
        events,
        label,
        features,
        slots,
        limits,
        champion,
        drift,
        others,
        snapshots,
        recovery,
        expireAfterOrNull,
        evaluation,
        topics,
        predictions,
        missing,
        weight,
        serve,
        parentOrNull);
  }

  /**
   * The same pipeline with other slots, of which one serves.
   *
   * @param originals by the id of each new slot that of a present one, whose drift policy and size
   *     limit it takes over
   */
  public PipelineSpec withSlots(
      List<SlotSpec> others, String servingSlot, Map<String, String> originals) {
    Map<String, DriftSpec> watched = new TreeMap<>();
    Map<String, SizeLimit> limited = new TreeMap<>();
    originals.forEach(
        (slot, original) -> {
          if (drift.bySlot().containsKey(original)) {
            watched.put(slot, drift.bySlot().get(original));
          }
          if (limits.containsKey(original)) {
            limited.put(slot, limits.get(original));
          }
        });
    return new PipelineSpec(
        yaml,
        name,
        events,
        label,
        features,
        others,
        limited,
        servingSlot,
        new DriftPolicies(drift.every(), watched, drift.features()),
        twins,
        snapshots,
        recovery,
        expireAfterOrNull,
        evaluation,
        topics,
        predictions,
        missing,
        weight,
        ServePolicy.CHAMPION,
        parentOrNull);
  }

  /** Where a new key's first models come from; empty: it begins with fresh ones. */
  public Optional<Parent> parent() {
    return Optional.ofNullable(parentOrNull);
  }

  /** The same pipeline with other parents, or without any. */
  public PipelineSpec withParent(Parent otherOrNull) {
    return new PipelineSpec(
        yaml,
        name,
        events,
        label,
        features,
        slots,
        limits,
        champion,
        drift,
        twins,
        snapshots,
        recovery,
        expireAfterOrNull,
        evaluation,
        topics,
        predictions,
        missing,
        weight,
        serve,
        otherOrNull);
  }

  /** How long a key may go without an event; empty for ever. */
  public Optional<Duration> expireAfter() {
    return Optional.ofNullable(expireAfterOrNull);
  }

  /** The spec's slots and policies, as generation 1. */
  public Deployment deployment() {
    return new Deployment(1, slots, champion, drift, twins, limits, serve);
  }

  /** What is allowed and seldom meant, with its path in the YAML. */
  public List<SpecError> warnings() {
    return warnings(Map.of());
  }

  /**
   * As {@link #warnings()}, knowing some data.
   *
   * @param seen by column the range of its numbers
   */
  public List<SpecError> warnings(Map<String, FeatureRange> seen) {
    return SpecWarnings.of(this, seen);
  }

  /** What a running job cannot do as the spec says, with its path in the YAML. */
  public List<SpecError> liveWarnings() {
    return SpecWarnings.live(this);
  }

  /** The features compiled against the event schema; a policy that remembers is not in them. */
  public FeatureTransform featureTransform() {
    return FeatureTransform.compile(features, events.schema(), missing);
  }

  /** Those features that remember, and what fills in missing values by memory. */
  public KeyedFeatures keyedFeatures() {
    return KeyedFeatures.compile(
        features,
        featureTransform().schema(),
        events.schema(),
        label.source(events.schema()),
        missing);
  }

  /** The columns of its vectors if its features never changed. */
  public FeatureLayout layout() {
    return FeatureLayout.of(featureTransform().schema());
  }

  /**
   * The features of a layout compiled against the event schema.
   *
   * @throws FeatureSpecException if they cannot be worked out from such events
   */
  public LayoutFeatures features(FeatureLayout layout) {
    return new LayoutFeatures(layout, events.schema(), label.source(events.schema()));
  }

  /** What is predicted. */
  public Target target() {
    return label.target();
  }

  /** What all models of this pipeline share. */
  public ModelContext modelContext() {
    return modelContext(layout());
  }

  /** The same where models of earlier features learn on. */
  public ModelContext modelContext(FeatureLayout layout) {
    return new ModelContext(layout, target());
  }

  /**
   * Where events come from and what their parts mean. Field names are in the notation of {@link
   * io.meander.features.FieldPath}.
   *
   * @param schema an Avro record schema
   * @param key fields of the model key; empty for one model set for the whole stream
   * @param idOrNull the field of the event's id; null: the row's number, or topic-partition-offset
   * @param timeOrNull null: file order, or the Kafka record's time
   */
  public record Events(
      String topic, Schema schema, List<String> key, String idOrNull, EventTime timeOrNull)
      implements Serializable {
    public Events {
      key = List.copyOf(key);
    }

    public Optional<String> id() {
      return Optional.ofNullable(idOrNull);
    }

    public Optional<EventTime> time() {
      return Optional.ofNullable(timeOrNull);
    }
  }

  /**
   * @param formatOrNull a {@link java.time.format.DateTimeFormatter} pattern for text without one
   *     of the ISO-8601 forms; null for those
   * @param zone for times without an offset
   */
  public record EventTime(
      String field, String formatOrNull, ZoneId zone, Duration outOfOrderness, Duration idleAfter)
      implements Serializable {}

  /**
   * The truth about an event, inside it or on a topic of its own.
   *
   * @param fieldOrNull of the event, or of the label record; null if an expression gives the label,
   *     or there is none
   * @param valueOrNull the expression that gives it
   * @param aboveOrNull if present, it is a number and its class is the second one when it is above
   *     this, else the first
   * @param target what it says: one of several classes, or a number, or what is an anomaly
   * @param outcome the event's fields known only with the label, never features
   * @param topicOrNull where labels come on their own; null if they are inside the events
   * @param knownAtOrNull when a label inside an event is known, in a bounded run; null: at once
   * @param waits what is waited for where labels come after their events
   */
  public record Label(
      String fieldOrNull,
      String valueOrNull,
      Double aboveOrNull,
      Target target,
      List<String> outcome,
      LabelTopic topicOrNull,
      KnownAt knownAtOrNull,
      Waits waits)
      implements Serializable {
    public Label {
      outcome = List.copyOf(outcome);
    }

    /** One of several classes, inside the event, known at once. */
    public Label(String field, Double aboveOrNull, List<String> classes, List<String> outcome) {
      this(field, null, aboveOrNull, new ClassTarget(classes), outcome, null, null, Waits.DEFAULT);
    }

    /** No label at all: nothing is scored. */
    static Label none(Target target) {
      return new Label(null, null, null, target, List.of(), null, null, Waits.DEFAULT);
    }

    /** Whether there are labels; only anomalies are learned without. */
    public boolean isGiven() {
      return fieldOrNull != null || valueOrNull != null;
    }

    /** Whether labels come after their events: on a topic of their own or, in files, later. */
    public boolean isLate() {
      return topicOrNull != null || knownAtOrNull != null;
    }

    /** The class list, in order; empty of a regression. */
    public List<String> classes() {
      return target.classes();
    }

    public Optional<LabelTopic> topic() {
      return Optional.ofNullable(topicOrNull);
    }

    public Optional<KnownAt> knownAt() {
      return Optional.ofNullable(knownAtOrNull);
    }

    /** Where features over labels read. */
    LabelSource source(Schema event) {
      return new LabelSource(
          topicOrNull == null ? event : topicOrNull.schema(),
          fieldOrNull,
          valueOrNull,
          aboveOrNull,
          classes());
    }

    /** The label's value in records of a schema. */
    public LabelValue value(Schema schema) {
      return LabelValue.of(fieldOrNull, valueOrNull, schema);
    }

    /** The field or the expression, as it was written. */
    public String text() {
      return fieldOrNull == null ? valueOrNull : fieldOrNull;
    }

    /** Whether a field of the event is known only with the label: the label, an outcome, a part. */
    public boolean gives(String path) {
      Stream<String> own = topicOrNull == null ? Stream.ofNullable(fieldOrNull) : Stream.empty();
      return Stream.concat(own, outcome.stream())
          .anyMatch(
              known ->
                  path.equals(known)
                      || path.startsWith(known + ".")
                      || path.startsWith(known + "["));
    }
  }

  /**
   * Where labels come from, and what the parts of a label record mean.
   *
   * @param schema an Avro record schema
   * @param key fields of the model key, in the order of the events'; none with {@code resolveById}
   * @param id the field of the event's id
   * @param timeOrNull null: the Kafka record's time
   * @param resolveById whether the model key is that of the event with this id
   */
  public record LabelTopic(
      String topic,
      Schema schema,
      List<String> key,
      String id,
      EventTime timeOrNull,
      boolean resolveById)
      implements Serializable {
    public LabelTopic {
      key = List.copyOf(key);
    }
  }

  /**
   * A field of the event that holds the time, a time after the event's, or an expression that gives
   * the time: two are null.
   */
  public record KnownAt(String fieldOrNull, Duration afterOrNull, String valueOrNull)
      implements Serializable {}

  /**
   * How long predictions wait for their labels, and labels for their events.
   *
   * @param waitOrNull null: without end
   * @param otherwiseOrNull the label that a prediction without one counts as; null: none
   * @param trainLatePositives whether a late label of another class than that is learned
   * @param trainCorrections whether a second, different label is learned
   * @param maxPerKey predictions of a key that may wait
   * @param max predictions of all keys that may wait
   */
  public record Waits(
      Duration waitOrNull,
      Double otherwiseOrNull,
      boolean trainLatePositives,
      boolean trainCorrections,
      int maxPerKey,
      long max)
      implements Serializable {

    /** Of all keys, where the spec says nothing. */
    public static final long MAX = 10_000_000;

    static final Waits DEFAULT = new Waits(null, null, false, false, 100_000, MAX);

    /** Whether the spec has a bound of its own over all keys. */
    public boolean isBounded() {
      return max != MAX;
    }
  }

  /**
   * How much an event counts when it is learned: the field's value times its class's factor.
   *
   * @param fieldOrNull a number of the event; null for 1
   * @param byClass factors, 1 for classes that are not in it
   */
  public record Weight(String fieldOrNull, Map<String, Double> byClass) implements Serializable {
    public static final Weight NONE = new Weight(null, Map.of());

    public Weight {
      byClass = Collections.unmodifiableMap(new TreeMap<>(byClass));
    }

    public Optional<String> field() {
      return Optional.ofNullable(fieldOrNull);
    }

    /** One factor per class, in the classes' order. */
    public double[] factors(List<String> classes) {
      return classes.stream().mapToDouble(name -> byClass.getOrDefault(name, 1.0)).toArray();
    }
  }

  /**
   * What a new key's first models are copied from: models of a part of its key.
   *
   * @param key some of the model key's fields; none for one parent for the whole stream
   * @param places of these in the model key
   * @param sample share of the events that parents learn from, above 0, at most 1
   */
  public record Parent(List<String> key, List<Integer> places, double sample)
      implements Serializable {
    private static final double RANGE = 0x1p31;

    public Parent {
      key = List.copyOf(key);
      places = List.copyOf(places);
    }

    /** The parent's key text. */
    public String of(String modelKey) {
      if (places.isEmpty()) {
        return ModelKey.WHOLE_STREAM;
      }
      List<String> parts = ModelKey.split(modelKey);
      return ModelKey.join(places.stream().map(parts::get).toArray(String[]::new));
    }

    /** Whether parents learn from an event: by its id alone, so from its label too. */
    public boolean takes(String eventId) {
      return sample >= 1 || mixed(eventId.hashCode()) / RANGE < sample;
    }

    /** The finishing step of MurmurHash3, 0 to 2^31 - 1: ids that differ little are spread. */
    private static int mixed(int hash) {
      int h = hash;
      h = (h ^ (h >>> 16)) * 0x85ebca6b;
      h = (h ^ (h >>> 13)) * 0xc2b2ae35;
      return (h ^ (h >>> 16)) & Integer.MAX_VALUE;
    }

    /** As descriptions name them. */
    public String words() {
      return key.isEmpty() ? "the whole stream" : String.join(", ", key);
    }
  }

  /**
   * A slot's model is published when either is reached since its last publication.
   *
   * @param maxPerSecond publications of all keys and tasks together
   * @param payloadsOrNull URI of the folder for payloads that are too large for a record; null: a
   *     record that is too large is left out
   * @param maxInlineBytes larger payloads go to that folder
   * @param updatesOrNull where the update log goes; null: nowhere
   */
  public record Snapshots(
      long everyInstances,
      Duration everyTime,
      boolean onDrift,
      int maxPerSecond,
      URI payloadsOrNull,
      long maxInlineBytes,
      Updates updatesOrNull)
      implements Serializable {

    static final int DEFAULT_MAX_PER_SECOND = 1000;
    static final long DEFAULT_MAX_INLINE_BYTES = 512 << 10;

    /** At most 1000 a second, all of them in their records. */
    public Snapshots(long everyInstances, Duration everyTime, boolean onDrift) {
      this(
          everyInstances,
          everyTime,
          onDrift,
          DEFAULT_MAX_PER_SECOND,
          null,
          DEFAULT_MAX_INLINE_BYTES,
          null);
    }

    /** Where the update log goes, if it is sent at all. */
    public Optional<Updates> updates() {
      return Optional.ofNullable(updatesOrNull);
    }

    /** Where payloads go that are too large for a record. */
    public Optional<URI> payloads() {
      return Optional.ofNullable(payloadsOrNull);
    }
  }

  /**
   * The update log of every key on a topic of its own.
   *
   * @param images a key that learns sends its whole model set about this often, for those who begin
   *     to follow, or have missed something
   */
  public record Updates(String topic, Duration images) implements Serializable {

    private static final Duration SHORTEST_RETENTION = Duration.ofDays(7);

    /** How far back a new follower has to read: to the last image of a key that is learning. */
    public Duration reach() {
      return images.multipliedBy(2);
    }

    /** How long the topic is to keep its records. */
    public Duration retention() {
      return reach().compareTo(SHORTEST_RETENTION) > 0 ? reach() : SHORTEST_RETENTION;
    }
  }

  /**
   * How models come back after a failure, an eviction or a rescaling.
   *
   * @param maxLoad time that bringing one key back may take
   * @param historyBytes of published versions that are kept per key to roll back to
   */
  public record Recovery(Duration maxLoad, OnCorruptModel onCorruptModel, long historyBytes)
      implements Serializable {

    static final long DEFAULT_HISTORY = 256 << 10;

    /** With the default history. */
    public Recovery(Duration maxLoad, OnCorruptModel onCorruptModel) {
      this(maxLoad, onCorruptModel, DEFAULT_HISTORY);
    }
  }

  /** What becomes of a key whose stored models cannot be read. */
  public enum OnCorruptModel {
    FAIL,
    RESTART_MODEL
  }

  /**
   * @param window scored labels per tumbling window
   * @param fading factor by which a label counts less with each one after it, in faded figures
   * @param slices field combinations for which figures are kept apart
   * @param everyOrNull how often a running job tells the figures of a key or slice with new labels;
   *     null: it keeps none
   * @param maxPerSecond keys and slices, of all tasks together, that it tells in a second
   * @param maxSlices values of slices that it keeps figures of
   */
  public record Evaluation(
      int window,
      double fading,
      List<List<String>> slices,
      Duration everyOrNull,
      int maxPerSecond,
      int maxSlices)
      implements Serializable {

    static final double DEFAULT_FADING = 0.999;
    static final Duration DEFAULT_EVERY = Duration.ofMinutes(1);
    static final int DEFAULT_MAX_PER_SECOND = 200;
    static final int DEFAULT_MAX_SLICES = 10_000;

    public Evaluation {
      slices = slices.stream().map(List::copyOf).toList();
    }

    public Evaluation(int window, List<List<String>> slices) {
      this(
          window,
          DEFAULT_FADING,
          slices,
          DEFAULT_EVERY,
          DEFAULT_MAX_PER_SECOND,
          DEFAULT_MAX_SLICES);
    }
  }

  /** Topic names, the defaults filled in. */
  public record Topics(
      String predictions,
      String drift,
      String evaluations,
      String snapshots,
      String rejects,
      String control,
      String controlAcks)
      implements Serializable {}

  /**
   * How predictions go out.
   *
   * @param features whether each carries what its model was given
   */
  public record Predictions(Delivery delivery, boolean features) implements Serializable {}

  /** Of predictions. Snapshots are always exactly once with the state. */
  public enum Delivery {
    AT_LEAST_ONCE,
    EXACTLY_ONCE
  }
}
