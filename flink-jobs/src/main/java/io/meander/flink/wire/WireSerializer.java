/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serialises an immutable type for an edge: a copy is the value itself. It refuses to describe
 * itself for a savepoint, because what is kept in Flink's state is bytes that Meander versions.
 */
final class WireSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final WireFormat<T> format;

  WireSerializer(WireFormat<T> format) {
    this.format = format;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  /** A format has no state. */
  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T value, DataOutputView target) throws IOException {
    format.write(value, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return format.read(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return format.read(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    format.write(format.read(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireSerializer<?> that && that.format.type() == format.type();
  }

  @Override
  public int hashCode() {
    return format.type().hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException(
        format.type().getName()
            + " travels between operators and is not kept in state; keep versioned bytes instead");
  }
}
