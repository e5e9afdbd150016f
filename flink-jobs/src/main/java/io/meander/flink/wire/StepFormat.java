/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Scored;
import io.meander.models.Step;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequence, answer (after a byte: 0 none, 1 present), score (0 none, 1 of this step's own answer, 2
 * of another, which follows) and drifts. What background learners answered is not sent. A score of
 * the step's own answer comes back with that very object.
 */
final class StepFormat implements WireFormat<Step> {

  private static final long serialVersionUID = 1L;

  private static final int NONE = 0;
  private static final int PRESENT = 1;
  private static final int OF_ANOTHER = 2;

  @Override
  public Class<Step> type() {
    return Step.class;
  }

  @Override
  public void write(Step step, DataOutput out) throws IOException {
    out.writeLong(step.sequence());
    Answer answer = step.answer();
    out.writeByte(answer == null ? NONE : PRESENT);
    if (answer != null) {
      writeAnswer(answer, out);
    }
    Scored scored = step.scored();
    boolean own = scored != null && scored.answer().equals(answer);
    out.writeByte(scored == null ? NONE : own ? PRESENT : OF_ANOTHER);
    if (scored != null) {
      if (!own) {
        writeAnswer(scored.answer(), out);
      }
      out.writeInt(scored.label());
      out.writeLong(scored.labelTime());
      out.writeInt(scored.majorityWithLabel());
    }
    out.writeInt(step.drifts().size());
    for (DriftSignal drift : step.drifts()) {
      writeDrift(drift, out);
    }
  }

  @Override
  public Step read(DataInput in) throws IOException {
    long sequence = in.readLong();
    Answer answer = in.readByte() == NONE ? null : readAnswer(in);
    int scoredKind = in.readByte();
    Scored scored = null;
    if (scoredKind != NONE) {
      Answer scoredAnswer = scoredKind == PRESENT ? answer : readAnswer(in);
      scored = new Scored(scoredAnswer, in.readInt(), in.readLong(), in.readInt());
    }
    int count = in.readInt();
    List<DriftSignal> drifts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      drifts.add(readDrift(in));
    }
    return new Step(sequence, answer, scored, List.copyOf(drifts));
  }

  private static void writeAnswer(Answer answer, DataOutput out) throws IOException {
    Wire.writeText(answer.eventId(), out);
    Wire.writeText(answer.key(), out);
    out.writeLong(answer.eventTime());
    out.writeLong(answer.generation());
    out.writeInt(answer.slots().length);
    for (Answer.SlotAnswer slot : answer.slots()) {
      Wire.writeText(slot.slot(), out);
      out.writeLong(slot.incarnation());
      out.writeLong(slot.trainedInstances());
      out.writeLong(slot.modelVersion());
      out.writeInt(slot.predicted());
      Wire.writeDoubles(slot.votes(), out);
    }
    out.writeInt(answer.served());
    out.writeInt(answer.noChange());
    out.writeInt(answer.majority());
    Wire.writeTexts(answer.slices(), out);
  }

  private static Answer readAnswer(DataInput in) throws IOException {
    String eventId = Wire.readText(in);
    String key = Wire.readText(in);
    long eventTime = in.readLong();
    long generation = in.readLong();
    Answer.SlotAnswer[] slots = new Answer.SlotAnswer[in.readInt()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] =
          new Answer.SlotAnswer(
              Wire.readText(in),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readInt(),
              Wire.readDoubles(in));
    }
    return new Answer(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        in.readInt(),
        in.readInt(),
        in.readInt(),
        Wire.readTexts(in));
  }

  private static void writeDrift(DriftSignal drift, DataOutput out) throws IOException {
    Wire.writeText(drift.key(), out);
    Wire.writeText(drift.slot(), out);
    out.writeLong(drift.incarnation());
    Wire.writeText(drift.detector(), out);
    Wire.writeText(drift.level().name(), out);
    out.writeLong(drift.instance());
    out.writeLong(drift.eventTime());
    out.writeDouble(drift.errorBefore());
    out.writeDouble(drift.errorAfter());
    Wire.writeText(drift.action().name(), out);
    Wire.writeText(drift.switchedTo(), out);
  }

  private static DriftSignal readDrift(DataInput in) throws IOException {
    return new DriftSignal(
        Wire.readText(in),
        Wire.readText(in),
        in.readLong(),
        Wire.readText(in),
        DriftSignal.Level.valueOf(Wire.readText(in)),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        DriftSignal.Action.valueOf(Wire.readText(in)),
        Wire.readText(in));
  }
}
