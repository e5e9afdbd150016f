/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.AddedClass;
import io.meander.models.KeptVersions;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelFormatException;
import io.meander.models.Order;
import io.meander.models.Slot;
import io.meander.models.SlotSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current key's last published versions, to go back to, within a bound of bytes per key: the
 * oldest goes first. Keyed state, names and types are wire format: {@code versions}, what is kept,
 * oldest first, and {@code payloads}, a payload by its slot and version ({@code slot/version}).
 * Layout of the first, in {@code DataOutput}'s encoding: format version byte (1), number int, of
 * each: slot, learner UTF, seed int, number of classes int, version, trained instances long, bytes
 * int.
 */
final class VersionHistory implements KeptVersions {

  static final String VERSIONS = "versions";
  static final String PAYLOADS = "payloads";

  private static final Logger LOG = LoggerFactory.getLogger(VersionHistory.class);
  private static final int FORMAT = 1;

  private final ValueState<byte[]> versions;
  private final MapState<String, byte[]> payloads;
  private final long maxBytes;
  private final LearnerCodec codec;
  private final int classes;
  private final Counter missing;

  /**
   * @param maxBytes of payloads per key; 0 keeps none
   * @param classes of the label; versions of learners that knew fewer and cannot take more are not
   *     gone back to
   * @param missing counts what was asked for and not kept
   */
  VersionHistory(
      KeyedStateStore store, long maxBytes, LearnerCodec codec, int classes, Counter missing) {
    this.versions = store.getState(StoredModels.value(VERSIONS));
    this.payloads = store.getMapState(StoredModels.map(PAYLOADS));
    this.maxBytes = maxBytes;
    this.codec = codec;
    this.classes = classes;
    this.missing = missing;
  }

  /** One version that is kept; its payload has so many bytes. */
  record Entry(SlotSpec slot, int classes, long version, long trained, int bytes) {

    String id() {
      return slot.id() + "/" + version;
    }
  }

  /** Keeps a version that was just published, unless it alone is above the bound. */
  void keep(Slot slot, ByteBuffer payload) throws IOException {
    int size = payload.remaining();
    if (size == 0 || size > maxBytes) {
      return;
    }
    byte[] copy = new byte[size];
    payload.duplicate().get(copy);
    List<Entry> kept = entries();
    Entry newest = new Entry(slot.spec(), classes, slot.version(), slot.trainedInstances(), size);
    kept.add(newest);
    long bytes = kept.stream().mapToLong(Entry::bytes).sum();
    try {
      while (bytes > maxBytes) {
        Entry oldest = kept.remove(0);
        payloads.remove(oldest.id());
        bytes -= oldest.bytes();
      }
      payloads.put(newest.id(), copy);
    } catch (Exception e) {
      throw new IOException("cannot keep version " + newest.id(), e);
    }
    versions.update(write(kept));
  }

  @Override
  public Kept find(String slot, long version) {
    try {
      List<Entry> kept = entries();
      for (int i = kept.size() - 1; i >= 0; i--) {
        Entry entry = kept.get(i);
        if (entry.slot().id().equals(slot)
            && (version == Order.NEWEST || entry.version() == version)
            && (entry.classes() == classes || AddedClass.isTakenBy(entry.slot().learner()))) {
          byte[] payload = payloads.get(entry.id());
          codec.check(entry.slot(), payload);
          return new Kept(entry.slot(), entry.version(), entry.trained(), payload);
        }
      }
    } catch (ModelFormatException e) {
      LOG.warn("a kept version of slot {} {}: the key stays as it is", slot, e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException("cannot read the kept versions", e);
    }
    missing.inc();
    return null;
  }

  /** Forgets those of the current key. */
  void clear() {
    versions.clear();
    payloads.clear();
  }

  private List<Entry> entries() throws IOException {
    return read(versions.value());
  }

  /**
   * What {@link #VERSIONS} holds.
   *
   * @param bytes null: nothing
   */
  static List<Entry> read(byte[] bytes) throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (bytes == null) {
      return entries;
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "kept versions are of format " + format + ", this release reads " + FORMAT);
    }
    for (int count = in.readInt(); count > 0; count--) {
      SlotSpec slot = new SlotSpec(in.readUTF(), in.readUTF(), in.readInt());
      entries.add(new Entry(slot, in.readInt(), in.readLong(), in.readLong(), in.readInt()));
    }
    return entries;
  }

  private static byte[] write(List<Entry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(entries.size());
      for (Entry entry : entries) {
        out.writeUTF(entry.slot().id());
        out.writeUTF(entry.slot().learner());
        out.writeInt(entry.slot().seed());
        out.writeInt(entry.classes());
        out.writeLong(entry.version());
        out.writeLong(entry.trained());
        out.writeInt(entry.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
