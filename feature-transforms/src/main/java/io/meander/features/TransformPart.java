/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A user's transform that remembers, as a part of {@link KeyedFeatures}. What a key keeps for it
 * are bytes, stored as: the transform's version (4 bytes), their number (4 bytes), they themselves.
 *
 * @param column the place of its first column in the vector
 * @param number the place of its first input among the event's numbers
 * @param text the place of its first input among the event's texts
 * @param fill in the place of a missing number; NaN: it stays missing
 * @param flagColumn that says where one was missing, or -1
 */
record TransformPart(
    TransformColumns transform, int column, int number, int text, double fill, int flagColumn) {

  private static final int HEADER = 2 * Integer.BYTES;

  /** Of a key without a past. */
  static final byte[] NOTHING = {};

  int maxBytes() {
    return HEADER + transform.maxStateBytes();
  }

  /**
   * Changes nothing.
   *
   * @throws FailedTransformException if the transform fails
   */
  TransformColumns.Worked values(FeatureInputs inputs, byte[] state)
      throws FailedTransformException {
    int size = transform.inputs();
    return transform.values(
        Arrays.copyOfRange(inputs.event(), number, number + size),
        Arrays.copyOfRange(inputs.texts(), text, text + size),
        state);
  }

  /** Writes its columns, and its flag if there is one. */
  void write(double[] values, double[] vector) {
    List<FeatureSchema.Column> columns = transform.columns();
    boolean missing = false;
    for (int i = 0; i < values.length; i++) {
      boolean absent = Double.isNaN(values[i]);
      missing |= absent;
      vector[column + i] = absent && !columns.get(i).isNominal() ? fill : values[i];
    }
    if (flagColumn >= 0) {
      vector[flagColumn] = missing ? 1 : 0;
    }
  }

  /**
   * What is given in the vector, and where that is missing what the transform makes of the event.
   *
   * @throws FailedTransformException if the transform fails
   */
  double[] completed(double[] vector, FeatureInputs inputs, byte[] state)
      throws FailedTransformException {
    double[] given = Arrays.copyOfRange(vector, column, column + transform.columns().size());
    if (Arrays.stream(given).noneMatch(Double::isNaN)) {
      return given;
    }
    double[] worked = values(inputs, state).values();
    for (int i = 0; i < given.length; i++) {
      given[i] = Double.isNaN(given[i]) ? worked[i] : given[i];
    }
    return given;
  }

  void write(byte[] state, ByteBuffer out) {
    out.putInt(transform.version()).putInt(state.length).put(state);
  }

  byte[] read(ByteBuffer in) throws FeatureStateException {
    int version = in.getInt();
    int length = in.getInt();
    if (version != transform.version()) {
      throw new FeatureStateException(
          "is of version "
              + version
              + " of the transform of '"
              + transform.name()
              + "', not "
              + transform.version());
    }
    if (length < 0 || length > transform.maxStateBytes()) {
      throw new FeatureStateException(
          "has " + length + " bytes of '" + transform.name() + "', which does not fit");
    }
    byte[] state = new byte[length];
    in.get(state);
    return state;
  }
}
