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

  /** A set without its slots, in the cache, with its key. */
  private static final int SET_BYTES = 900;

  /** A slot without learner, detectors and counts. */
  private static final int SLOT_BYTES = 300;

  /** A watched feature without its detectors. */
  private static final long WATCH_BYTES = 150;

  private final ModelContext context;
  private final Templates templates;
  private final SlotCodec slotCodec;

  public ModelSetCodec(ModelContext context) {
    this.context = context;
    this.templates = new Templates(context);
    this.slotCodec = new SlotCodec(context);
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
        slotCodec.write(slot, out, live, canonical);
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
      for (int count = in.readInt(); count > 0; count--) {
        set.slots.add(slotCodec.read(in, body, live, opened.fingerprint()));
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
        out.writeUTF(newest ? SlotCodec.NEWEST : slot.fingerprint());
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

  /**
   * Each one's detectors in a stream of their own: what they share with another's would depend on
   * when each began.
   */
  private void writeWatches(ModelSet set, DataOutputStream out, LiveSize live, boolean canonical)
      throws IOException {
    out.writeInt(set.watches.size());
    for (FeatureWatch watch : set.watches) {
      watch.write(out);
      StoredObjects.write(new Object[] {watch.detector()}, context.newest(), out, live, canonical);
    }
  }

  private void readWatches(ModelSet set, DataInputStream in, byte[] body, LiveSize live)
      throws IOException {
    for (int count = in.readInt(); count > 0; count--) {
      FeatureWatch.Stored stored = FeatureWatch.Stored.read(in);
      String of = "the watch of " + stored.spec().column();
      Object[] detector = StoredObjects.read(in, body, context.newest(), live, of);
      set.watches.add(stored.with(context, detector[0]));
    }
  }
}
