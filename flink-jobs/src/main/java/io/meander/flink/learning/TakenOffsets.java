/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.TopicOffset;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Up to where a key's records were taken in: the last offset of each partition of the topics of
 * events and of labels that had any. One or two of them if the topics are keyed as the pipeline is.
 * Its bytes are a format version, 1, and for each partition an int and a long: the partition's
 * number, complemented if it is of the labels' topic, and the offset; in the order of the ints. Not
 * thread-safe.
 */
final class TakenOffsets {

  private static final byte FORMAT = 1;

  /** Bytes of a partition. */
  private static final int SOURCE = Integer.BYTES + Long.BYTES;

  /** Sorted. */
  private int[] sources = {};

  private long[] offsets = {};

  /** As {@link #bytes} gave them. */
  static TakenOffsets of(byte[] bytes) {
    if (bytes.length % SOURCE != 1) {
      throw new IllegalStateException("the stored offsets of a key are cut off");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "the offsets of a key are stored in format %d, this release reads %d"
              .formatted(format, FORMAT));
    }
    TakenOffsets taken = new TakenOffsets();
    int count = in.remaining() / SOURCE;
    taken.sources = new int[count];
    taken.offsets = new long[count];
    for (int i = 0; i < count; i++) {
      taken.sources[i] = in.getInt();
      taken.offsets[i] = in.getLong();
    }
    return taken;
  }

  /**
   * @param arrival read from a topic
   */
  void take(Arrival arrival) {
    int source = arrival instanceof LabelArrival ? ~arrival.partition() : arrival.partition();
    int i = Arrays.binarySearch(sources, source);
    if (i < 0) {
      i = -i - 1;
      sources = widened(i, source);
      long[] more = Arrays.copyOf(offsets, offsets.length + 1);
      System.arraycopy(offsets, i, more, i + 1, offsets.length - i);
      offsets = more;
    }
    offsets[i] = arrival.offset();
  }

  private int[] widened(int at, int source) {
    int[] more = Arrays.copyOf(sources, sources.length + 1);
    System.arraycopy(sources, at, more, at + 1, sources.length - at);
    more[at] = source;
    return more;
  }

  byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + sources.length * SOURCE);
    out.put(FORMAT);
    for (int i = 0; i < sources.length; i++) {
      out.putInt(sources[i]).putLong(offsets[i]);
    }
    return out.array();
  }

  /** By topic, then partition. */
  List<TopicOffset> records(PipelineSpec spec) {
    List<TopicOffset> records = new ArrayList<>(sources.length);
    for (int i = 0; i < sources.length; i++) {
      boolean label = sources[i] < 0;
      records.add(
          new TopicOffset(
              label ? spec.label().topic().orElseThrow().topic() : spec.events().topic(),
              label ? ~sources[i] : sources[i],
              offsets[i]));
    }
    records.sort(
        Comparator.comparing(TopicOffset::getTopic).thenComparingInt(TopicOffset::getPartition));
    return records;
  }
}
