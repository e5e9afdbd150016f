/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.ZstdDictDecompress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * A key's model set as bytes and back: an {@link Envelope} of kind {@code S}. Its preface, in
 * {@code DataOutput}'s encoding, tells the slots, from which the body's dictionary is made anew
 * (see {@link Templates}):
 *
 * <pre>
 * length int of what follows
 * number of classes short, 0 of a regression
 * number of slots int, then of each: id, learner UTF, seed int, detector UTF ("" for the frozen
 *   twin), warning detector UTF ("" for none), fingerprint of its feature schema UTF ("" for the
 *   envelope's, which is the newest when it was written)
 * checksum of the dictionary int
 * </pre>
 *
 * <p>Its body, likewise:
 *
 * <pre>
 * position, generation long, champion UTF, serving policy as {@link ServePolicy#write}
 * labels when the serving slot changed last long, the former one UTF
 * first and last event time long
 * labels long, what is known of them as {@link KnownClasses} or {@link KnownNumbers}
 * twin UTF, number of lives int, (slot UTF, lives long) each
 * number of retired slots that were published int, (slot UTF, version long) each
 * number of slots int, then of each:
 *   id, learner UTF, seed int, fingerprint of its feature schema UTF (as above)
 *   incarnation, trained, version long
 *   published at instances, at time long, urgent byte (0 no, 1 drift, 2 promotion,
 *   3 rollback)
 *   drifts, warnings long
 *   score as {@link Score#write}
 *   of anomalies: scores boolean; if so as {@link ScoreQuantile#write}
 *   watched boolean; if so:
 *     drift policy as {@link DriftSpec#write}, last drift, last warning long
 *     errors seen long, late, before double (see {@link RecentError})
 *     stopped boolean, paused boolean
 *     duel boolean; if so as {@link Duel#write}
 *     boost's instances left long, if any: its weight double
 *     background boolean; if so: incarnation, born at, trained long, score as {@link Score#write}
 *   length int, objects in Java serialisation: the classifier, then, if it is watched, the
 *     detectors, null for none
 *   of a background: the fingerprint of its feature schema UTF, length int, its classifier
 * number of watched features int, then of each: as {@link FeatureWatch#write}, then its detectors:
 *   length int, objects in Java serialisation
 * </pre>
 *
 * Not thread-safe.
 */
public final class ModelSetCodec {

  /** Stands for the fingerprint that the envelope names. */
  private static final String NEWEST = "";

  /** A set without its slots, in the cache, with its key. */
  private static final int SET_BYTES = 900;

  /** A slot without learner, detectors and counts. */
  private static final int SLOT_BYTES = 300;

  /** A watched feature without its detectors. */
  private static final long WATCH_BYTES = 150;

  private final ModelContext context;
  private final Templates templates;

  public ModelSetCodec(ModelContext context) {
    this.context = context;
    this.templates = new Templates(context);
  }

  /**
   * A model set's bytes.
   *
   * @param rawSize bytes before compression
   * @param liveBytes estimate of what the live set takes on the heap
   */
  public record Written(byte[] bytes, int rawSize, long liveBytes) {}

  /**
   * What was read.
   *
   * @param liveBytes estimate of what it takes on the heap
   * @param samePlatform whether it was written by this JDK release on this processor architecture
   */
  public record Loaded(ModelSet set, long liveBytes, boolean samePlatform) {}

  public Written write(ModelSet set) {
    return write(set, false);
  }

  /**
   * A model set in canonical form, in which equal sets give equal bytes, whatever each was read
   * from before.
   */
  public byte[] canonical(ModelSet set) {
    return write(set, true).bytes();
  }

  private Written write(ModelSet set, boolean canonical) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    LiveSize live = new LiveSize();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(set.position);
      out.writeLong(set.generation);
      out.writeUTF(set.champion);
      set.serve.write(out);
      out.writeLong(set.servingSince);
      out.writeUTF(set.former);
      out.writeLong(set.firstEventTime);
      out.writeLong(set.lastEventTime);
      out.writeLong(set.labels);
      set.known.write(out);
      out.writeByte(set.twins.size());
      for (var twin : set.twins.entrySet()) {
        out.writeUTF(twin.getKey());
        out.writeUTF(twin.getValue().name());
      }
      out.writeInt(set.incarnations.size());
      for (var lives : set.incarnations.entrySet()) {
        out.writeUTF(lives.getKey());
        out.writeLong(lives.getValue());
      }
      out.writeInt(set.retiredVersions.size());
      for (var retired : set.retiredVersions.entrySet()) {
        out.writeUTF(retired.getKey());
        out.writeLong(retired.getValue());
      }
      out.writeInt(set.slots.size());
      for (Slot slot : set.slots) {
        writeSlot(slot, out, live, canonical);
      }
      writeWatches(set, out, live, canonical);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    byte[] body = bytes.toByteArray();
    Templates.Template template = templates.of(slots(set), context.classes().size());
    byte[] preface = preface(slots(set), template.checksum());
    byte[] sealed =
        Envelope.seal(
            Envelope.MODEL_SET, context.fingerprint(), preface, body, template.compress());
    return new Written(sealed, body.length, liveBytes(set, live));
  }

  /**
   * @throws ModelFormatException if the bytes are not a model set of this pipeline
   */
  public Loaded read(String key, byte[] bytes) {
    Envelope.Opened opened = Envelope.open(Envelope.MODEL_SET, bytes, this::dictionary);
    byte[] body = opened.body();
    ModelSet set = new ModelSet(key, context.target());
    LiveSize live = new LiveSize();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      set.born = true;
      set.position = in.readLong();
      set.generation = in.readLong();
      set.champion = in.readUTF();
      set.serve = ServePolicy.read(in);
      set.servingSince = in.readLong();
      set.former = in.readUTF();
      set.firstEventTime = in.readLong();
      set.lastEventTime = in.readLong();
      set.labels = in.readLong();
      set.known.read(in);
      for (int twins = in.readUnsignedByte(); twins > 0; twins--) {
        set.twins.put(in.readUTF(), ModelSet.Twin.valueOf(in.readUTF()));
      }
      for (int lives = in.readInt(); lives > 0; lives--) {
        set.incarnations.put(in.readUTF(), in.readLong());
      }
      for (int retired = in.readInt(); retired > 0; retired--) {
        set.retiredVersions.put(in.readUTF(), in.readLong());
      }
      for (int slots = in.readInt(); slots > 0; slots--) {
        set.slots.add(readSlot(in, body, live, opened.fingerprint()));
      }
      readWatches(set, in, body, live);
      if (in.available() > 0) {
        throw new ModelFormatException(in.available() + " bytes are left over");
      }
    } catch (IOException e) {
      throw new ModelFormatException("ends too early", e);
    }
    return new Loaded(set, liveBytes(set, live), opened.platform().equals(Envelope.PLATFORM));
  }

  /** The objects of MOA, and about what is ours around them. */
  private static long liveBytes(ModelSet set, LiveSize learners) {
    long slots = set.slots.size() * (SLOT_BYTES + set.known.bytes());
    for (Slot slot : set.slots) {
      slots += slot.scores == null ? 0 : slot.scores.bytes();
      slots += slot.score() instanceof AnomalyScore score ? score.bytes() : 0;
    }
    return learners.bytes() + SET_BYTES + WATCH_BYTES * set.watches.size() + slots;
  }

  private static List<Templates.Slot> slots(ModelSet set) {
    return set.slots.stream()
        .map(
            slot ->
                new Templates.Slot(
                    slot.spec(),
                    slot.isFrozen() ? null : detectors(slot),
                    slot.learner().header().fingerprint()))
        .toList();
  }

  /** Of the slot's drift policy only what its detectors are made of. */
  private static DriftSpec detectors(Slot slot) {
    DriftSpec spec = slot.watch().spec();
    return new DriftSpec(spec.detector(), spec.warning());
  }

  private byte[] preface(List<Templates.Slot> slots, int checksum) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(context.classes().size());
      out.writeInt(slots.size());
      for (Templates.Slot slot : slots) {
        out.writeUTF(slot.spec().id());
        out.writeUTF(slot.spec().learner());
        out.writeInt(slot.spec().seed());
        out.writeUTF(slot.drift() == null ? "" : slot.drift().detector());
        out.writeUTF(slot.drift() == null ? "" : slot.drift().warningDetector().orElse(""));
        boolean newest = slot.fingerprint().equals(context.fingerprint());
        out.writeUTF(newest ? NEWEST : slot.fingerprint());
      }
      out.writeInt(checksum);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteBuffer.allocate(Integer.BYTES + bytes.size())
        .putInt(bytes.size())
        .put(bytes.toByteArray())
        .array();
  }

  private ZstdDictDecompress dictionary(String newest, ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new ModelFormatException("claims a preface of " + length + " bytes");
    }
    byte[] preface = new byte[length];
    in.get(preface);
    try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(preface))) {
      int classes = data.readUnsignedShort();
      List<Templates.Slot> slots = new ArrayList<>();
      for (int count = data.readInt(); count > 0; count--) {
        SlotSpec spec = new SlotSpec(data.readUTF(), data.readUTF(), data.readInt());
        String detector = data.readUTF();
        String warning = data.readUTF();
        DriftSpec drift =
            detector.isEmpty() ? null : new DriftSpec(detector, warning.isEmpty() ? null : warning);
        String fingerprint = data.readUTF();
        slots.add(new Templates.Slot(spec, drift, fingerprint.isEmpty() ? newest : fingerprint));
      }
      Templates.Template template = templates.of(slots, classes);
      if (template.checksum() != data.readInt()) {
        throw new ModelFormatException(
            "was written beside other fresh models of the same slots: MOA or the JDK differ");
      }
      return template.decompress();
    } catch (IOException | OptionStringException e) {
      throw new ModelFormatException("has a preface that cannot be read: " + e.getMessage(), e);
    }
  }

  private void writeSlot(Slot slot, DataOutputStream out, LiveSize live, boolean canonical)
      throws IOException {
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
    writeObjects(objects, slot.learner().header(), out, live, canonical);
    if (slot.background != null) {
      Learner background = slot.background.learner();
      out.writeUTF(fingerprint(background));
      Object[] object = {background.classifier()};
      writeObjects(object, background.header(), out, live, canonical);
    }
  }

  private static void writeObjects(
      Object[] objects, Header header, DataOutputStream out, LiveSize live, boolean canonical)
      throws IOException {
    byte[] written =
        canonical
            ? JavaObjects.canonical(objects, header.instances())
            : JavaObjects.write(objects, header.instances(), live);
    out.writeInt(written.length);
    out.write(written);
  }

  private static Object[] readObjects(
      DataInputStream in, byte[] body, Header header, LiveSize live, String of) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new ModelFormatException(of + " claims " + length + " of " + in.available() + " bytes");
    }
    Object[] objects =
        JavaObjects.read(
            new ByteArrayInputStream(body, body.length - in.available(), length),
            Object[].class,
            header.instances(),
            live);
    in.skipNBytes(length);
    return objects;
  }

  /**
   * Each one's detectors in a stream of their own: what they share with another's would depend on
   * when each began.
   */
  private void writeWatches(ModelSet set, DataOutputStream out, LiveSize live, boolean canonical)
      throws IOException {
    out.writeInt(set.watches.size());
    for (FeatureWatch watch : set.watches) {
      watch.write(out);
      writeObjects(new Object[] {watch.detector()}, context.newest(), out, live, canonical);
    }
  }

  private void readWatches(ModelSet set, DataInputStream in, byte[] body, LiveSize live)
      throws IOException {
    for (int count = in.readInt(); count > 0; count--) {
      FeatureWatch.Stored stored = FeatureWatch.Stored.read(in);
      String of = "the watch of " + stored.spec().column();
      Object[] detector = readObjects(in, body, context.newest(), live, of);
      set.watches.add(stored.with(context, detector[0]));
    }
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
      return in.readBoolean()
          ? new Watched(
              spec,
              lastDrift,
              lastWarning,
              recent,
              boostWeight,
              stopped,
              paused,
              duel,
              boostLeft,
              true,
              in.readLong(),
              in.readLong(),
              in.readLong(),
              scores.read(in))
          : new Watched(
              spec,
              lastDrift,
              lastWarning,
              recent,
              boostWeight,
              stopped,
              paused,
              duel,
              boostLeft,
              false,
              0,
              0,
              0,
              null);
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

  private Slot readSlot(DataInputStream in, byte[] body, LiveSize live, String newest)
      throws IOException {
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
      Object[] objects = readObjects(in, body, header, live, "slot " + spec.id());
      DriftWatch watch = watched == null ? null : watched.watch(objects);
      Learner learner = new Learner((Classifier) objects[0], header);
      slot = new Slot(spec, incarnation, learner, watch, score);
      if (watched != null) {
        watched.restore(slot);
        if (watched.background()) {
          Header own = header(in.readUTF(), newest);
          Object[] of = readObjects(in, body, own, live, "the background of slot " + spec.id());
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
}
