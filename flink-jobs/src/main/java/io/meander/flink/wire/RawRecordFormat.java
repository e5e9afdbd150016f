/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.flink.RawRecord;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The record's components in order. */
final class RawRecordFormat implements WireFormat<RawRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public Class<RawRecord> type() {
    return RawRecord.class;
  }

  @Override
  public void write(RawRecord value, DataOutput out) throws IOException {
    Wire.writeText(value.topic(), out);
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    out.writeLong(value.timestamp());
    Wire.writeBytes(value.key(), out);
    Wire.writeBytes(value.value(), out);
    out.writeLong(value.sequence());
    Wire.writeText(value.unreadable(), out);
    out.writeByte(value.kind().code());
    out.writeLong(value.row());
  }

  @Override
  public RawRecord read(DataInput in) throws IOException {
    return new RawRecord(
        Wire.readText(in),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        Wire.readBytes(in),
        Wire.readBytes(in),
        in.readLong(),
        Wire.readText(in),
        RawRecord.Kind.of(in.readByte()),
        in.readLong());
  }
}
