/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * What keyed state holds of a key: {@code image}, a model set at some position of its update log,
 * and {@code log}, the chunks of facts after it; and {@code features}, what its missing values are
 * filled in from, where the pipeline remembers that. Names and types are wire format. A key that
 * has no image yet has its whole life in its log. Where the update log is sent to followers, also
 * {@code imaged}: when, and at which position, the key's image was sent last. Of a live job also
 * {@code offsets}: up to where its topics were taken in, see {@link TakenOffsets}.
 */
final class StoredModels {

  static final String IMAGE = "image";
  static final String LOG = "log";
  static final String FEATURES = "features";
  static final String IMAGED = "imaged";
  static final String OFFSETS = "offsets";

  private final KeyContext keys;
  private final ValueState<byte[]> image;
  private final ListState<byte[]> log;
  private final ValueState<byte[]> features;
  private final ValueState<byte[]> imagedOrNull;
  private final ValueState<byte[]> offsets;

  /**
   * @param followed whether the update log is sent to followers
   */
  StoredModels(KeyContext keys, StateInitializationContext context, boolean followed)
      throws Exception {
    this.keys = keys;
    KeyedStateStore store = context.getKeyedStateStore();
    this.image = store.getState(value(IMAGE));
    this.log = store.getListState(list(LOG));
    this.features = store.getState(value(FEATURES));
    this.imagedOrNull = followed ? store.getState(value(IMAGED)) : null;
    this.offsets = store.getState(value(OFFSETS));
  }

  /** Bytes of each key. */
  static ValueStateDescriptor<byte[]> value(String name) {
    return new ValueStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  /** Bytes of each key by texts. */
  static MapStateDescriptor<String, byte[]> map(String name) {
    return new MapStateDescriptor<>(
        name, Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  /** Byte arrays of each key. */
  static ListStateDescriptor<byte[]> list(String name) {
    return new ListStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  /**
   * The last image that was sent. Its bytes are a format version, 1, and two longs.
   *
   * @param at processing time in milliseconds
   * @param position of the image
   */
  record Imaged(long at, long position) {

    private static final byte FORMAT = 1;

    private static Imaged of(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.get() != FORMAT) {
        throw new IllegalStateException(
            IMAGED + " is of format " + bytes[0] + ", this release reads " + FORMAT);
      }
      return new Imaged(in.getLong(), in.getLong());
    }

    private byte[] bytes() {
      return ByteBuffer.allocate(1 + 2 * Long.BYTES)
          .put(FORMAT)
          .putLong(at)
          .putLong(position)
          .array();
    }
  }

  /** What is known of the current key's last sent image; null if none was sent. */
  Imaged imagedOrNull() throws IOException {
    byte[] bytes = imagedOrNull.value();
    return bytes == null ? null : Imaged.of(bytes);
  }

  /** An image of a key was sent. The current key stays. */
  void putImaged(String key, Imaged imaged) {
    as(key, "cannot note the sent image", () -> imagedOrNull.update(imaged.bytes()));
  }

  String currentKey() {
    return (String) keys.getCurrentKey();
  }

  /** The current key's image, or null. */
  byte[] image() throws IOException {
    return image.value();
  }

  /** The current key's chunks in order, none if it has no log. */
  Iterable<byte[]> log() throws Exception {
    Iterable<byte[]> chunks = log.get();
    return chunks == null ? List.of() : chunks;
  }

  /** What the current key's missing values are filled in from, or null. */
  byte[] features() throws IOException {
    return features.value();
  }

  /** Replaces a key's {@link #features}. The current key stays. */
  void putFeatures(String key, byte[] bytes) {
    as(key, "cannot store the features", () -> features.update(bytes));
  }

  /** Up to where the current key's records were taken in. */
  TakenOffsets offsets() throws IOException {
    byte[] bytes = offsets.value();
    return bytes == null ? new TakenOffsets() : TakenOffsets.of(bytes);
  }

  /** Replaces a key's {@link #offsets}. The current key stays. */
  void putOffsets(String key, TakenOffsets taken) {
    as(key, "cannot store the offsets", () -> offsets.update(taken.bytes()));
  }

  /** A key's new image; its log is empty afterwards. The current key stays. */
  void putImage(String key, byte[] bytes) {
    as(
        key,
        "cannot store the image",
        () -> {
          image.update(bytes);
          log.clear();
        });
  }

  /** Appends to a key's log. The current key stays. */
  void append(String key, byte[] chunk) {
    as(key, "cannot append to the log", () -> log.add(chunk));
  }

  /** Forgets the current key. */
  void clear() {
    image.clear();
    log.clear();
    features.clear();
    offsets.clear();
    if (imagedOrNull != null) {
      imagedOrNull.clear();
    }
  }

  private interface Change {
    void make() throws Exception;
  }

  private void as(String key, String what, Change change) {
    Object current = keys.getCurrentKey();
    keys.setCurrentKey(key);
    try {
      change.make();
    } catch (Exception e) {
      throw new IllegalStateException(what + " of key '" + key + "'", e);
    } finally {
      if (current != null) {
        keys.setCurrentKey(current);
      }
    }
  }
}
