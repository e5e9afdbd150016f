/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.GivenUp;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Scored;
import io.meander.models.ServedFeatures;
import io.meander.models.Step;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequence, time of the timer, weight, answer (after a byte: 0 none, 1 present, 2 a repeated one),
 * score, results of labels and drifts. A score is a byte (0 none, 1 of this step's own answer, 2 of
 * another, which follows) and its other components. What background learners answered is not sent.
 * A score of the step's own answer comes back with that very object. Features are their number (-1
 * for none), then of each its name and its value: a byte (0 missing, 1 number, 2 text) and that.
 */
final class StepFormat implements WireFormat<Step> {

  private static final long serialVersionUID = 1L;

  private static final int NONE = 0;
  private static final int PRESENT = 1;
  private static final int OF_ANOTHER = 2;
  private static final int REPEATED = 2;

  private static final int MISSING = 0;
  private static final int NUMBER = 1;
  private static final int TEXT = 2;

  @Override
  public Class<Step> type() {
    return Step.class;
  }

  @Override
  public void write(Step step, DataOutput out) throws IOException {
    out.writeLong(step.sequence());
    out.writeLong(step.time());
    out.writeDouble(step.weight());
    Answer answer = step.answer();
    out.writeByte(answer == null ? NONE : step.repeated() ? REPEATED : PRESENT);
    if (answer != null) {
      writeAnswer(answer, out);
    }
    writeScored(step.scored(), answer, out);
    out.writeInt(step.labels().size());
    for (LabelResult label : step.labels()) {
      Wire.writeText(label.outcome().name(), out);
      out.writeLong(label.event());
      out.writeDouble(label.label());
      out.writeLong(label.time());
      writeScored(label.scoredOrNull(), answer, out);
      GivenUp why = label.givenUpOrNull();
      Wire.writeText(why == null ? null : why.name(), out);
    }
    out.writeInt(step.drifts().size());
    for (DriftSignal drift : step.drifts()) {
      writeDrift(drift, out);
    }
    writeFeatures(step.featuresOrNull(), out);
  }

