/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelUpdate;
import io.meander.avro.SlotState;
import io.meander.avro.UpdateKind;
import io.meander.models.FactWriter;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.PublishPolicy;
import io.meander.models.Slot;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Sends the update log to whoever follows: each chunk of facts as it leaves the heap, and now and
 * then a whole image. What is sent before a barrier is in the transaction of that checkpoint. Keyed
 * state holds when and at which position each key's image was sent last. Called on the task's
 * thread.
 */
final class UpdateWriter {

  /** A chunk is closed at this size, so that it fits into a record. */
  static final int MAX_CHUNK = 256 << 10;

  private final PipelineSpec spec;
  private final ModelContext context;
  private final StoredModels stored;
  private final PublishPolicy images;
  private final LongSupplier clock;
  private final Consumer<ModelUpdate> out;

  /**
   * @param updates of the spec
   * @param clock processing time in milliseconds
   */
  UpdateWriter(
      PipelineSpec spec,
      PipelineSpec.Updates updates,
      StoredModels stored,
      LongSupplier clock,
      Consumer<ModelUpdate> out) {
    this.spec = spec;
    this.context = spec.modelContext();
    this.stored = stored;
    this.images = new PublishPolicy(Long.MAX_VALUE, updates.images(), false);
    this.clock = clock;
    this.out = out;
  }

  /**
   * The current key was loaded, or is new. One that has a past and of which followers have no image
   * is due at once: the log was not sent before.
   */
  void loaded(LiveModels.Entry entry) throws IOException {
    StoredModels.Imaged imaged = stored.imagedOrNull();
    if (imaged != null) {
      entry.sentImageAt = imaged.at();
      entry.sentImagePosition = imaged.position();
    } else {
      entry.sentImageAt = entry.set.position() == 0 ? now() : 0;
      entry.sentImagePosition = 0;
    }
  }

  /** Whether the key's moment has come to send an image. */
  boolean isImageDue(LiveModels.Entry entry) {
    return images.nextTime(entry.set.key(), entry.sentImageAt) <= now();
  }

  /** Facts that are no more in {@link LiveModels.Entry#unflushed}. */
  void facts(LiveModels.Entry entry, long position, long facts, byte[] chunk) {
    if (position == 0) { // its birth: from now on its images are timed
      stored.putImaged(entry.set.key(), new StoredModels.Imaged(entry.sentImageAt, 0));
    }
    send(entry, UpdateKind.FACTS, position, facts, chunk);
  }

  /** The set as it is now; all facts before it were sent. */
  void image(LiveModels.Entry entry, byte[] image) {
    ModelSet set = entry.set;
    entry.sentImageAt = now();
    entry.sentImagePosition = set.position();
    stored.putImaged(set.key(), new StoredModels.Imaged(entry.sentImageAt, set.position()));
    send(entry, UpdateKind.IMAGE, set.position(), 0, image);
  }

  /** The key is forgotten, or begins anew. */
  void forgotten(String key) {
    out.accept(
        update(key, UpdateKind.FORGOTTEN)
            .setPosition(0)
            .setFacts(0)
            .setImagePosition(0)
            .setGeneration(0)
            .setChampion("")
            .setSlots(List.of())
            .setChecksum(0)
            .setPayloadBytes(0)
            .setPayload(ByteBuffer.allocate(0))
            .build());
  }

  private void send(
      LiveModels.Entry entry, UpdateKind kind, long position, long facts, byte[] payload) {
    ModelSet set = entry.set;
    List<SlotState> slots = new ArrayList<>();
    for (Slot slot : set.slots()) {
      slots.add(
          new SlotState(slot.id(), slot.incarnation(), slot.trainedInstances(), slot.version()));
    }
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    byte[] past = entry.featuresOrNull == null ? null : entry.featuresOrNull.write();
    out.accept(
        update(set.key(), kind)
            .setPosition(position)
            .setFacts(facts)
            .setImagePosition(entry.sentImagePosition)
            .setGeneration(set.generation())
            .setChampion(set.servedBy())
            .setSlots(slots)
            .setLastEventTime(
                set.lastEventTime() == Observation.NO_TIME
                    ? null
                    : Instant.ofEpochMilli(set.lastEventTime()))
            .setChecksum(checksum.getValue())
            .setPayloadBytes(payload.length)
            .setPayload(ByteBuffer.wrap(payload))
            .setFeatureState(past == null ? null : ByteBuffer.wrap(past))
            .build());
  }

  private ModelUpdate.Builder update(String key, UpdateKind kind) {
    return ModelUpdate.newBuilder()
        .setPipeline(spec.name())
        .setKey(key)
        .setKind(kind)
        .setSentAt(Instant.ofEpochMilli(now()))
        .setLearningVersion(FactWriter.LEARNING_VERSION)
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatureFingerprint(context.fingerprint())
        .setTask(context.target().task().text())
        .setClasses(context.classes());
  }

  private long now() {
    return clock.getAsLong();
  }
}
