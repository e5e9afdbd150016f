/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.SlotState;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.avro.UpdateKind;
import io.meander.features.FeatureSchema;
import io.meander.models.AnomalyTarget;
import io.meander.models.Answer;
import io.meander.models.Decision;
import io.meander.models.Deployment;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.Fact;
import io.meander.models.FactWriter;
import io.meander.models.LearnerCodec;
import io.meander.models.LogCompression;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.NumberTarget;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.ServePolicy;
import io.meander.models.Slot;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;

/** A key that learns from a seeded stream as a job's would, its snapshots and its updates. */
public final class Taught {

  static final FeatureSchema SCHEMA = spec(Kind.CLASSES).modelContext().features();
  static final ModelContext CONTEXT = new ModelContext(SCHEMA, List.of("no", "yes"));
  static final String PIPELINE = "p";
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Of numbers, for a regression. */
  static final ModelContext NUMBERS = new ModelContext(SCHEMA, new NumberTarget());

  /** Of events that are scored, of which {@code yes} is an anomaly. */
  static final ModelContext ANOMALIES =
      new ModelContext(SCHEMA, new AnomalyTarget(List.of("no", "yes"), AnomalyTarget.Learns.ALL));

  /** What a key predicts, with two learners for it. */
  public enum Kind {
    CLASSES(
        "task: classification\nlabel: {field: label, classes: [\"no\", \"yes\"]}",
        "trees.HoeffdingTree -g 20",
        "meta.OzaBagAdwin -s 3"),
    NUMBERS(
        "task: regression\nlabel: {field: number}", "trees.FIMTDD -g 50", "rules.AMRulesRegressor"),
    SCORES(
        "task: anomaly\nlabel: {field: label, classes: [\"no\", \"yes\"]}",
        "oneclass.HSTrees -p 100 -t 10 -h 6",
        "oneclass.Autoencoder");

    final String yaml;
    final String one;
    final String other;

    Kind(String yaml, String one, String other) {
      this.yaml = yaml;
      this.one = one;
      this.other = other;
    }

    public Taught key(String name) {
      return switch (this) {
        case CLASSES -> new Taught(name, true, one, other);
        case NUMBERS -> new Taught(Taught.NUMBERS, name, false, one, other);
        case SCORES -> scoring(name, one, other);
      };
    }
  }

  final ModelSet set;
  final ModelContext context;
  private final Reducer reducer;
  private final FactWriter log;
  private final Random random;
  private final boolean missing;
  private long number;
  private long version;

  Taught(String key, boolean missing, String... learners) {
    this(CONTEXT, key, missing, learners);
  }

  Taught(ModelContext context, String key, boolean missing, String... learners) {
    this(context, key, missing, DriftSpec.DEFAULT, ServePolicy.CHAMPION, learners);
  }

  /** A key of which an event is called an anomaly above a quantile of its scores. */
  static Taught scoring(String key, String... learners) {
    return new Taught(
        ANOMALIES,
        key,
        false,
        DriftSpec.DEFAULT.watching(DriftSpec.Signal.SCORE),
        ServePolicy.CHAMPION.deciding(new Decision.Anomalous(Double.NaN, 0.9, 100, 50)),
        learners);
  }

  private Taught(
      ModelContext context,
      String key,
      boolean missing,
      DriftSpec drift,
      ServePolicy serve,
      String... learners) {
    this.context = context;
    this.reducer = new Reducer(context);
    this.log = new FactWriter(context);
    this.random = new Random(key.hashCode());
    this.missing = missing;
    List<SlotSpec> slots =
        java.util.stream.IntStream.range(0, learners.length)
            .mapToObj(i -> new SlotSpec(slot(i), learners[i], 1))
            .toList();
    Deployment deployment =
        new Deployment(1, slots, slot(0), new DriftPolicies(drift), List.of(), Map.of(), serve);
    this.set = new ModelSet(key, context.target());
    reducer.decideTouched(set, deployment, 0, 0).forEach(this::apply);
  }

  /** A pipeline of such keys, whose update log is followed too. */
  public static PipelineSpec spec(Kind kind) {
    String yaml =
        """
        name: %s
        %s
        events: {topic: points, schema: point.avsc, key: [k]}
        features: [x, colour]
        slots:
          - {id: s0, learner: "%s"}
          - {id: s1, learner: "%s"}
        serve: {champion: s0}
        snapshots: {deltas: true}
        """
            .formatted(PIPELINE, kind.yaml, kind.one, kind.other);
    String schema =
        """
        {"type": "record", "name": "Point", "fields": [
          {"name": "k", "type": "string"},
          {"name": "x", "type": "double"},
          {"name": "colour", "type": {"type": "enum", "name": "Colour",
                                      "symbols": ["red", "green", "blue"]}},
          {"name": "label", "type": ["null", "string"]},
          {"name": "number", "type": ["null", "double"]}]}
        """;
    try {
      return SpecLoader.parse(yaml, path -> schema);
    } catch (SpecException e) {
      throw new IllegalStateException(e);
    }
  }

