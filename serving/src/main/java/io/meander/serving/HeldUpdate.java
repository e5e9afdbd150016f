/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelUpdate;
import io.meander.avro.UpdateKind;
import io.meander.models.FactWriter;
import io.meander.models.FollowedSet;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import java.nio.ByteBuffer;

/**
 * An update that passed all checks that can be made without replaying it.
 *
 * @param record what it says; its payload may be elsewhere
 */
public record HeldUpdate(ModelUpdate record) {

  /**
   * @param bytes the value of a record of the updates topic
   * @param pipeline name of the pipeline that is followed
   * @throws SnapshotException if it must not be used
   */
  public static HeldUpdate of(byte[] bytes, String pipeline, ModelContext context)
      throws SnapshotException {
    try {
      return of(AvroEncoding.decode(bytes, ModelUpdate.class), pipeline, context);
    } catch (MalformedEventException e) {
      throw new SnapshotException("the record is " + e.getMessage(), e);
    }
  }

  /**
   * As {@link #of(byte[], String, ModelContext)}.
   *
   * @throws SnapshotException if it must not be used
   */
  public static HeldUpdate of(ModelUpdate update, String pipeline, ModelContext context)
      throws SnapshotException {
    HeldUpdate held = new HeldUpdate(update);
    if (!update.getPipeline().equals(pipeline)) {
      throw held.refused(
          "is of pipeline '%s', not of '%s'".formatted(update.getPipeline(), pipeline));
    }
    switch (update.getKind()) {
      case FACTS, IMAGE -> held.check(context);
      case FORGOTTEN -> {}
      case UNKNOWN -> throw held.refused("is of a kind that this release does not know");
    }
    return held;
  }

  private void check(ModelContext context) throws SnapshotException {
    if (!record.getFeatureFingerprint().equals(context.fingerprint())) {
      throw refused(
          "was learned under feature schema %s, the spec's is %s"
              .formatted(record.getFeatureFingerprint(), context.fingerprint()));
    }
    if (!record.getTask().equals(context.target().task().text())
        || !record.getClasses().equals(context.classes())) {
      throw refused(
          "is of a %s with the classes %s, the spec's is a %s with %s"
              .formatted(
                  record.getTask(),
                  record.getClasses(),
                  context.target().task().text(),
                  context.classes()));
    }
    if (!record.getMoaVersion().equals(LearnerCodec.MOA_VERSION)
        || record.getLearningVersion() != FactWriter.LEARNING_VERSION) {
      throw refused(
          "is of MOA %s, learning version %d; this release replays MOA %s, learning version %d"
              .formatted(
                  record.getMoaVersion(),
                  record.getLearningVersion(),
                  LearnerCodec.MOA_VERSION,
                  FactWriter.LEARNING_VERSION));
    }
    if (record.getPayloadUri() == null && Payloads.checksum(inRecord()) != record.getChecksum()) {
      throw refused("does not match its checksum");
    }
  }

  boolean isImage() {
    return record.getKind() == UpdateKind.IMAGE;
  }

  /**
   * Tells a followed set of it.
   *
   * @param payloads where its payload may be
   */
  public FollowedSet.Change tell(FollowedSet set, Payloads payloads) {
    return switch (record.getKind()) {
      case IMAGE -> set.image(record.getPosition(), payload(payloads));
      case FACTS -> set.chunk(record.getPosition(), record.getFacts(), payload(payloads));
      case FORGOTTEN, UNKNOWN -> {
        set.forgotten();
        yield FollowedSet.Change.APPLIED;
      }
    };
  }

  /** Bytes of the payload that are held in memory. */
  long heldBytes() {
    return record.getPayload().remaining();
  }

  private FollowedSet.Part payload(Payloads payloads) {
    String uri = record.getPayloadUri();
    if (uri == null) {
      byte[] bytes = inRecord();
      return () -> bytes;
    }
    long size = record.getPayloadBytes();
    long checksum = record.getChecksum();
    return () -> {
      byte[] bytes = payloads.of(uri, null, size);
      if (Payloads.checksum(bytes) != checksum) {
        throw new ModelFormatException("has a payload at " + uri + " of another checksum");
      }
      return bytes;
    };
  }

  private byte[] inRecord() {
    ByteBuffer payload = record.getPayload();
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }

  private SnapshotException refused(String what) {
    return new SnapshotException(
        "update %d of key '%s' %s".formatted(record.getPosition(), record.getKey(), what));
  }
}
