/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keeps the last N inputs, in the order in which they came. As bytes: how many there are (2 bytes),
 * and each as a double, the oldest first.
 */
abstract class LastOnes extends History {

  private final double[] ring;
  private int size;

  /** Where the next one goes. */
  private int next;

  LastOnes(int n) {
    ring = new double[n];
  }

  static int maxBytes(int n) {
    return Short.BYTES + n * Double.BYTES;
  }

  final int size() {
    return size;
  }

  final boolean isFull() {
    return size == ring.length;
  }

  /**
   * @param i 0 for the oldest
   */
  final double get(int i) {
    int at = next - size + i;
    return ring[at < 0 ? at + ring.length : at];
  }

  @Override
  public final void add(double input, long time) {
    ring[next] = input;
    next = next + 1 == ring.length ? 0 : next + 1;
    size = Math.min(size + 1, ring.length);
  }

  final double[] sorted() {
    double[] copy = new double[size];
    for (int i = 0; i < size; i++) {
      copy[i] = get(i);
    }
    Arrays.sort(copy);
    return copy;
  }

  @Override
  public final void write(ByteBuffer out) {
    out.putShort((short) size);
    for (int i = 0; i < size; i++) {
      out.putDouble(get(i));
    }
  }

  @Override
  public final void read(ByteBuffer in) {
    for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
      add(in.getDouble(), 0);
    }
  }

  @Override
  public long liveBytes() {
    return 64 + (long) ring.length * Double.BYTES;
  }
}
