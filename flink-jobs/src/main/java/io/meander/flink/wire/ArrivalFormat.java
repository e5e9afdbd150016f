/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.features.FeatureInputs;
import io.meander.flink.learning.DeploymentCodec;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.EventOrigin;
import io.meander.models.KeptVersions;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.models.Order;
import io.meander.models.ParentModel;
import io.meander.models.SlotSpec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A byte, 0 for an event and 1 for a label, then the record's components in order. Of a parent's
 * model 2, target, tasks and what it writes of itself; of a directive 3 and its components.
 */
final class ArrivalFormat implements WireFormat<Arrival> {

  private static final long serialVersionUID = 1L;

  private static final int EVENT = 0;
  private static final int LABEL = 1;
  private static final int PARENT_MODEL = 2;
  private static final int DIRECTIVE = 3;

  @Override
  public Class<Arrival> type() {
    return Arrival.class;
  }

  @Override
  public void write(Arrival value, DataOutput out) throws IOException {
    if (value instanceof ParentModel model) {
      out.writeByte(PARENT_MODEL);
      Wire.writeText(model.target(), out);
      out.writeInt(model.tasks());
      model.write(out);
      return;
    }
    if (value instanceof Directive directive) {
      out.writeByte(DIRECTIVE);
      write(directive, out);
      return;
    }
    out.writeByte(value instanceof Observation ? EVENT : LABEL);
    out.writeLong(value.sequence());
    Wire.writeText(value.eventId(), out);
    Wire.writeText(value.key(), out);
    out.writeLong(value.time());
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    if (value instanceof Observation event) {
      Wire.writeDoubles(event.features(), out);
      out.writeDouble(event.label());
      out.writeDouble(event.weight());
      Wire.writeTexts(event.slices(), out);
      writeInputs(event.inputs(), out);
      writeOrigin(event.originOrNull(), out);
    } else {
      LabelArrival label = (LabelArrival) value;
      out.writeDouble(label.label());
      out.writeBoolean(label.scoreOnly());
      writeInputs(label.inputs(), out);
      out.writeBoolean(label.early());
    }
  }

  @Override
  public Arrival read(DataInput in) throws IOException {
    int kind = in.readByte();
    if (kind == PARENT_MODEL) {
      String target = Wire.readText(in);
      int tasks = in.readInt();
      return ParentModel.read(in).to(target, tasks);
    }
    if (kind == DIRECTIVE) {
      return readDirective(in);
    }
    long sequence = in.readLong();
    String eventId = Wire.readText(in);
    String key = Wire.readText(in);
    long time = in.readLong();
    int partition = in.readInt();
    long offset = in.readLong();
    return switch (kind) {
      case EVENT ->
          new Observation(
              sequence,
              eventId,
              key,
              time,
              Wire.readDoubles(in),
              in.readDouble(),
              in.readDouble(),
              Wire.readTexts(in),
              readInputs(in),
              partition,
              offset,
              readOrigin(in));
      case LABEL ->
          new LabelArrival(
              sequence,
              eventId,
              key,
              time,
              in.readDouble(),
              in.readBoolean(),
              readInputs(in),
              in.readBoolean(),
              partition,
              offset);
      default -> throw new IOException("no arrival is of kind " + kind);
    };
  }

  private static void writeInputs(FeatureInputs inputs, DataOutput out) throws IOException {
    Wire.writeDoubles(inputs.event(), out);
    Wire.writeTexts(inputs.texts(), out);
    Wire.writeDoubles(inputs.label(), out);
  }

  private static FeatureInputs readInputs(DataInput in) throws IOException {
    FeatureInputs inputs =
        new FeatureInputs(Wire.readDoubles(in), Wire.readTexts(in), Wire.readDoubles(in));
    return inputs.isEmpty() ? FeatureInputs.NONE : inputs;
  }

  private static void writeOrigin(EventOrigin originOrNull, DataOutput out) throws IOException {
    out.writeBoolean(originOrNull != null);
    if (originOrNull != null) {
      Wire.writeText(originOrNull.topic(), out);
      out.writeInt(originOrNull.partition());
      out.writeLong(originOrNull.offset());
      out.writeLong(originOrNull.timestamp());
      Wire.writeBytes(originOrNull.key(), out);
      Wire.writeBytes(originOrNull.value(), out);
    }
  }

  private static EventOrigin readOrigin(DataInput in) throws IOException {
    return in.readBoolean()
        ? new EventOrigin(
            Wire.readText(in),
            in.readInt(),
            in.readLong(),
            in.readLong(),
            Wire.readBytes(in),
            Wire.readBytes(in))
        : null;
  }

  private static void write(Directive directive, DataOutput out) throws IOException {
    Wire.writeText(directive.key(), out);
    DeploymentCodec.write(directive.deployment(), out);
    DeploymentCodec.writeOrder(directive.order(), out);
    KeptVersions.Kept kept = directive.payloadOrNull();
    out.writeBoolean(kept != null);
    if (kept != null) {
      Wire.writeText(kept.learned().id(), out);
      Wire.writeText(kept.learned().learner(), out);
      out.writeInt(kept.learned().seed());
      out.writeLong(kept.version());
      out.writeLong(kept.trained());
      Wire.writeBytes(kept.payload(), out);
    }
  }

  private static Directive readDirective(DataInput in) throws IOException {
    String key = Wire.readText(in);
    Deployment deployment = DeploymentCodec.read(in);
    Order order = DeploymentCodec.readOrder(in);
    KeptVersions.Kept kept = null;
    if (in.readBoolean()) {
      SlotSpec slot = new SlotSpec(Wire.readText(in), Wire.readText(in), in.readInt());
      kept = new KeptVersions.Kept(slot, in.readLong(), in.readLong(), Wire.readBytes(in));
    }
    return new Directive(key, deployment, order, kept);
  }
}
