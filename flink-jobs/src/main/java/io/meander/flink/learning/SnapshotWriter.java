/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.features.FeatureSchema;
import io.meander.models.AnomalyScore;
import io.meander.models.Figure;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.PublishCause;
import io.meander.models.Score;
import io.meander.models.Slot;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Makes the published record of a slot's model: the payload and all that says what it is. */
public final class SnapshotWriter {

  private final PipelineSpec spec;
  private final ModelContext context;
  private final LearnerCodec codec;
  private final Map<FeatureSchema, List<FeatureColumn>> columns = new HashMap<>();

  public SnapshotWriter(PipelineSpec spec, ModelContext context) {
    this.spec = spec;
    this.context = context;
    this.codec = new LearnerCodec(context);
  }

  private static List<FeatureColumn> columns(FeatureSchema features) {
    return features.columns().stream()
        .map(column -> new FeatureColumn(column.name(), column.values(), column.declared()))
        .toList();
  }

  /** The models of a stream that has ended; the publication times stay empty, so runs repeat. */
  List<ModelSnapshot> last(LiveModels.Entry entry) {
    return entry.set.slots().stream()
        .map(
            slot ->
                snapshot(
                    entry.set,
                    featureState(entry, slot),
                    entry.offsets,
                    slot,
                    PublishCause.END,
                    null))
        .toList();
  }

  /**
   * As the models of a stream that ends here.
   *
   * @param featureStateOrNull of the key; null if nothing is remembered
   */
  public List<ModelSnapshot> last(ModelSet set, ByteBuffer featureStateOrNull) {
    return set.slots().stream()
        .map(
            slot ->
                snapshot(set, featureStateOrNull, new TakenOffsets(), slot, PublishCause.END, null))
        .toList();
  }

  /**
   * @param slot its version is already that of this snapshot
   * @param now milliseconds since the epoch
   */
  ModelSnapshot write(LiveModels.Entry entry, Slot slot, PublishCause cause, long now) {
    return snapshot(
        entry.set,
        featureState(entry, slot),
        entry.offsets,
        slot,
        cause,
        Instant.ofEpochMilli(now));
  }

  /** Says that a slot's models are no more; on the topic it is a tombstone. */
  ModelSnapshot gone(String key, String slot) {
    return ModelSnapshot.newBuilder()
        .setPipeline(spec.name())
        .setKey(key)
        .setSlot(slot)
        .setIncarnation(0)
        .setVersion(0)
        .setParentVersion(0)
        .setCause(SnapshotCause.UNKNOWN)
        .setTrainedInstances(0)
        .setOffsets(List.of())
        .setMetrics(SnapshotMetrics.newBuilder().setInstances(0).build())
        .setLearner("")
        .setSeed(0)
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatures(List.of())
        .setFeatureFingerprint(context.fingerprint())
        .setTask(context.target().task().text())
        .setClasses(context.classes())
        .setFormat(LearnerCodec.FORMAT)
        .setChecksum(0)
        .setPayloadBytes(0)
        .setPayload(ByteBuffer.allocate(0))
        .build();
  }

  /** Whether it only says that the slot's models are no more: no model has no bytes. */
  public static boolean isGone(ModelSnapshot snapshot) {
    return snapshot.getPayloadUri() == null && !snapshot.getPayload().hasRemaining();
  }

  /** Of the features that the slot learns from. */
  private static ByteBuffer featureState(LiveModels.Entry entry, Slot slot) {
    byte[] state =
        entry.featuresOrNull == null ? null : entry.featuresOrNull.write(slot.features());
    return state == null ? null : ByteBuffer.wrap(state);
  }

  private ModelSnapshot snapshot(
      ModelSet set,
      ByteBuffer featureState,
      TakenOffsets offsets,
      Slot slot,
      PublishCause cause,
      Instant at) {
    // The last models of a run are compared with those of others.
    byte[] payload = cause == PublishCause.END ? codec.writeCanonical(slot) : codec.write(slot);
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    long version = cause == PublishCause.END ? slot.version() + 1 : slot.version();
    return ModelSnapshot.newBuilder()
        .setPipeline(spec.name())
        .setKey(set.key())
        .setSlot(slot.id())
        .setIncarnation(slot.incarnation())
        .setVersion(version)
        .setParentVersion(version - 1)
        .setGeneration(set.generation())
        .setPosition(set.position())
        .setChampion(set.servedBy())
        .setServingWeights(set.servingWeights())
        .setCause(SnapshotCause.valueOf(cause.name()))
        .setTrainedInstances(slot.trainedInstances())
        .setFirstEventTime(time(set.firstEventTime()))
        .setLastEventTime(time(set.lastEventTime()))
        .setOffsets(offsets.records(spec))
        .setPublishedAt(at)
        .setMetrics(metrics(slot.score()))
        .setThreshold(defined(set.threshold(slot)))
        .setLearner(slot.spec().learner())
        .setSeed(slot.spec().seed())
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatures(columns.computeIfAbsent(slot.features(), SnapshotWriter::columns))
        .setFeatureFingerprint(slot.featureFingerprint())
        .setTask(context.target().task().text())
        .setClasses(context.classes())
        .setFormat(LearnerCodec.FORMAT)
        .setChecksum(checksum.getValue())
        .setPayloadBytes(payload.length)
        .setFeatureState(featureState)
        .setPayload(ByteBuffer.wrap(payload))
        .build();
  }

  private static SnapshotMetrics metrics(Score score) {
    return SnapshotMetrics.newBuilder()
        .setInstances(score.instances())
        .setAccuracy(defined(score.figure(Figure.ACCURACY)))
        .setKappa(defined(score.figure(Figure.KAPPA)))
        .setKappaTemporal(defined(score.figure(Figure.KAPPA_TEMPORAL)))
        .setKappaM(defined(score.figure(Figure.KAPPA_M)))
        .setLogLoss(defined(score.figure(Figure.LOG_LOSS)))
        .setAuc(defined(score.figure(Figure.AUC)))
        .setF1(anomalies(score, Figure.F1))
        .setPrecision(anomalies(score, Figure.PRECISION))
        .setRecall(anomalies(score, Figure.RECALL))
        .setMae(defined(score.figure(Figure.MAE)))
        .setRmse(defined(score.figure(Figure.RMSE)))
        .setR2(defined(score.figure(Figure.R2)))
        .build();
  }

  private static Double anomalies(Score score, Figure figure) {
    return score instanceof AnomalyScore ? defined(score.figure(figure)) : null;
  }

  private static Double defined(double figure) {
    return Double.isNaN(figure) ? null : (Double) figure;
  }

  private static Instant time(long millis) {
    return millis == Observation.NO_TIME ? null : Instant.ofEpochMilli(millis);
  }
}
