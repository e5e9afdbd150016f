/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelSnapshot;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import java.time.Instant;
import java.util.Map;

/**
 * A snapshot as its record came, payload compressed, and of what it says only what is asked for
 * without loading its model.
 *
 * @param weights what each slot's votes count where they are combined; else empty
 * @param publishedAt the epoch if the record does not say
 * @param bytes the record's value
 */
record HeldSnapshot(
    String key,
    String slot,
    long incarnation,
    long version,
    long trainedInstances,
    long position,
    String champion,
    Map<String, Double> weights,
    Instant publishedAt,
    byte[] bytes) {

  /**
   * Checks all that can be checked without loading the model.
   *
   * @param pipeline name of the pipeline that is followed
   * @throws SnapshotException if it must not be used
   */
  static HeldSnapshot of(byte[] bytes, String pipeline, ModelContext context)
      throws SnapshotException {
    ModelSnapshot snapshot = decode(bytes);
    String name = PublishedModel.name(snapshot);
    if (!snapshot.getPipeline().equals(pipeline)) {
      throw new SnapshotException(
          "%s is of pipeline '%s', not of '%s'".formatted(name, snapshot.getPipeline(), pipeline));
    }
    PublishedModel.checkSchema(snapshot);
    if (!snapshot.getFeatureFingerprint().equals(context.fingerprint())) {
      throw new SnapshotException(
          "%s was learned under feature schema %s, the spec's is %s"
              .formatted(name, snapshot.getFeatureFingerprint(), context.fingerprint()));
    }
    if (!snapshot.getTask().equals(context.target().task().text())) {
      throw new SnapshotException(
          "%s is of a %s, the spec's task is %s"
              .formatted(name, snapshot.getTask(), context.target().task().text()));
    }
    if (!snapshot.getClasses().equals(context.classes())) {
      throw new SnapshotException(
          "%s has the classes %s, the spec %s"
              .formatted(name, snapshot.getClasses(), context.classes()));
    }
    if (!snapshot.getMoaVersion().equals(LearnerCodec.MOA_VERSION)
        || snapshot.getFormat() != LearnerCodec.FORMAT) {
      throw new SnapshotException(
          "%s is of MOA %s, format %d; this release reads MOA %s, format %d"
              .formatted(
                  name,
                  snapshot.getMoaVersion(),
                  snapshot.getFormat(),
                  LearnerCodec.MOA_VERSION,
                  LearnerCodec.FORMAT));
    }
    if (snapshot.getPayloadUri() == null) {
      byte[] payload = new byte[snapshot.getPayload().remaining()];
      snapshot.getPayload().duplicate().get(payload);
      PublishedModel.checkPayload(snapshot, payload);
    }
    return new HeldSnapshot(
        snapshot.getKey(),
        snapshot.getSlot(),
        snapshot.getIncarnation(),
        snapshot.getVersion(),
        snapshot.getTrainedInstances(),
        snapshot.getPosition(),
        snapshot.getChampion(),
        Map.copyOf(snapshot.getServingWeights()),
        snapshot.getPublishedAt() == null ? Instant.EPOCH : snapshot.getPublishedAt(),
        bytes);
  }

  /**
   * @throws SnapshotException if it must not be used
   */
  PublishedModel load(ModelContext context, Payloads payloads) throws SnapshotException {
    return PublishedModel.of(decode(bytes), context, payloads);
  }

  /** Whether it tells of its key's serving later than the other does. */
  boolean isLaterThan(HeldSnapshot other) {
    int order = publishedAt.compareTo(other.publishedAt);
    return order > 0 || (order == 0 && position >= other.position);
  }

  private static ModelSnapshot decode(byte[] bytes) throws SnapshotException {
    try {
      return AvroEncoding.decode(bytes, ModelSnapshot.class);
    } catch (MalformedEventException e) {
      throw new SnapshotException("the record is " + e.getMessage(), e);
    }
  }
}
