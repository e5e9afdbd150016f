/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
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
 * int     length           of the body before compression; negative if it is not compressed
 * int     CRC-32C          of the body as stored
 * bytes   the body: facts, a tag byte each (see {@link FactReader}); texts once per chunk
 * </pre>
 *
 * In a {@link Fact.Learned} a feature value takes 2 bits and then nothing if missing, a zigzag
 * varint if it is whole, 4 bytes if a float holds it exactly, else 8. Not thread-safe.
 */
public final class FactWriter {

  static final byte KIND = 'F';
  static final int FORMAT = 1;

  /**
   * Raised when replaying an older log would not give the same model: with MOA, with how instances
   * are made, with what {@link Reducer#apply} does.
   */
  static final int LEARNING_VERSION = 1;

  static final int HEADER = 1 + 1 + 2 + 8 + 8 + 4 + 4 + 4;

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

  static final int MISSING = 0;
  static final int WHOLE = 1;
  static final int FLOAT = 2;
  static final int DOUBLE = 3;

  /** Shorter bodies are stored as they are. */
  private static final int COMPRESS_FROM = 256;

  private static final int COMPRESSION_LEVEL = 1;

  private final long fingerprint;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(128);
  private final DataOutputStream out = new DataOutputStream(body);
  private final Map<String, Integer> texts = new HashMap<>();
  private long position;
  private int facts;
  private long lastTime;

  public FactWriter(ModelContext context) {
    this.fingerprint = Long.parseUnsignedLong(context.fingerprint(), 16);
  }

  public boolean isEmpty() {
    return facts == 0;
  }

  /** Facts since the last chunk. */
  public int facts() {
    return facts;
  }

