/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.history;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a pane keeps of the numbers that fell into it, in bounded memory whatever their count. The
 * same numbers in the same order make the same sketch, whether or not it was written and read in
 * between. Mutable, owned by one thread.
 */
interface Sketch {

  /**
   * @param input never NaN
   */
  void add(double input);

  /** At most as many bytes as its kind says. */
  void write(ByteBuffer out);

  /** Into an empty one: what {@link #write} wrote. */
  void read(ByteBuffer in);

  /** Estimated bytes on the heap. */
  long liveBytes();

  /**
   * Sketches of one sort and size, and what several of them say together.
   *
   * @param <S> the sketch
   * @param <U> several of them together
   */
  interface Kind<S extends Sketch, U> {

    S empty();

    /** Of one, stored. */
    int maxBytes();

    /** Several together, which are not changed. */
    U union(List<S> sketches);

    /**
     * @param lastOrNull one more, not changed; null if there is none
     */
    double value(U union, S lastOrNull);
  }
}
