/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one key's features remember, of all blocks of a layout: {@link KeyFeatures} of each.
 * Mutable, owned by one thread.
 *
 * <p>As bytes, those of the only block, or, big-endian: format version (1 byte, {@value #VERSION}),
 * number of blocks (4 bytes), then of each: length (4 bytes) and its bytes.
 */
public final class LayoutMemory {

  private static final byte VERSION = 66;

  private final LayoutFeatures plan;
  private final List<KeyFeatures> blocks;

  LayoutMemory(LayoutFeatures plan, List<KeyFeatures> blocks) {
    this.plan = plan;
    this.blocks = List.copyOf(blocks);
  }

  /**
   * Completes an event's vector from what came before the event, then remembers the event.
   *
   * @return the vector itself, completed in place, or another one if missing values were filled in
   * @throws FailedTransformException if a feature fails: nothing is remembered of the event
   */
  public double[] complete(double[] vector, FeatureInputs inputs, long time)
      throws FailedTransformException {
    if (blocks.size() == 1) {
      return blocks.get(0).complete(vector, inputs, time);
    }
    double[][] parts = new double[blocks.size()][];
    for (int i = 0; i < parts.length; i++) {
      LayoutFeatures.Block block = plan.blocks().get(i);
      parts[i] = LayoutFeatures.part(vector, block.column(), block.schema().size());
      blocks.get(i).workOut(parts[i], of(block, inputs), time);
    }
    for (int i = 0; i < parts.length; i++) {
      LayoutFeatures.Block block = plan.blocks().get(i);
      double[] completed = blocks.get(i).remember(parts[i], of(block, inputs), time);
      System.arraycopy(completed, 0, vector, block.column(), completed.length);
    }
    return vector;
  }

  /** The label of an event that was answered has come, see {@link KeyFeatures#label}. */
  public void label(FeatureInputs inputs, long time) {
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).label(of(plan.blocks().get(i), inputs), time);
    }
  }

  private static FeatureInputs of(LayoutFeatures.Block block, FeatureInputs inputs) {
    int ofEvent = block.keyed().eventInputs();
    int ofLabel = block.keyed().labelInputs();
    if (ofEvent == inputs.event().length && ofLabel == inputs.label().length) {
      return inputs; // of the only block, nearly always
    }
    int texts = block.keyed().eventTexts();
    return new FeatureInputs(
        LayoutFeatures.part(inputs.event(), block.eventInput(), ofEvent),
        texts == 0
            ? FeatureInputs.NONE.texts()
            : Arrays.copyOfRange(inputs.texts(), block.eventText(), block.eventText() + texts),
        LayoutFeatures.part(inputs.label(), block.labelInput(), ofLabel));
  }

  /** Its bytes, see the class. */
  public byte[] write() {
    if (blocks.size() == 1) {
      return blocks.get(0).write();
    }
    List<byte[]> written = blocks.stream().map(KeyFeatures::write).toList();
    int length = written.stream().mapToInt(bytes -> Integer.BYTES + bytes.length).sum();
    ByteBuffer out = ByteBuffer.allocate(1 + Integer.BYTES + length);
    out.put(VERSION).putInt(written.size());
    written.forEach(bytes -> out.putInt(bytes.length).put(bytes));
    return out.array();
  }

  /** What {@link KeyedFeatures} of one of the layout's schemas read; null if they remember none. */
  public byte[] write(FeatureSchema schema) {
    if (blocks.size() == 1) {
      return blocks.get(0).write();
    }
    KeyedFeatures keyed = plan.plan(schema);
    if (!keyed.remember()) {
      return null;
    }
    KeyFeatures part = keyed.none();
    for (int i = 0; i < blocks.size(); i++) {
      part.takeOver(schema, blocks.get(i), plan.blocks().get(i).schema());
    }
    return part.write();
  }

  static LayoutMemory read(LayoutFeatures plan, byte[] bytes) throws FeatureStateException {
    List<byte[]> stored = split(bytes);
    if (stored.size() > plan.blocks().size()) {
      throw new FeatureStateException("is of other features than the spec's");
    }
    List<KeyFeatures> blocks = new ArrayList<>();
    for (int i = 0; i < plan.blocks().size(); i++) {
      KeyedFeatures keyed = plan.blocks().get(i).keyed();
      blocks.add(i < stored.size() ? keyed.read(stored.get(i)) : keyed.none());
    }
    return new LayoutMemory(plan, blocks);
  }

  private static List<byte[]> split(byte[] bytes) throws FeatureStateException {
    if (bytes.length == 0 || bytes[0] != VERSION) {
      return List.of(bytes);
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
      List<byte[]> parts = new ArrayList<>();
      for (int count = in.getInt(); count > 0; count--) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new FeatureStateException("has a part of " + length + " bytes");
        }
        byte[] part = new byte[length];
        in.get(part);
        parts.add(part);
      }
      return parts;
    } catch (BufferUnderflowException e) {
      throw new FeatureStateException("ends too early, after " + bytes.length + " bytes");
    }
  }

  /** Estimated bytes on the heap. */
  public long liveBytes() {
    return blocks.stream().mapToLong(KeyFeatures::liveBytes).sum();
  }
}
