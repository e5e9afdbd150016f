/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.models.Observation;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The record's components in order. */
final class ObservationFormat implements WireFormat<Observation> {

  private static final long serialVersionUID = 1L;

  @Override
  public Class<Observation> type() {
    return Observation.class;
  }

  @Override
  public void write(Observation value, DataOutput out) throws IOException {
    out.writeLong(value.sequence());
    Wire.writeText(value.eventId(), out);
    Wire.writeText(value.key(), out);
    out.writeLong(value.eventTime());
    Wire.writeDoubles(value.features(), out);
    out.writeInt(value.label());
    out.writeDouble(value.weight());
    Wire.writeTexts(value.slices(), out);
  }

  @Override
  public Observation read(DataInput in) throws IOException {
    return new Observation(
        in.readLong(),
        Wire.readText(in),
        Wire.readText(in),
        in.readLong(),
        Wire.readDoubles(in),
        in.readInt(),
        in.readDouble(),
        Wire.readTexts(in));
  }
}
