/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.history.History;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What one key's features remember: a {@link History} for each that does, and what missing values
 * are filled in from. The same events and labels in the same order give the same vectors, bit for
 * bit, whether or not it was written and read in between. Mutable, owned by one thread.
 *
 * <p>As bytes, big-endian: format version (1 byte, {@value #VERSION}), fingerprint of the declared
 * features (8 bytes), the histories in the order of their features, each as its class says, what
 * users' transforms remember in that order, each as {@link TransformPart} says, then {@link
 * SeenValues} if there are any.
 */
public final class KeyFeatures {

  static final int HEADER = 1 + Long.BYTES;

  private static final byte VERSION = 1;

  private final KeyedFeatures plan;
  private final History[] histories;

  /** What users' transforms remember, in their order; never changed in place. */
  private final byte[][] states;

  /** What they made of the event that is being completed. */
  private final TransformColumns.Worked[] worked;

  private SeenValues seenOrNull;

  KeyFeatures(KeyedFeatures plan) {
    this.plan = plan;
    this.histories = new History[plan.parts().size()];
    for (int i = 0; i < histories.length; i++) {
      histories[i] = plan.parts().get(i).form().begin();
    }
    this.states = new byte[plan.transforms().size()][];
    Arrays.fill(states, TransformPart.NOTHING);
    this.worked = new TransformColumns.Worked[states.length];
    this.seenOrNull = plan.missingOrNull() == null ? null : plan.missingOrNull().none();
  }

  /**
   * Completes an event's vector from what came before the event, then remembers the event.
   *
   * @param vector one value per column; its open columns are filled in, in place
   * @param time of the event
   * @return the vector itself, or another one if missing values were filled in
   * @throws FailedTransformException if a feature fails: nothing is remembered of the event
   */
  public double[] complete(double[] vector, FeatureInputs inputs, long time)
      throws FailedTransformException {
    workOut(vector, inputs, time);
    return remember(vector, inputs, time);
  }

  /**
   * All of {@link #complete} that may fail: changes the vector, and nothing that is remembered.
   *
   * @throws FailedTransformException if a user's transform fails; our own features cannot
   */
  void workOut(double[] vector, FeatureInputs inputs, long time) throws FailedTransformException {
    for (int i = 0; i < states.length; i++) {
      TransformPart part = plan.transforms().get(i);
      worked[i] = part.values(inputs, states[i]);
      part.write(worked[i].values(), vector);
    }
    List<KeyedFeatures.Part> parts = plan.parts();
    for (int i = 0; i < histories.length; i++) {
      KeyedFeatures.Part part = parts.get(i);
      part.write(histories[i].value(part.ofEvent(inputs), time), vector);
    }
  }

  /** The rest of {@link #complete}, which cannot fail: see {@link History}. */
  double[] remember(double[] vector, FeatureInputs inputs, long time) {
    for (int i = 0; i < states.length; i++) {
      states[i] = worked[i].state();
      worked[i] = null;
    }
    List<KeyedFeatures.Part> parts = plan.parts();
    for (int i = 0; i < histories.length; i++) {
      KeyedFeatures.Part part = parts.get(i);
      double input = part.ofEvent(inputs);
      if (!part.isOfLabels() && !Double.isNaN(input)) {
        histories[i].add(input, time);
      }
    }
    return seenOrNull == null ? vector : seenOrNull.complete(vector);
  }

  /**
   * As {@link #complete}, remembering nothing and leaving alone what is there.
   *
   * @param vector not changed; an open column that is not NaN stays as it is
   * @param inputsOrNull null if there is no event: then open columns stay missing
   * @return the vector itself if there was nothing to fill in, else another one
   * @throws FailedTransformException if a feature fails
   */
  public double[] filled(double[] vector, FeatureInputs inputsOrNull, long time)
      throws FailedTransformException {
    double[] filled = vector;
    for (int i = 0; inputsOrNull != null && i < states.length; i++) {
      TransformPart part = plan.transforms().get(i);
      double[] completed = filled.clone();
      part.write(part.completed(vector, inputsOrNull, states[i]), completed);
      filled = Arrays.equals(completed, filled) ? filled : completed;
    }
    for (int i = 0; inputsOrNull != null && i < histories.length; i++) {
      KeyedFeatures.Part part = plan.parts().get(i);
      double given = vector[part.column()];
      double value =
          Double.isNaN(given) ? histories[i].value(part.ofEvent(inputsOrNull), time) : given;
      if (part.changes(vector, value)) {
        filled = filled == vector ? vector.clone() : filled;
        part.write(value, filled);
      }
    }
    return seenOrNull == null ? filled : seenOrNull.filled(filled);
  }

  /**
   * The label of an event that was answered has come.
   *
   * @param inputs of both
   * @param time when
   */
  public void label(FeatureInputs inputs, long time) {
    List<KeyedFeatures.Part> parts = plan.parts();
    for (int i = 0; i < histories.length; i++) {
      KeyedFeatures.Part part = parts.get(i);
      if (part.isOfLabels()) {
        double input = inputs.label()[part.labelInput()];
        if (!Double.isNaN(input)) {
          histories[i].addLabel(part.ofEvent(inputs), input, time);
        }
      }
    }
  }

  /**
   * Takes over what another one remembers of the same columns; it is not to be used any more.
   *
   * @param schema of this one
   * @param others of the other one
   */
  void takeOver(FeatureSchema schema, KeyFeatures other, FeatureSchema others) {
    for (int i = 0; i < histories.length; i++) {
      int column = others.columns().indexOf(schema.columns().get(plan.parts().get(i).column()));
      for (int j = 0; column >= 0 && j < other.histories.length; j++) {
        if (other.plan.parts().get(j).column() == column) {
          histories[i] = other.histories[j];
        }
      }
    }
    for (int i = 0; i < states.length; i++) {
      int column =
          others.columns().indexOf(schema.columns().get(plan.transforms().get(i).column()));
      for (int j = 0; column >= 0 && j < other.states.length; j++) {
        if (other.plan.transforms().get(j).column() == column) {
          states[i] = other.states[j];
        }
      }
    }
    if (seenOrNull != null && other.seenOrNull != null) {
      seenOrNull.takeOver(schema, other.seenOrNull, others);
    }
  }

  /** Its bytes, see the class. */
  public byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(plan.maxBytes());
    out.put(VERSION).putLong(plan.fingerprint());
    for (History history : histories) {
      history.write(out);
    }
    for (int i = 0; i < states.length; i++) {
      plan.transforms().get(i).write(states[i], out);
    }
    if (seenOrNull != null) {
      out.put(seenOrNull.write());
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  static KeyFeatures read(KeyedFeatures plan, byte[] bytes) throws FeatureStateException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER) {
      throw new FeatureStateException("has only " + bytes.length + " bytes");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new FeatureStateException(
          "is of format " + version + ", and this version reads format " + VERSION);
    }
    if (in.getLong() != plan.fingerprint()) {
      throw new FeatureStateException("is of other features than the spec's");
    }
    KeyFeatures features = new KeyFeatures(plan);
    try {
      for (History history : features.histories) {
        history.read(in);
      }
      for (int i = 0; i < features.states.length; i++) {
        features.states[i] = plan.transforms().get(i).read(in);
      }
    } catch (BufferUnderflowException e) {
      throw new FeatureStateException("ends too early, after " + bytes.length + " bytes");
    } catch (RuntimeException e) {
      throw new FeatureStateException("is broken: " + e);
    }
    if (features.seenOrNull != null) {
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      features.seenOrNull = plan.missingOrNull().read(rest);
    } else if (in.hasRemaining()) {
      throw new FeatureStateException("has " + in.remaining() + " bytes too many");
    }
    return features;
  }

  /** Estimated bytes on the heap. */
  public long liveBytes() {
    long bytes = 64;
    for (History history : histories) {
      bytes += 16 + history.liveBytes();
    }
    for (byte[] state : states) {
      bytes += 24 + state.length;
    }
    return bytes + (seenOrNull == null ? 0 : seenOrNull.liveBytes());
  }
}