  @Override
  public Step read(DataInput in) throws IOException {
    long sequence = in.readLong();
    long time = in.readLong();
    double weight = in.readDouble();
    int kind = in.readByte();
    Answer answer = kind == NONE ? null : readAnswer(in);
    Scored scored = readScored(answer, in);
    int labelCount = in.readInt();
    List<LabelResult> labels = new ArrayList<>(labelCount);
    for (int i = 0; i < labelCount; i++) {
      labels.add(
          new LabelResult(
              LabelOutcome.valueOf(Wire.readText(in)),
              in.readLong(),
              in.readDouble(),
              in.readLong(),
              readScored(answer, in),
              readGivenUp(in)));
    }
    int count = in.readInt();
    List<DriftSignal> drifts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      drifts.add(readDrift(in));
    }
    return new Step(
        sequence,
        answer,
        kind == REPEATED,
        scored,
        List.copyOf(labels),
        List.copyOf(drifts),
        time,
        weight,
        readFeatures(in));
  }

  private static void writeFeatures(ServedFeatures features, DataOutput out) throws IOException {
    out.writeInt(features == null ? -1 : features.names().size());
    if (features == null) {
      return;
    }
    for (int i = 0; i < features.names().size(); i++) {
      Wire.writeText(features.names().get(i), out);
      Object value = features.values().get(i);
      if (value == null) {
        out.writeByte(MISSING);
      } else if (value instanceof Double number) {
        out.writeByte(NUMBER);
        out.writeDouble(number);
      } else {
        out.writeByte(TEXT);
        Wire.writeText((String) value, out);
      }
    }
  }

  private static ServedFeatures readFeatures(DataInput in) throws IOException {
    int count = in.readInt();
    if (count < 0) {
      return null;
    }
    List<String> names = new ArrayList<>(count);
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(Wire.readText(in));
      int kind = in.readByte();
      if (kind == MISSING) {
        values.add(null);
      } else {
        values.add(kind == NUMBER ? (Object) in.readDouble() : Wire.readText(in));
      }
    }
    return new ServedFeatures(names, values);
  }

  private static GivenUp readGivenUp(DataInput in) throws IOException {
    String name = Wire.readText(in);
    return name == null ? null : GivenUp.valueOf(name);
  }

  private static void writeScored(Scored scored, Answer answer, DataOutput out) throws IOException {
    boolean own = scored != null && scored.answer().equals(answer);
    out.writeByte(scored == null ? NONE : own ? PRESENT : OF_ANOTHER);
    if (scored != null) {
      if (!own) {
        writeAnswer(scored.answer(), out);
      }
      out.writeDouble(scored.label());
      out.writeLong(scored.labelTime());
      out.writeDouble(scored.reference());
    }
  }

  private static Scored readScored(Answer answer, DataInput in) throws IOException {
    int kind = in.readByte();
    if (kind == NONE) {
      return null;
    }
    Answer scored = kind == PRESENT ? answer : readAnswer(in);
    return new Scored(scored, in.readDouble(), in.readLong(), in.readDouble());
  }

  private static void writeAnswer(Answer answer, DataOutput out) throws IOException {
    Wire.writeText(answer.eventId(), out);
    Wire.writeText(answer.key(), out);
    out.writeLong(answer.eventTime());
    out.writeLong(answer.generation());
    out.writeInt(answer.slots().length);
    for (Answer.SlotAnswer slot : answer.slots()) {
      writeSlot(slot, out);
    }
    out.writeInt(answer.served());
    if (answer.served() == Answer.COMBINED) {
      writeSlot(answer.combinedOrNull(), out);
    }
    out.writeDouble(answer.noChange());
    out.writeDouble(answer.typical());
    Wire.writeTexts(answer.slices(), out);
    Wire.writeText(answer.parentOrNull(), out);
  }

  private static void writeSlot(Answer.SlotAnswer slot, DataOutput out) throws IOException {
    Wire.writeText(slot.slot(), out);
    out.writeLong(slot.incarnation());
    out.writeLong(slot.trainedInstances());
    out.writeLong(slot.modelVersion());
    out.writeDouble(slot.predicted());
    Wire.writeDoubles(slot.votes(), out);
  }

  private static Answer.SlotAnswer readSlot(DataInput in) throws IOException {
    return new Answer.SlotAnswer(
        Wire.readText(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        Wire.readDoubles(in));
  }

  private static Answer readAnswer(DataInput in) throws IOException {
    String eventId = Wire.readText(in);
    String key = Wire.readText(in);
    long eventTime = in.readLong();
    long generation = in.readLong();
    Answer.SlotAnswer[] slots = new Answer.SlotAnswer[in.readInt()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = readSlot(in);
    }
    int served = in.readInt();
    Answer.SlotAnswer combined = served == Answer.COMBINED ? readSlot(in) : null;
    return new Answer(
        eventId,
        key,
        eventTime,
        generation,
        slots,
        served,
        in.readDouble(),
        in.readDouble(),
        Wire.readTexts(in),
        Answer.NO_BACKGROUNDS,
        combined,
        Wire.readText(in));
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
    out.writeBoolean(drift.featureOrNull() != null);
    if (drift.featureOrNull() != null) {
      drift.featureOrNull().write(out);
    }
    DriftSignal.Evidence evidence = drift.evidenceOrNull();
    out.writeBoolean(evidence != null);
    if (evidence != null) {
      out.writeDouble(evidence.error());
      out.writeLong(evidence.won());
      out.writeLong(evidence.lost());
      out.writeDouble(evidence.confidence());
    }
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
        Wire.readText(in),
        in.readBoolean() ? FeatureWatchSpec.read(in) : null,
        in.readBoolean()
            ? new DriftSignal.Evidence(
                in.readDouble(), in.readLong(), in.readLong(), in.readDouble())
            : null);
  }
}
