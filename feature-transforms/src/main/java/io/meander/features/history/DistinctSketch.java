/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * How many different numbers there were: a HyperLogLog sketch of Apache DataSketches with six bits
 * a register. As bytes: length (2 bytes), and the library's updatable form, in which a sketch goes
 * on as if it had never been stored.
 */
final class DistinctSketch implements Sketch {

  private HllSketch sketch;

  private DistinctSketch(HllSketch sketch) {
    this.sketch = sketch;
  }

  /**
   * @param registers a power of two from 16 to 4096
   */
  record Of(int registers) implements Sketch.Kind<DistinctSketch, HllSketch> {

    static final int MIN = 16;
    static final int MAX = 4096;

    private static final TgtHllType BITS = TgtHllType.HLL_6;

    /**
     * @throws IllegalArgumentException if there are no such sketches, or none on this Java
     */
    Of {
      if (registers < MIN || registers > MAX || Integer.bitCount(registers) != 1) {
        throw new IllegalArgumentException(
            "a sketch of distinct values has a power of two of registers, from "
                + MIN
                + " to "
                + MAX
                + ", not "
                + registers);
      }
      if (!Library.USABLE) {
        throw new IllegalArgumentException(
            "distinct over a time is counted by Apache DataSketches, which refuses Java "
                + Runtime.version().feature()
                + ": run Java 17 or 21, or count over the last so many, such as last: 100");
      }
    }

    private int log() {
      return Integer.numberOfTrailingZeros(registers);
    }

    @Override
    public DistinctSketch empty() {
      return new DistinctSketch(new HllSketch(log(), BITS));
    }

    @Override
    public int maxBytes() {
      return Short.BYTES + HllSketch.getMaxUpdatableSerializationBytes(log(), BITS);
    }

    @Override
    public HllSketch union(List<DistinctSketch> sketches) {
      Union union = new Union(log());
      sketches.forEach(one -> union.update(one.sketch));
      return union.getResult(BITS);
    }

    @Override
    public double value(HllSketch union, DistinctSketch lastOrNull) {
      if (lastOrNull == null) {
        return union.getEstimate();
      }
      Union both = new Union(log());
      both.update(union);
      both.update(lastOrNull.sketch);
      return both.getEstimate();
    }

    /** Of the estimate, as a share of it: its standard deviation, at most. */
    double error() {
      return HllSketch.getRelErr(true, true, log(), 1);
    }
  }

  /** What the library's memory component says of this Java, asked once. */
  private static final class Library {
    private static final boolean USABLE = isUsable();

    private static boolean isUsable() {
      try {
        return HllSketch.heapify(new HllSketch(4).toUpdatableByteArray()).isEmpty();
      } catch (LinkageError | IllegalArgumentException e) {
        return false;
      }
    }
  }

  @Override
  public void add(double input) {
    sketch.update(Double.doubleToLongBits(input));
  }

  @Override
  public void write(ByteBuffer out) {
    byte[] bytes = sketch.toUpdatableByteArray();
    out.putShort((short) bytes.length).put(bytes);
  }

  @Override
  public void read(ByteBuffer in) {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    sketch = HllSketch.heapify(bytes);
  }

  @Override
  public long liveBytes() {
    return 120L + sketch.getUpdatableSerializationBytes();
  }
}
