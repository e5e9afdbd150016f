/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureInputs;
import io.meander.models.Answer;
import io.meander.models.Answer.SlotAnswer;
import io.meander.models.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A {@link Waiting} as bytes.
 *
 * <pre>
 * byte    format version   {@value #FORMAT}
 * byte    state            0 open, 1 answered, 2 early, 3 given up
 * long    place, since, arrived at, number of the event's record
 * double  label            NaN for none
 * long    label time
 * double  correction       of a label without its event; NaN for none
 * double  weight           of the event
 * int     values           of the features that follow as doubles; -1 if they are not kept
 * int     inputs           of features over labels that the event brought, as doubles; then
 *                          likewise those that a label without its event did
 * byte    answered         0 if no answer follows
 *         long event time, generation; int served (-1 for combined votes); double no-change,
 *           typical
 *         slices: int count, texts
 *         slots, then background learners: int count, and for each
 *           text slot; long incarnation, trained instances, version; double predicted; votes
 *         if votes were combined, what was served, likewise
 *         text parent            the key of the parent that answered; "" if none did
 * </pre>
 *
 * Texts are Java's modified UTF-8; votes an int and so many doubles, exactly as served.
 */
final class WaitingCodec {

  private static final int FORMAT = 1;
  private static final int MAX_PARTS = 1 << 20;

  private WaitingCodec() {}

  static byte[] write(Waiting waiting) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeByte(waiting.state.code);
      out.writeLong(waiting.place);
      out.writeLong(waiting.since);
      out.writeLong(waiting.arrivedAt);
      out.writeLong(waiting.event);
      out.writeDouble(waiting.label);
      out.writeLong(waiting.labelTime);
      out.writeDouble(waiting.correction);
      out.writeDouble(waiting.weight);
      if (waiting.featuresOrNull == null) {
        out.writeInt(-1);
      } else {
        write(waiting.featuresOrNull, out);
      }
      write(waiting.inputs.event(), out);
      write(waiting.inputs.label(), out);
      out.writeBoolean(waiting.answerOrNull != null);
      if (waiting.answerOrNull != null) {
        write(waiting.answerOrNull, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @param eventId under which it was stored
   * @param key of the models
   */
  static Waiting read(String eventId, String key, byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      Waiting.State state = Waiting.State.of(in.readByte());
      if (format != FORMAT || state == null) {
        throw broken(eventId, key, "is of format " + format + ", not " + FORMAT, null);
      }
      Waiting waiting = new Waiting(state, in.readLong(), in.readLong(), in.readLong());
      waiting.stored = true;
      waiting.event = in.readLong();
      waiting.label = in.readDouble();
      waiting.labelTime = in.readLong();
      waiting.correction = in.readDouble();
      waiting.weight = in.readDouble();
      int values = in.readInt();
      waiting.featuresOrNull = values < 0 ? null : doubles(values, in);
      waiting.inputs = inputs(in);
      waiting.answerOrNull = in.readBoolean() ? answer(eventId, key, in) : null;
      return waiting;
    } catch (IOException | NegativeArraySizeException e) {
      throw broken(eventId, key, "cannot be read", e);
    }
  }

  private static ModelFormatException broken(
      String eventId, String key, String what, Exception cause) {
    return new ModelFormatException(
        "what waits for the label of event '" + eventId + "' of key '" + key + "' " + what, cause);
  }

  private static void write(Answer answer, DataOutputStream out) throws IOException {
    out.writeLong(answer.eventTime());
    out.writeLong(answer.generation());
    out.writeInt(answer.served());
    out.writeDouble(answer.noChange());
    out.writeDouble(answer.typical());
    out.writeInt(answer.slices().length);
    for (String slice : answer.slices()) {
      out.writeUTF(slice);
    }
    write(answer.slots(), out);
    write(answer.backgrounds(), out);
    if (answer.served() == Answer.COMBINED) {
      write(answer.combinedOrNull(), out);
    }
    out.writeUTF(answer.parentOrNull() == null ? "" : answer.parentOrNull());
  }

  private static void write(SlotAnswer[] answers, DataOutputStream out) throws IOException {
    out.writeInt(answers.length);
    for (SlotAnswer slot : answers) {
      write(slot, out);
    }
  }

  private static void write(SlotAnswer slot, DataOutputStream out) throws IOException {
    out.writeUTF(slot.slot());
    out.writeLong(slot.incarnation());
    out.writeLong(slot.trainedInstances());
    out.writeLong(slot.modelVersion());
    out.writeDouble(slot.predicted());
    write(slot.votes(), out);
  }

  private static void write(double[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  private static Answer answer(String eventId, String key, DataInputStream in) throws IOException {
    long eventTime = in.readLong();
    long generation = in.readLong();
    int served = in.readInt();
    double noChange = in.readDouble();
    double typical = in.readDouble();
    String[] slices = new String[count(in.readInt())];
    for (int i = 0; i < slices.length; i++) {
      slices[i] = in.readUTF();
    }
    SlotAnswer[] slots = slots(in);
    SlotAnswer[] backgrounds = slots(in);
    SlotAnswer combined = served == Answer.COMBINED ? slot(in) : null;
    String parent = in.readUTF();
    return new Answer(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        served,
        noChange,
        typical,
        slices,
        backgrounds,
        combined,
        parent.isEmpty() ? null : parent);
  }

  private static SlotAnswer[] slots(DataInputStream in) throws IOException {
    SlotAnswer[] slots = new SlotAnswer[count(in.readInt())];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = slot(in);
    }
    return slots;
  }

  private static SlotAnswer slot(DataInputStream in) throws IOException {
    return new SlotAnswer(
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        doubles(in.readInt(), in));
  }

  private static FeatureInputs inputs(DataInputStream in) throws IOException {
    FeatureInputs inputs = new FeatureInputs(doubles(in.readInt(), in), doubles(in.readInt(), in));
    return inputs.isEmpty() ? FeatureInputs.NONE : inputs;
  }

  private static double[] doubles(int count, DataInputStream in) throws IOException {
    double[] values = new double[count(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  private static int count(int count) throws IOException {
    if (count < 0 || count > MAX_PARTS) {
      throw new IOException("a count of " + count);
    }
    return count;
  }
}