  /** Bytes of the facts since the last chunk, before compression. */
  public int size() {
    return body.size();
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
    try {
      write(fact);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /** The chunk; the writer is empty afterwards. */
  public byte[] close() {
    byte[] raw = body.toByteArray();
    byte[] stored = raw;
    int length = -raw.length;
    if (raw.length >= COMPRESS_FROM) {
      byte[] compressed = Zstd.compress(raw, COMPRESSION_LEVEL);
      if (compressed.length < raw.length) {
        stored = compressed;
        length = raw.length;
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(stored);
    byte[] chunk =
        ByteBuffer.allocate(HEADER + stored.length)
            .put(KIND)
            .put((byte) FORMAT)
            .putShort((short) LEARNING_VERSION)
            .putLong(fingerprint)
            .putLong(position)
            .putInt(facts)
            .putInt(length)
            .putInt((int) crc.getValue())
            .put(stored)
            .array();
    clear();
    return chunk;
  }

  /** Forgets the facts: an image holds what they did. */
  public void clear() {
    body.reset();
    texts.clear();
    facts = 0;
    lastTime = 0;
  }

  private void write(Fact fact) throws IOException {
    if (fact instanceof Fact.Learned learned) {
      learned(learned);
    } else if (fact instanceof Fact.Published published) {
      out.writeByte(PUBLISHED);
      text(published.slot());
      text(published.cause().name());
      time(published.at());
    } else if (fact instanceof Fact.Drifted drifted) {
      out.writeByte(DRIFTED);
      text(drifted.slot());
      text(drifted.level().name());
      text(drifted.action().name());
      text(drifted.switchedTo());
    } else if (fact instanceof Fact.SlotAdded added) {
      out.writeByte(SLOT_ADDED);
      slot(added.slot());
      drift(added.drift());
      time(added.at());
    } else if (fact instanceof Fact.SlotRetired retired) {
      out.writeByte(SLOT_RETIRED);
      text(retired.slot());
    } else if (fact instanceof Fact.Reconciled reconciled) {
      out.writeByte(RECONCILED);
      out.writeLong(reconciled.generation());
      text(reconciled.champion());
    } else if (fact instanceof Fact.Born birth) {
      out.writeByte(BORN);
      time(birth.eventTime());
    } else if (fact instanceof Fact.Frozen frozen) {
      out.writeByte(FROZEN);
      text(frozen.slot());
    } else if (fact instanceof Fact.NoTwin) {
      out.writeByte(NO_TWIN);
    } else if (fact instanceof Fact.Restarted restarted) {
      out.writeByte(RESTARTED);
      slot(restarted.slot());
    } else if (fact instanceof Fact.BackgroundStarted started) {
      out.writeByte(BACKGROUND_STARTED);
      slot(started.slot());
    } else if (fact instanceof Fact.BackgroundDropped dropped) {
      out.writeByte(BACKGROUND_DROPPED);
      text(dropped.slot());
    } else if (fact instanceof Fact.Replaced replaced) {
      out.writeByte(REPLACED);
      text(replaced.slot());
    } else if (fact instanceof Fact.Promoted promoted) {
      out.writeByte(PROMOTED);
      text(promoted.champion());
    } else if (fact instanceof Fact.Boosted boosted) {
      out.writeByte(BOOSTED);
      text(boosted.slot());
      out.writeDouble(boosted.weight());
      varint(boosted.instances());
    } else {
      throw new IllegalStateException("no code for " + fact);
    }
  }

  private void slot(SlotSpec slot) throws IOException {
    text(slot.id());
    text(slot.learner());
    out.writeInt(slot.seed());
  }

  private void drift(DriftSpec drift) throws IOException {
    text(drift.detector());
    text(drift.warningDetector().orElse(""));
    text(drift.signal().name());
    text(drift.onWarning().name());
    text(drift.onDrift().name());
    out.writeDouble(drift.boost().weight());
    varint(drift.boost().instances());
    varint(drift.backgroundInstances());
  }

  private void learned(Fact.Learned fact) throws IOException {
    out.writeByte(LEARNED);
    varint(fact.label());
    value(fact.weight(), tag(fact.weight()), true);
    time(fact.eventTime());
    varint(fact.served());
    varint(fact.noChange());
    varint(fact.outcomes().length);
    for (Fact.Outcome outcome : fact.outcomes()) {
      text(outcome.slot());
      varint(outcome.incarnation());
      varint(outcome.predicted());
      out.writeDouble(outcome.labelProbability());
    }
    varint(fact.boosted().length);
    for (Fact.SlotWeight boosted : fact.boosted()) {
      text(boosted.slot());
      out.writeDouble(boosted.weight());
    }
    double[] features = fact.features();
    varint(features.length);
    for (int from = 0; from < features.length; from += 4) {
      int tags = 0;
      for (int i = from; i < Math.min(from + 4, features.length); i++) {
        tags |= tag(features[i]) << (2 * (i - from));
      }
      out.writeByte(tags);
      for (int i = from; i < Math.min(from + 4, features.length); i++) {
        value(features[i], tag(features[i]), false);
      }
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

  private void value(double value, int tag, boolean withTag) throws IOException {
    if (withTag) {
      out.writeByte(tag);
    }
    switch (tag) {
      case MISSING -> {}
      case WHOLE -> zigzag((long) value);
      case FLOAT -> out.writeFloat((float) value);
      default -> out.writeDouble(value);
    }
  }

  /** As the difference from the chunk's last time. */
  private void time(long millis) throws IOException {
    zigzag(millis - lastTime);
    lastTime = millis;
  }

  private void zigzag(long value) throws IOException {
    varint((value << 1) ^ (value >> 63));
  }

  /** Seven bits a byte, lowest first, the number taken as unsigned. */
  private void varint(long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /** 0 and the text at its first use in the chunk, its number from 1 on afterwards. */
  private void text(String text) throws IOException {
    Integer number = texts.putIfAbsent(text, texts.size() + 1);
    if (number != null) {
      varint(number);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    varint(0);
    varint(utf8.length);
    out.write(utf8);
  }
}
