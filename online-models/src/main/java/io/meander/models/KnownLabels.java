/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What a key's known labels say of the next one: the baselines. Mutable, owned by a model set. */
abstract sealed class KnownLabels permits KnownClasses, KnownNumbers {

  abstract void add(double label);

  /** The last label; 0 before the first. */
  abstract double last();

  /** What a guess without features would be: the majority class, the mean; 0 before the first. */
  abstract double typical();

  /** With what figures compare a prediction of the label that comes next. */
  abstract double reference(double label);

  /** Mean distance of labels from what was typical before them; 0 where that means nothing. */
  abstract double spread();

  /** About what it takes on the heap, and with it a slot's score of such labels. */
  abstract long bytes();

  abstract void write(DataOutput out) throws IOException;

  /** Takes over what {@link #write} wrote. */
  abstract void read(DataInput in) throws IOException;
}
