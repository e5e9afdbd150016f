/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink's view of a {@link WireFormat}: an immutable type that is neither a key nor kept in state.
 */
public final class WireType<T> extends TypeInformation<T> {

  private static final long serialVersionUID = 1L;

  private final WireFormat<T> format;

  public WireType(WireFormat<T> format) {
    this.format = format;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return format.type();
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new WireSerializer<>(format);
  }

  @Override
  public String toString() {
    return "WireType<" + format.type().getSimpleName() + ">";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireType<?> that && that.format.type() == format.type();
  }

  @Override
  public int hashCode() {
    return format.type().hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WireType;
  }
}
