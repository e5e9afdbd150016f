/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;
import java.util.Random;

/** Which rows of a source reach which keys, in an order that depends on the seed alone. */
final class Workload {

  private static final String[] NO_SLICES = {};

  private final Source source;
  private final String[] keys;
  private final int[] order;

  private Workload(Source source, int keys, int[] order) {
    this.source = source;
    this.keys = new String[keys];
    for (int k = 0; k < keys; k++) {
      this.keys[k] = key(k);
    }
    this.order = order;
  }

  static String key(int number) {
    return "key-" + number;
  }

  /** Every key as often as every other, one after the other. */
  static Workload inTurn(Source source, int keys) {
    int[] order = new int[keys];
    for (int i = 0; i < keys; i++) {
      order[i] = i;
    }
    return new Workload(source, keys, order);
  }

  /** Every key as likely as every other. */
  static Workload uniform(Source source, int keys, int length) {
    Random random = new Random(1);
    return new Workload(source, keys, random.ints(length, 0, keys).toArray());
  }

  /** The key of rank r with a probability in proportion to r to the power of -exponent. */
  static Workload zipf(Source source, int keys, double exponent, int length) {
    double[] cumulated = new double[keys];
    double sum = 0;
    for (int k = 0; k < keys; k++) {
      sum += Math.pow(k + 1.0, -exponent);
      cumulated[k] = sum;
    }
    Random random = new Random(1);
    int[] order = new int[length];
    for (int i = 0; i < length; i++) {
      int at = java.util.Arrays.binarySearch(cumulated, random.nextDouble() * sum);
      order[i] = Math.min(keys - 1, at < 0 ? -at - 1 : at);
    }
    return new Workload(source, keys, order);
  }

  /** The event with this number, from 0. */
  Observation event(long number) {
    int key = order[(int) (number % order.length)];
    // Not in step with the keys, or a key would see few of the rows.
    int row = (int) ((number * 7919 + number / order.length) % source.rows().length);
    return new Observation(
        number, "", keys[key], number, source.rows()[row], source.labels()[row], NO_SLICES);
  }
}
