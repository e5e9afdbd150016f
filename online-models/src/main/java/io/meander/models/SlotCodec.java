/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * A slot as bytes and back, in a model set's image: the layout is drawn at {@link ModelSetCodec},
 * which calls it. Not thread-safe.
 */
final class SlotCodec {

  /** Stands for the fingerprint that the envelope names. */
  static final String NEWEST = "";

  private final ModelContext context;

  SlotCodec(ModelContext context) {
    this.context = context;
  }

  void write(Slot slot, DataOutputStream out, LiveSize live, boolean canonical) throws IOException {
    out.writeUTF(slot.id());
    out.writeUTF(slot.spec().learner());
    out.writeInt(slot.spec().seed());
    out.writeUTF(fingerprint(slot.learner()));
    out.writeLong(slot.incarnation());
    out.writeLong(slot.trained);
    out.writeLong(slot.version);
    out.writeLong(slot.publishedTrained);
    out.writeLong(slot.publishedAt);
    out.writeByte(urgency(slot.urgentOrNull));
    out.writeLong(slot.drifts);
    out.writeLong(slot.warnings);
    slot.score().write(out);
    if (context.target().task() == Task.ANOMALY) {
      out.writeBoolean(slot.scores != null);
      if (slot.scores != null) {
        slot.scores.write(out);
      }
    }
    DriftWatch watch = slot.watch();
    out.writeBoolean(watch != null);
    Object[] objects;
    if (watch == null) {
      objects = new Object[] {slot.learner().classifier()};
    } else {
      writeWatch(slot, watch, out);
      objects =
          new Object[] {
            slot.learner().classifier(), watch.detector(), watch.warningOrNull(),
          };
    }
    StoredObjects.write(objects, slot.learner().header(), out, live, canonical);
    if (slot.background != null) {
      Learner background = slot.background.learner();
      out.writeUTF(fingerprint(background));
      Object[] object = {background.classifier()};
      StoredObjects.write(object, background.header(), out, live, canonical);
    }
  }

  /**
   * @param body that {@code in} reads to its end
   * @param newest fingerprint that the envelope names
   * @throws ModelFormatException if the bytes are not a slot of this pipeline
   */
  Slot read(DataInputStream in, byte[] body, LiveSize live, String newest) throws IOException {
    SlotSpec spec = new SlotSpec(in.readUTF(), in.readUTF(), in.readInt());
    Header header = header(in.readUTF(), newest);
    long incarnation = in.readLong();
    long trained = in.readLong();
    long version = in.readLong();
    long publishedTrained = in.readLong();
    long publishedAt = in.readLong();
    PublishCause urgent = urgent(in.readByte());
    long drifts = in.readLong();
    long warnings = in.readLong();
    Score score = score(in);
    boolean scored = context.target().task() == Task.ANOMALY && in.readBoolean();
    ScoreQuantile scores = scored ? ScoreQuantile.read(in) : null;
    Watched watched = in.readBoolean() ? Watched.read(in, this::score) : null;
    Slot slot;
    try {
      Object[] objects = StoredObjects.read(in, body, header, live, "slot " + spec.id());
      DriftWatch watch = watched == null ? null : watched.watch(objects);
      Learner learner = new Learner((Classifier) objects[0], header);
      slot = new Slot(spec, incarnation, learner, watch, score);
      if (watched != null) {
        watched.restore(slot);
        if (watched.background()) {
          Header own = header(in.readUTF(), newest);
          Object[] of =
              StoredObjects.read(in, body, own, live, "the background of slot " + spec.id());
          slot.background = watched.background(new Learner((Classifier) of[0], own));
        }
      }
    } catch (ModelFormatException | ClassCastException e) {
      throw new ModelFormatException(
          "is of format "
              + Envelope.FORMAT
              + " and has a slot '"
              + spec.id()
              + "' that "
              + (e instanceof ModelFormatException ? e.getMessage() : "holds something else"),
          e);
    }
    slot.trained = trained;
    slot.scores = scores;
    slot.version = version;
    slot.publishedTrained = publishedTrained;
    slot.publishedAt = publishedAt;
    slot.urgentOrNull = urgent;
    slot.drifts = drifts;
    slot.warnings = warnings;
    return slot;
  }

