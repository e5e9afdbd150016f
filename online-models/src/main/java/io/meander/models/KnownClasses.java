/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How often each class was a label. Layout: last label, classes int, counts long × classes. */
final class KnownClasses extends KnownLabels {

  private final long[] counts;
  private int majority;
  private int last;

  KnownClasses(int classes) {
    this.counts = new long[classes];
  }

  @Override
  void add(double label) {
    int c = (int) label;
    majority = withNext(c);
    counts[c]++;
    last = c;
  }

  @Override
  double last() {
    return last;
  }

  /** The most frequent one, the first of equals. */
  @Override
  double typical() {
    return majority;
  }

  /** The majority with this label, as MOA's kappa-M takes it. */
  @Override
  double reference(double label) {
    return withNext((int) label);
  }

  private int withNext(int label) {
    long count = counts[label] + 1;
    boolean more = count > counts[majority] || (count == counts[majority] && label < majority);
    return more ? label : majority;
  }

  @Override
  double spread() {
    return 0;
  }

  @Override
  long bytes() {
    return 8L * counts.length * counts.length;
  }

  @Override
  void write(DataOutput out) throws IOException {
    out.writeInt(last);
    out.writeInt(counts.length);
    for (long count : counts) {
      out.writeLong(count);
    }
  }

  @Override
  void read(DataInput in) throws IOException {
    last = in.readInt();
    majority = 0;
    int classes = in.readInt(); // classes may have been added since
    if (classes > counts.length) {
      throw new ModelFormatException(
          "knows " + classes + " classes, the pipeline has " + counts.length);
    }
    for (int c = 0; c < classes; c++) {
      counts[c] = in.readLong();
      if (counts[c] > counts[majority]) {
        majority = c;
      }
    }
  }
}
