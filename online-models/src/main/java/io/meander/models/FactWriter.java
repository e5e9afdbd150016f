/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Collects a key's facts, in order, as one chunk of its update log. The facts are encoded as they
 * come, so that closing a chunk costs no more than its checksum.
 *
 * <pre>
 * byte    kind             'F'
 * byte    format version   {@value #FORMAT}
 * short   learning version {@value #LEARNING_VERSION}: the code and the MOA that replay must have
 * bytes   fingerprint      8 bytes, of the feature schema
 * long    position         facts applied to the model set before this chunk's first
 * int     facts            in the chunk
 * short   loads            of the key since its image, when the chunk was closed
 * int     length           of the body before compression; negative if it is not compressed
 * int     CRC-32C          of the body as stored
 * bytes   the body: facts, a tag byte each (see {@link FactReader}); texts once per chunk
 * </pre>
 *
 * In a {@link Fact.Learned} a feature value takes 2 bits and then nothing if missing, a zigzag
 * varint if it is whole, 4 bytes if a float holds it exactly, else 8. A label is the index of its
 * class, their number for none, or, if it is a number, such a value after a byte that tells which.
 * Not thread-safe.
 */
public final class FactWriter {

  static final byte KIND = 'F';
  static final int FORMAT = 1;

  /**
   * Raised when replaying an older log would not give the same model: with MOA, with how instances
   * are made, with what {@link Reducer#apply} does.
   */
  public static final int LEARNING_VERSION = 1;

  static final int HEADER = 1 + 1 + 2 + 8 + 8 + 4 + 2 + 4 + 4;

  static final int BORN = 1;
  static final int SLOT_ADDED = 2;
  static final int SLOT_RETIRED = 3;
  static final int RECONCILED = 4;
  static final int LEARNED = 5;
  static final int DRIFTED = 6;
  static final int FROZEN = 7;
  static final int NO_TWIN = 8;
  static final int PUBLISHED = 9;
  static final int RESTARTED = 20;
  static final int BACKGROUND_STARTED = 21;
  static final int BACKGROUND_DROPPED = 22;
  static final int REPLACED = 23;
  static final int PROMOTED = 24;
  static final int BOOSTED = 25;
  static final int OUTGROWN = 26;
  static final int FEATURES_WATCHED = 40;
  static final int FEATURE_DRIFTED = 41;
  static final int WATCHED = 50;
  static final int PAUSED = 51;
  static final int ROLLED_BACK = 52;

  static final int LABELLED = 60;

  static final int FIRST_MAXIMUM = 0;
  static final int THRESHOLD = 1;
  static final int LEAST_COST = 2;
  static final int ANOMALOUS = 3;

  static final int MISSING = 0;
  static final int WHOLE = 1;
  static final int FLOAT = 2;
  static final int DOUBLE = 3;

  /** Shorter bodies are stored as they are. */
  private static final int COMPRESS_FROM = 256;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final byte[] NOTHING = {};
  private static final int FIRST_CAPACITY = 256;
  private static final int MAX_FIRST_CAPACITY = 1 << 16;
  private static final int MAX_VARINT = 10;

  /** More than the single values between two texts, outcomes or features take. */
  private static final int VALUES = 16 * MAX_VARINT;

  private final long fingerprint;

  /** Whether what is predicted is one of several classes: then labels are their indexes. */
  private final boolean classes;

  /** Stands for a label that is not known. */
  private final int classCount;

  /** The body so far; it grows ahead of single values, so that these need no check. */
  private byte[] body = NOTHING;

  private int size;

  /** The last chunk's body and a little more: the next one is likely to be about as long. */
  private int expected;

  /** Texts of this chunk by their number, from 1 on; a handful, so they are searched in order. */
  private String[] texts = new String[4];

  private int textCount;
  private long position;
  private int facts;
  private long lastTime;

  public FactWriter(ModelContext context) {
    this.fingerprint = context.newest().fingerprintBits();
    this.classes = !context.classes().isEmpty();
    this.classCount = context.classes().size();
  }

  public boolean isEmpty() {
    return facts == 0;
  }

  /** Facts since the last chunk. */
  public int facts() {
    return facts;
  }

  /** Facts applied to the model set before the first one since the last chunk. */
  public long position() {
    return position;
  }

  /** Bytes of the facts since the last chunk, before compression. */
  public int size() {
    return size;
  }

  /**
   * Adds a fact that was just applied.
   *
   * @param set what it was applied to
   */
  public void add(ModelSet set, Fact fact) {
    if (facts == 0) {
      position = set.position() - 1;
    }
    facts++;
    write(fact);
  }

  /**
   * The chunk; the writer is empty afterwards.
   *
   * @param loads times that the key was loaded since its image
   * @param compression of the task; other chunks may have been through it
   */
  public byte[] close(int loads, LogCompression compression) {
    int length = -size;
    int stored = size;
    byte[] bytes = body;
    if (size >= COMPRESS_FROM) {
      int compressed = compression.compress(body, size);
      if (compressed < size) {
        stored = compressed;
        length = size;
        bytes = compression.compressed();
      }
    }
    byte[] chunk = new byte[HEADER + stored];
    System.arraycopy(bytes, 0, chunk, HEADER, stored);
    CRC32C crc = new CRC32C();
    crc.update(chunk, HEADER, stored);
    ByteBuffer.wrap(chunk)
        .put(KIND)
        .put((byte) FORMAT)
        .putShort((short) LEARNING_VERSION)
        .putLong(fingerprint)
        .putLong(position)
        .putInt(facts)
        .putShort((short) Math.min(loads, Short.MAX_VALUE))
        .putInt(length)
        .putInt((int) crc.getValue());
    expected = Math.min(size + size / 4, MAX_FIRST_CAPACITY);
    clear();
    return chunk;
  }

  /** Forgets the facts: an image holds what they did. */
  public void clear() {
    body = NOTHING;
    size = 0;
    Arrays.fill(texts, 0, textCount, null);
    textCount = 0;
    facts = 0;
    lastTime = 0;
  }

  private void write(Fact fact) {
    reserve(VALUES);
    if (fact instanceof Fact.Learned learned) {
      learned(learned);
    } else if (fact instanceof Fact.Labelled labelled) {
      put(LABELLED);
      target(labelled.label());
      outcomes(labelled.outcomes(), labelled.served(), labelled.noChange());
    } else if (fact instanceof Fact.Published published) {
      put(PUBLISHED);
      text(published.slot());
      text(published.cause().name());
      time(published.at());
    } else if (fact instanceof Fact.Drifted drifted) {
      put(DRIFTED);
      text(drifted.slot());
      text(drifted.level().name());
      text(drifted.action().name());
      text(drifted.switchedTo());
    } else if (fact instanceof Fact.SlotAdded added) {
      put(SLOT_ADDED);
      slot(added.slot());
      drift(added.drift());
      time(added.at());
    } else if (fact instanceof Fact.SlotRetired retired) {
      put(SLOT_RETIRED);
      text(retired.slot());
    } else if (fact instanceof Fact.Reconciled reconciled) {
      put(RECONCILED);
      putLong(reconciled.generation());
      text(reconciled.champion());
      text(reconciled.serve().kind().name());
      varint(reconciled.serve().minEvidence());
      putDouble(reconciled.serve().margin());
      decision(reconciled.serve().decision());
      putDouble(reconciled.serve().guard().confidence());
      varint(reconciled.serve().guard().coolDown());
      varint(reconciled.serve().guard().rollbackWithin());
      varint(reconciled.slots().size());
      reconciled.slots().forEach(this::text);
    } else if (fact instanceof Fact.Born birth) {
      put(BORN);
      time(birth.eventTime());
    } else if (fact instanceof Fact.Frozen frozen) {
      put(FROZEN);
      text(frozen.twin());
      text(frozen.slot());
    } else if (fact instanceof Fact.NoTwin none) {
      put(NO_TWIN);
      text(none.twin());
    } else if (fact instanceof Fact.Restarted restarted) {
      put(RESTARTED);
      slot(restarted.slot());
    } else if (fact instanceof Fact.BackgroundStarted started) {
      put(BACKGROUND_STARTED);
      slot(started.slot());
    } else if (fact instanceof Fact.BackgroundDropped dropped) {
      put(BACKGROUND_DROPPED);
      text(dropped.slot());
    } else if (fact instanceof Fact.Replaced replaced) {
      put(REPLACED);
      text(replaced.slot());
    } else if (fact instanceof Fact.Promoted promoted) {
      put(PROMOTED);
      text(promoted.champion());
      text(promoted.cause().name());
    } else if (fact instanceof Fact.Boosted boosted) {
      put(BOOSTED);
      text(boosted.slot());
      putDouble(boosted.weight());
      varint(boosted.instances());
    } else if (fact instanceof Fact.Outgrown outgrown) {
      put(OUTGROWN);
      text(outgrown.slot());
      varint(outgrown.bytes());
      varint(outgrown.limit().bytes());
      text(outgrown.limit().action().name());
    } else if (fact instanceof Fact.FeaturesWatched watched) {
      put(FEATURES_WATCHED);
      varint(watched.watches().size());
      watched.watches().forEach(this::watch);
    } else if (fact instanceof Fact.FeatureDrifted drifted) {
      put(FEATURE_DRIFTED);
      watch(drifted.watch());
    } else if (fact instanceof Fact.Watched watched) {
      put(WATCHED);
      text(watched.slot());
      drift(watched.drift());
    } else if (fact instanceof Fact.Paused paused) {
      put(PAUSED);
      text(paused.slot());
      put(paused.paused() ? 1 : 0);
    } else if (fact instanceof Fact.RolledBack back) {
      put(ROLLED_BACK);
      text(back.slot());
      varint(back.version());
      varint(back.trained());
      bytes(back.payload());
    } else {
      throw new IllegalStateException("no code for " + fact);
    }
  }

  private void slot(SlotSpec slot) {
    text(slot.id());
    text(slot.learner());
    putInt(slot.seed());
  }

  private void drift(DriftSpec drift) {
    text(drift.detector());
    text(drift.warningDetector().orElse(""));
    text(drift.signal().name());
    text(drift.onWarning().name());
    text(drift.onDrift().name());
    putDouble(drift.boost().weight());
    varint(drift.boost().instances());
    varint(drift.backgroundInstances());
  }

  private void decision(Decision decision) {
    if (decision instanceof Decision.Threshold threshold) {
      put(THRESHOLD);
      varint(threshold.favoured());
      putDouble(threshold.from());
    } else if (decision instanceof Decision.LeastCost least) {
      put(LEAST_COST);
      varint(least.costs().size());
      for (double cost : least.costs()) {
        reserve(VALUES);
        putDouble(cost);
      }
    } else if (decision instanceof Decision.Anomalous anomalous) {
      put(ANOMALOUS);
      putDouble(anomalous.above());
      putDouble(anomalous.quantile());
      varint(anomalous.last());
      varint(anomalous.after());
    } else {
      put(FIRST_MAXIMUM);
    }
  }

  private void watch(FeatureWatchSpec watch) {
    reserve(VALUES);
    text(watch.column());
    text(watch.measure().name());
    text(watch.detector());
  }

  private void learned(Fact.Learned fact) {
    put(LEARNED);
    target(fact.label());
    value(fact.weight(), tag(fact.weight()), true);
    time(fact.eventTime());
    outcomes(fact.outcomes(), fact.served(), fact.noChange());
    varint(fact.boosted().length);
    for (Fact.SlotWeight boosted : fact.boosted()) {
      reserve(VALUES);
      text(boosted.slot());
      putDouble(boosted.weight());
    }
    double[] features = fact.features();
    reserve(MAX_VARINT + features.length * (1 + MAX_VARINT));
    varint(features.length);
    for (int from = 0; from < features.length; from += 4) {
      int to = Math.min(from + 4, features.length);
      int tags = 0;
      for (int i = from; i < to; i++) {
        tags |= tag(features[i]) << (2 * (i - from));
      }
      put(tags);
      for (int i = from; i < to; i++) {
        value(features[i], (tags >> (2 * (i - from))) & 3, false);
      }
    }
  }

  private void outcomes(Fact.Outcome[] outcomes, int served, double noChange) {
    varint(served - Answer.COMBINED);
    target(noChange);
    varint(outcomes.length);
    for (Fact.Outcome outcome : outcomes) {
      reserve(VALUES);
      text(outcome.slot());
      varint(outcome.incarnation());
      target(outcome.predicted());
      if (classes) {
        putDouble(outcome.labelProbability());
      }
    }
  }

  private void target(double value) {
    if (classes) {
      varint(Double.isNaN(value) ? classCount : (long) value);
    } else {
      value(value, tag(value), true);
    }
  }

  private static int tag(double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (bits == Double.doubleToRawLongBits(Double.NaN)) {
      return MISSING;
    }
    long whole = (long) value;
    if (Double.doubleToRawLongBits((double) whole) == bits && Math.abs(whole) < 1L << 26) {
      return WHOLE;
    }
    return Double.doubleToRawLongBits((double) (float) value) == bits ? FLOAT : DOUBLE;
  }

  private void value(double value, int tag, boolean withTag) {
    if (withTag) {
      put(tag);
    }
    switch (tag) {
      case MISSING -> {}
      case WHOLE -> zigzag((long) value);
      case FLOAT -> putInt(Float.floatToRawIntBits((float) value));
      default -> putDouble(value);
    }
  }

  /** As the difference from the chunk's last time. */
  private void time(long millis) {
    zigzag(millis - lastTime);
    lastTime = millis;
  }

  private void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  /** Seven bits a byte, lowest first, the number taken as unsigned. */
  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      body[size++] = (byte) ((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    body[size++] = (byte) rest;
  }

  /** 0 and the text at its first use in the chunk, its number from 1 on afterwards. */
  private void text(String text) {
    for (int i = 0; i < textCount; i++) {
      if (texts[i].equals(text)) {
        reserve(VALUES);
        varint(i + 1);
        return;
      }
    }
    if (textCount == texts.length) {
      texts = Arrays.copyOf(texts, 2 * textCount);
    }
    texts[textCount++] = text;
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    reserve(VALUES + utf8.length);
    varint(0);
    varint(utf8.length);
    System.arraycopy(utf8, 0, body, size, utf8.length);
    size += utf8.length;
  }

  private void bytes(byte[] bytes) {
    reserve(VALUES + bytes.length);
    varint(bytes.length);
    System.arraycopy(bytes, 0, body, size, bytes.length);
    size += bytes.length;
  }

  private void put(int value) {
    body[size++] = (byte) value;
  }

  private void putInt(int value) {
    INTS.set(body, size, value);
    size += Integer.BYTES;
  }

  private void putLong(long value) {
    LONGS.set(body, size, value);
    size += Long.BYTES;
  }

  private void putDouble(double value) {
    putLong(Double.doubleToRawLongBits(value));
  }

  /** Makes room for that many more bytes. */
  private void reserve(int bytes) {
    if (body.length - size < bytes) {
      int capacity =
          Math.max(Math.max(FIRST_CAPACITY, expected), Math.max(2 * body.length, size + bytes));
      body = Arrays.copyOf(body, capacity);
    }
  }
}
