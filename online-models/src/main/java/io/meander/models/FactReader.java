/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads the chunks that {@link FactWriter} wrote. Used once per chunk. */
public final class FactReader {

  private static final int MAX_BYTES = 1 << 28;

  private final ModelContext context;
  private final Header fresh;
  private final long position;
  private final int count;
  private final int loads;
  private final ByteBuffer in;
  private final List<String> texts = new ArrayList<>();
  private long lastTime;

  private FactReader(
      ModelContext context, Header fresh, long position, int count, int loads, ByteBuffer in) {
    this.context = context;
    this.fresh = fresh;
    this.position = position;
    this.count = count;
    this.loads = loads;
    this.in = in;
  }

  /**
   * A chunk's facts and where in the log they begin.
   *
   * @param loads times that the key had been loaded since its image
   * @param fresh of the schema under which models began in it
   */
  record Chunk(long position, int loads, Header fresh, List<Fact> facts) {}

  /**
   * @throws ModelFormatException if the bytes are not a whole, unchanged chunk that this release
   *     can replay under one of the context's feature schemas
   */
  static Chunk read(ModelContext context, byte[] bytes) {
    try {
      FactReader reader = open(context, bytes);
      return new Chunk(reader.position, reader.loads, reader.fresh, reader.facts());
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ModelFormatException("is a log chunk that ends too early or is malformed", e);
    }
  }

  private static FactReader open(ModelContext context, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte kind = in.get();
    if (kind != FactWriter.KIND) {
      throw new ModelFormatException("begins with byte " + kind + ", a log chunk with 70");
    }
    int format = in.get();
    if (format != FactWriter.FORMAT) {
      throw new ModelFormatException(
          "is a log chunk of format " + format + ", this release reads " + FactWriter.FORMAT);
    }
    int learning = in.getShort();
    if (learning != FactWriter.LEARNING_VERSION) {
      throw new ModelFormatException(
          "is a log chunk of learning version "
              + learning
              + ", this release replays version "
              + FactWriter.LEARNING_VERSION
              + " only: go back to the release that wrote it and send 'meander control seal', which"
              + " writes images of all keys");
    }
    long fingerprint = in.getLong();
    Header fresh = context.headerOrNull(fingerprint);
    if (fresh == null) {
      throw new ModelFormatException(
          "is a log chunk of feature schema "
              + "%016x".formatted(fingerprint)
              + ", the pipeline's is "
              + context.fingerprint());
    }
    long position = in.getLong();
    int count = in.getInt();
    int loads = in.getShort();
    int length = in.getInt();
    int checksum = in.getInt();
    CRC32C crc = new CRC32C();
    crc.update(bytes, in.position(), in.remaining());
    if ((int) crc.getValue() != checksum) {
      throw new ModelFormatException(
          "is a log chunk of format "
              + format
              + " that does not match its checksum: it was changed or cut off");
    }
    return new FactReader(
        context, fresh, position, count, loads, body(bytes, in.position(), length));
  }

  private static ByteBuffer body(byte[] bytes, int from, int length) {
    if (length <= 0) {
      return ByteBuffer.wrap(bytes, from, bytes.length - from);
    }
    if (length > MAX_BYTES) {
      throw new ModelFormatException("is a log chunk that claims " + length + " bytes");
    }
    byte[] body = new byte[length];
    long size = Zstd.decompressByteArray(body, 0, length, bytes, from, bytes.length - from);
    if (Zstd.isError(size) || size != length) {
      throw new ModelFormatException("is a log chunk that does not decompress");
    }
    return ByteBuffer.wrap(body);
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>(Math.min(count, 1 << 16));
    for (int i = 0; i < count; i++) {
      facts.add(fact());
    }
    if (in.hasRemaining()) {
      throw new ModelFormatException("is a log chunk with " + in.remaining() + " bytes left over");
    }
    return facts;
  }

  private Fact fact() {
    int tag = in.get();
    return switch (tag) {
      case FactWriter.BORN -> new Fact.Born(time());
      case FactWriter.SLOT_ADDED -> new Fact.SlotAdded(slot(), drift(), time());
      case FactWriter.SLOT_RETIRED -> new Fact.SlotRetired(text());
      case FactWriter.RECONCILED ->
          new Fact.Reconciled(
              in.getLong(),
              text(),
              new ServePolicy(
                  ServePolicy.Kind.valueOf(text()),
                  varint(),
                  in.getDouble(),
                  decision(),
                  new ServePolicy.Guard(in.getDouble(), varint(), varint())),
              texts());
      case FactWriter.WATCHED -> new Fact.Watched(text(), drift());
      case FactWriter.PAUSED -> new Fact.Paused(text(), in.get() != 0);
      case FactWriter.ROLLED_BACK -> new Fact.RolledBack(text(), varint(), varint(), bytes());
      case FactWriter.LEARNED -> learned();
      case FactWriter.LABELLED -> labelled();
      case FactWriter.DRIFTED ->
          new Fact.Drifted(
              text(),
              DriftSignal.Level.valueOf(text()),
              DriftSignal.Action.valueOf(text()),
              text());
      case FactWriter.FROZEN -> new Fact.Frozen(text(), text());
      case FactWriter.NO_TWIN -> new Fact.NoTwin(text());
      case FactWriter.PUBLISHED -> new Fact.Published(text(), PublishCause.valueOf(text()), time());
      case FactWriter.RESTARTED -> new Fact.Restarted(slot());
      case FactWriter.BACKGROUND_STARTED -> new Fact.BackgroundStarted(slot());
      case FactWriter.BACKGROUND_DROPPED -> new Fact.BackgroundDropped(text());
      case FactWriter.REPLACED -> new Fact.Replaced(text());
      case FactWriter.PROMOTED -> new Fact.Promoted(text(), Fact.Promoted.Cause.valueOf(text()));
      case FactWriter.BOOSTED -> new Fact.Boosted(text(), in.getDouble(), varint());
      case FactWriter.OUTGROWN ->
          new Fact.Outgrown(
              text(), varint(), new SizeLimit(varint(), SizeLimit.Action.valueOf(text())));
      case FactWriter.FEATURES_WATCHED -> {
        List<FeatureWatchSpec> watches = new ArrayList<>();
        for (int count = number(1 << 16); count > 0; count--) {
          watches.add(watch());
        }
        yield new Fact.FeaturesWatched(watches);
      }
      case FactWriter.FEATURE_DRIFTED -> new Fact.FeatureDrifted(watch());
      default -> throw new ModelFormatException("is a log chunk with a fact of kind " + tag);
    };
  }

