/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSchema;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.Predictor;
import io.meander.models.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A snapshot ready to answer: bit for bit as the job's slot answered when it had learned as many
 * instances. Bytes are not trusted: checksum, schema fingerprint and classes are checked first. Not
 * thread-safe.
 */
public final class PublishedModel {

  private final ModelSnapshot snapshot;
  private final Predictor predictor;

  private PublishedModel(ModelSnapshot snapshot, Predictor predictor) {
    this.snapshot = snapshot;
    this.predictor = predictor;
  }

  /**
   * A snapshot file, as a run's {@code models} folder holds them.
   *
   * @throws IOException if the file cannot be read
   * @throws SnapshotException if it is not a whole, unchanged snapshot of a readable version
   */
  public static PublishedModel read(Path file) throws IOException, SnapshotException {
    return of(Files.readAllBytes(file));
  }

  /**
   * A record of the snapshot topic.
   *
   * @param bytes the record's value
   * @throws SnapshotException if it is not a whole, unchanged snapshot of a readable version
   */
  public static PublishedModel of(byte[] bytes) throws SnapshotException {
    try {
      return of(AvroEncoding.decode(bytes, ModelSnapshot.class));
    } catch (MalformedEventException e) {
      throw new SnapshotException(e.getMessage(), e);
    }
  }

  /**
   * @throws SnapshotException if the payload cannot be had or is changed, or is not of the columns
   *     and classes that the snapshot names, or of another version of MOA
   */
  public static PublishedModel of(ModelSnapshot snapshot) throws SnapshotException {
    try {
      return of(snapshot, context(snapshot), Payloads.STORES);
    } catch (IllegalArgumentException e) {
      throw new SnapshotException(name(snapshot) + " " + e.getMessage(), e);
    }
  }

  /**
   * @param context of the columns and classes that the snapshot names
   */
  static PublishedModel of(ModelSnapshot snapshot, ModelContext context, Payloads payloads)
      throws SnapshotException {
    checkSchema(snapshot);
    try {
      byte[] payload =
          payloads.of(snapshot.getPayloadUri(), snapshot.getPayload(), snapshot.getPayloadBytes());
      checkPayload(snapshot, payload);
      Double threshold = snapshot.getThreshold();
      return new PublishedModel(
          snapshot,
          new LearnerCodec(context)
              .read(payload)
              .callingAbove(threshold == null ? Double.NaN : threshold));
    } catch (IOException e) {
      throw new SnapshotException(
          name(snapshot) + " has a payload that cannot be had: " + e.getMessage(), e);
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw new SnapshotException(name(snapshot) + " " + e.getMessage(), e);
    }
  }

  /**
   * @throws SnapshotException if the columns are not those of the fingerprint
   */
  static void checkSchema(ModelSnapshot snapshot) throws SnapshotException {
    String actual = schema(snapshot).fingerprint();
    if (!actual.equals(snapshot.getFeatureFingerprint())) {
      throw new SnapshotException(
          name(snapshot)
              + " names the feature schema "
              + snapshot.getFeatureFingerprint()
              + ", its columns have "
              + actual);
    }
  }

  /**
   * @throws SnapshotException if the payload is not the one that the snapshot was made with
   */
  static void checkPayload(ModelSnapshot snapshot, byte[] payload) throws SnapshotException {
    if (Payloads.checksum(payload) != snapshot.getChecksum()) {
      throw new SnapshotException(name(snapshot) + " does not match its checksum");
    }
  }

  static String name(ModelSnapshot snapshot) {
    return "snapshot %d of slot '%s' of key '%s'"
        .formatted(snapshot.getVersion(), snapshot.getSlot(), snapshot.getKey());
  }

  private static FeatureSchema schema(ModelSnapshot snapshot) {
    return new FeatureSchema(snapshot.getFeatures().stream().map(PublishedModel::column).toList());
  }

  private static ModelContext context(ModelSnapshot snapshot) {
    return new ModelContext(schema(snapshot), Target.of(snapshot.getTask(), snapshot.getClasses()));
  }

  /** All that the snapshot says of its model. */
  public ModelSnapshot snapshot() {
    return snapshot;
  }

  /** What was published of the key's features with it. */
  public PublishedFeatures publishedFeatures() {
    return new PublishedFeatures(snapshot.getFeatureState(), snapshot.getPublishedAt());
  }

  /**
   * @param features one value per column of the snapshot's feature schema, NaN for missing
   * @throws IllegalArgumentException if there are more or fewer
   */
  public Predictor.Vote vote(double[] features) {
    return predictor.vote(features);
  }

  /** The columns of the vectors that it takes. */
  public FeatureSchema features() {
    return schema(snapshot);
  }

  /**
   * The snapshot's record with its payload inside, wherever that was.
   *
   * @throws SnapshotException if the payload cannot be had or was changed
   */
  public static byte[] withPayload(ModelSnapshot snapshot) throws SnapshotException {
    try {
      byte[] payload =
          Payloads.STORES.of(
              snapshot.getPayloadUri(), snapshot.getPayload(), snapshot.getPayloadBytes());
      checkPayload(snapshot, payload);
      return AvroEncoding.encode(
          ModelSnapshot.newBuilder(snapshot)
              .setPayload(ByteBuffer.wrap(payload))
              .setPayloadUri(null)
              .build());
    } catch (IOException e) {
      throw new SnapshotException(
          name(snapshot) + " has a payload that cannot be had: " + e.getMessage(), e);
    }
  }

  /** Estimate of what it takes on the heap. */
  long liveBytes() {
    return predictor.liveBytes();
  }

  private static FeatureSchema.Column column(FeatureColumn column) {
    return new FeatureSchema.Column(column.getName(), column.getValues(), column.getDeclared());
  }
}
