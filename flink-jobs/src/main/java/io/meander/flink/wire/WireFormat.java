/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;

/**
 * How one immutable type travels between two operators of the same job: {@code read} gives back
 * what {@code write} was given. Both ends are always the same code, so that a format carries no
 * version; what is kept (state, topics) does, and is not written by these alone.
 */
public interface WireFormat<T> extends Serializable {

  /** Two formats of the same type are the same format. */
  Class<T> type();

  void write(T value, DataOutput out) throws IOException;

  T read(DataInput in) throws IOException;
}