  private void apply(Fact fact) {
    reducer.apply(set, fact);
    log.add(set, fact);
  }

  static String slot(int index) {
    return "s" + index;
  }

  public Taught learn(int instances) {
    for (int i = 0; i < instances; i++) {
      Observation event = event();
      Answer answer = reducer.answer(set, event);
      apply(reducer.decideLabelled(set, event.features(), answer, event.label(), 1));
      reducer.decideAlarmed(set).forEach(this::apply);
    }
    return this;
  }

  /** What the job would answer. */
  public Answer answer(double[] features) {
    return reducer.answer(
        set, new Observation(0, "e", set.key(), 0, features, Observation.NO_LABEL, new String[0]));
  }

  double[] vector() {
    return event().features();
  }

  private Observation event() {
    double x = random.nextDouble();
    int colour = random.nextInt(3);
    boolean gone = missing && random.nextInt(10) == 0;
    number++;
    return new Observation(
        number,
        "e" + number,
        set.key(),
        number,
        new double[] {gone ? Double.NaN : x, colour},
        label(x, colour),
        new String[0]);
  }

  private double label(double x, int colour) {
    if (context == NUMBERS) {
      return (number < 1000 ? 10 * x : 10 - 10 * x) + 3 * colour;
    }
    return x + colour > 1.5 ? 1 : 0;
  }

  /** The facts since the last update. */
  public byte[] facts() {
    return AvroEncoding.encode(factsUpdate().build());
  }

  ModelUpdate.Builder factsUpdate() {
    long position = log.position();
    int facts = log.facts();
    try (LogCompression compression = new LogCompression()) {
      return update(UpdateKind.FACTS, position, log.close(0, compression)).setFacts(facts);
    }
  }

  /** The whole set; all facts before it were asked for. */
  byte[] image() {
    return AvroEncoding.encode(imageUpdate().build());
  }

  ModelUpdate.Builder imageUpdate() {
    byte[] image = new ModelSetCodec(context).write(set).bytes();
    return update(UpdateKind.IMAGE, set.position(), image);
  }

  byte[] forgotten() {
    return AvroEncoding.encode(update(UpdateKind.FORGOTTEN, 0, new byte[0]).build());
  }

  private ModelUpdate.Builder update(UpdateKind kind, long position, byte[] payload) {
    return ModelUpdate.newBuilder()
        .setPipeline(PIPELINE)
        .setKey(set.key())
        .setKind(kind)
        .setPosition(position)
        .setFacts(0)
        .setImagePosition(0)
        .setGeneration(1)
        .setChampion(set.servedBy())
        .setSlots(
            set.slots().stream()
                .map(
                    slot ->
                        new SlotState(
                            slot.id(), slot.incarnation(), slot.trainedInstances(), slot.version()))
                .toList())
        .setSentAt(START.plusMillis(set.position()))
        .setLearningVersion(FactWriter.LEARNING_VERSION)
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatureFingerprint(SCHEMA.fingerprint())
        .setTask(context.target().task().text())
        .setClasses(context.classes())
        .setChecksum(checksum(payload))
        .setPayloadBytes(payload.length)
        .setPayload(ByteBuffer.wrap(payload));
  }

  public byte[] publish(String slot) {
    return AvroEncoding.encode(snapshot(slot).build());
  }

  /** The next version, published a second after the one before. */
  ModelSnapshot.Builder snapshot(String slotId) {
    Slot slot = set.slot(slotId);
    byte[] payload = new LearnerCodec(context).write(slot);
    version++;
    return ModelSnapshot.newBuilder()
        .setPipeline(PIPELINE)
        .setKey(set.key())
        .setSlot(slotId)
        .setIncarnation(slot.incarnation())
        .setVersion(version)
        .setParentVersion(version - 1)
        .setGeneration(1)
        .setPosition(set.position())
        .setChampion(set.servedBy())
        .setServingWeights(set.servingWeights())
        .setCause(SnapshotCause.INSTANCES)
        .setTrainedInstances(slot.trainedInstances())
        .setOffsets(List.of())
        .setPublishedAt(START.plusSeconds(version))
        .setMetrics(SnapshotMetrics.newBuilder().setInstances(slot.trainedInstances()).build())
        .setLearner(slot.spec().learner())
        .setSeed(1)
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatures(
            SCHEMA.columns().stream()
                .map(c -> new FeatureColumn(c.name(), c.values(), c.declared()))
                .toList())
        .setFeatureFingerprint(SCHEMA.fingerprint())
        .setClasses(context.classes())
        .setTask(context.target().task().text())
        .setThreshold(Double.isNaN(set.threshold(slot)) ? null : (Double) set.threshold(slot))
        .setFormat(LearnerCodec.FORMAT)
        .setChecksum(checksum(payload))
        .setPayloadBytes(payload.length)
        .setPayload(ByteBuffer.wrap(payload));
  }

  static long checksum(byte[] payload) {
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    return checksum.getValue();
  }
}
