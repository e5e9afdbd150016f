/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecordBase;

/** Single-object encoding after its length. */
public final class AvroFormat<T extends SpecificRecordBase> implements WireFormat<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;

  public AvroFormat(Class<T> type) {
    this.type = type;
  }

  @Override
  public Class<T> type() {
    return type;
  }

  @Override
  public void write(T value, DataOutput out) throws IOException {
    Wire.writeBytes(AvroEncoding.encode(value), out);
  }

  @Override
  public T read(DataInput in) throws IOException {
    try {
      return AvroEncoding.decode(Wire.readBytes(in), type);
    } catch (MalformedEventException e) {
      throw new IOException("bytes that this job wrote itself", e);
    }
  }
}