  private List<String> texts() {
    List<String> read = new ArrayList<>();
    for (int left = number(1 << 16); left > 0; left--) {
      read.add(text());
    }
    return read;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[number(in.remaining())];
    in.get(bytes);
    return bytes;
  }

  private SlotSpec slot() {
    return new SlotSpec(text(), text(), in.getInt());
  }

  private Decision decision() {
    int kind = in.get();
    return switch (kind) {
      case FactWriter.FIRST_MAXIMUM -> ServePolicy.FIRST_MAXIMUM;
      case FactWriter.THRESHOLD ->
          new Decision.Threshold(number(context.classes().size()), in.getDouble());
      case FactWriter.LEAST_COST -> {
        List<Double> costs = new ArrayList<>();
        for (int count = number(1 << 20); count > 0; count--) {
          costs.add(in.getDouble());
        }
        yield new Decision.LeastCost(costs);
      }
      case FactWriter.ANOMALOUS ->
          new Decision.Anomalous(
              in.getDouble(), in.getDouble(), number(Integer.MAX_VALUE), varint());
      default -> throw new ModelFormatException("is a log chunk with a decision of kind " + kind);
    };
  }

  private FeatureWatchSpec watch() {
    return new FeatureWatchSpec(text(), FeatureWatchSpec.Measure.valueOf(text()), text());
  }

  private DriftSpec drift() {
    String detector = text();
    String warning = text();
    return new DriftSpec(
        detector,
        warning.isEmpty() ? null : warning,
        DriftSpec.Signal.valueOf(text()),
        DriftSpec.OnWarning.valueOf(text()),
        DriftSpec.OnDrift.valueOf(text()),
        new DriftSpec.Boost(in.getDouble(), varint()),
        varint());
  }

  private Fact learned() {
    double label = target();
    double weight = value(in.get());
    long eventTime = time();
    int served = (int) varint() + Answer.COMBINED;
    double noChange = target();
    Fact.Outcome[] outcomes = outcomes();
    Fact.SlotWeight[] boosted = boosted(number(1 << 16));
    int length = (int) varint();
    if (!context.layout().hadSize(length)) {
      throw new ModelFormatException(
          "is a log chunk with a vector of "
              + length
              + " values for "
              + context.layout().size()
              + " columns");
    }
    double[] features = new double[length];
    int tags = 0;
    for (int i = 0; i < length; i++) {
      if (i % 4 == 0) {
        tags = in.get();
      }
      features[i] = value((tags >> (2 * (i % 4))) & 3);
    }
    return new Fact.Learned(
        features, label, weight, eventTime, outcomes, served, noChange, boosted);
  }

  private Fact labelled() {
    double label = target();
    int served = (int) varint() + Answer.COMBINED;
    double noChange = target();
    return new Fact.Labelled(label, outcomes(), served, noChange);
  }

  private Fact.Outcome[] outcomes() {
    Fact.Outcome[] outcomes = new Fact.Outcome[number(1 << 16)];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] =
          context.target().task() == Task.REGRESSION
              ? new Fact.Outcome(text(), varint(), target(), Double.NaN)
              : new Fact.Outcome(text(), varint(), target(), in.getDouble());
    }
    return outcomes;
  }

  private Fact.SlotWeight[] boosted(int count) {
    if (count == 0) {
      return Fact.Learned.NONE_BOOSTED;
    }
    Fact.SlotWeight[] boosted = new Fact.SlotWeight[count];
    for (int i = 0; i < count; i++) {
      boosted[i] = new Fact.SlotWeight(text(), in.getDouble());
    }
    return boosted;
  }

  /** A class as its index, a number as a feature's value after its tag. */
  private double target() {
    int classes = context.classes().size();
    if (classes == 0) {
      return value(in.get());
    }
    int index = number(classes + 1);
    return index == classes ? Target.NONE : index;
  }

  private double value(int tag) {
    return switch (tag) {
      case FactWriter.MISSING -> Double.NaN;
      case FactWriter.WHOLE -> zigzag();
      case FactWriter.FLOAT -> in.getFloat();
      case FactWriter.DOUBLE -> in.getDouble();
      default -> throw new ModelFormatException("is a log chunk with a value of kind " + tag);
    };
  }

  private long time() {
    lastTime += zigzag();
    return lastTime;
  }

  private long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new ModelFormatException("is a log chunk with a number that does not end");
  }

  /** A varint below a bound. */
  private int number(int bound) {
    long value = varint();
    if (value < 0 || value >= bound) {
      throw new ModelFormatException(
          "is a log chunk with " + value + " where less than " + bound + " is allowed");
    }
    return (int) value;
  }

  private String text() {
    long number = varint();
    if (number > 0) {
      return texts.get((int) number - 1);
    }
    byte[] utf8 = new byte[number(1 << 20)];
    in.get(utf8);
    String text = new String(utf8, StandardCharsets.UTF_8);
    texts.add(text);
    return text;
  }
}