  private static void writeWatch(Slot slot, DriftWatch watch, DataOutputStream out)
      throws IOException {
    watch.spec().write(out);
    out.writeLong(watch.lastDrift());
    out.writeLong(watch.lastWarning());
    watch.recent().write(out);
    out.writeBoolean(slot.stopped);
    out.writeBoolean(slot.paused);
    out.writeBoolean(slot.duel != null);
    if (slot.duel != null) {
      slot.duel.write(out);
    }
    out.writeLong(slot.boostLeft);
    if (slot.boostLeft > 0) {
      out.writeDouble(slot.boostWeight);
    }
    Background background = slot.background;
    out.writeBoolean(background != null);
    if (background != null) {
      out.writeLong(background.incarnation());
      out.writeLong(background.bornAt());
      out.writeLong(background.trained);
      background.score().write(out);
    }
  }

  /** As it is stored. */
  private String fingerprint(Learner learner) {
    return learner.header() == context.newest() ? NEWEST : learner.header().fingerprint();
  }

  /**
   * @param newest fingerprint that the envelope names
   */
  private Header header(String stored, String newest) {
    return context.header(stored.equals(NEWEST) ? newest : stored);
  }

  /** Reads a score of the present target. */
  private interface ScoreReader {
    Score read(DataInputStream in) throws IOException;
  }

  /** Classes may have been added since it was written. */
  private Score score(DataInputStream in) throws IOException {
    Score stored = Score.read(in);
    if (!(stored instanceof ClassScore)) {
      return stored;
    }
    Score score = context.target().newScore();
    score.merge(stored);
    return score;
  }

  /** What is stored of a watched slot beside its objects. */
  private record Watched(
      DriftSpec spec,
      long lastDrift,
      long lastWarning,
      RecentError recent,
      double boostWeight,
      boolean stopped,
      boolean paused,
      Duel duel,
      long boostLeft,
      boolean background,
      long life,
      long bornAt,
      long trained,
      Score score) {

    static Watched read(DataInputStream in, ScoreReader scores) throws IOException {
      DriftSpec spec = DriftSpec.read(in);
      long lastDrift = in.readLong();
      long lastWarning = in.readLong();
      RecentError recent = RecentError.read(in);
      boolean stopped = in.readBoolean();
      boolean paused = in.readBoolean();
      Duel duel = in.readBoolean() ? Duel.read(in) : null;
      long boostLeft = in.readLong();
      double boostWeight = boostLeft > 0 ? in.readDouble() : 1;
      boolean background = in.readBoolean();
      return new Watched(
          spec,
          lastDrift,
          lastWarning,
          recent,
          boostWeight,
          stopped,
          paused,
          duel,
          boostLeft,
          background,
          background ? in.readLong() : 0,
          background ? in.readLong() : 0,
          background ? in.readLong() : 0,
          background ? scores.read(in) : null);
    }

    DriftWatch watch(Object[] objects) {
      return new DriftWatch(
          spec,
          (ChangeDetector) objects[1],
          (ChangeDetector) objects[2],
          recent,
          lastDrift,
          lastWarning);
    }

    void restore(Slot slot) {
      slot.boostWeight = boostWeight;
      slot.boostLeft = boostLeft;
      slot.stopped = stopped;
      slot.paused = paused;
      slot.duel = duel;
    }

    Background background(Learner learner) {
      Background restored = new Background(life, bornAt, learner, score);
      restored.trained = trained;
      return restored;
    }
  }

  private static int urgency(PublishCause causeOrNull) {
    if (causeOrNull == null) {
      return 0;
    }
    return switch (causeOrNull) {
      case PROMOTION -> 2;
      case ROLLBACK -> 3;
      default -> 1;
    };
  }

  private static PublishCause urgent(byte code) {
    return switch (code) {
      case 0 -> null;
      case 1 -> PublishCause.DRIFT;
      case 2 -> PublishCause.PROMOTION;
      case 3 -> PublishCause.ROLLBACK;
      default -> throw new ModelFormatException("has a slot that is due for reason " + code);
    };
  }
}
