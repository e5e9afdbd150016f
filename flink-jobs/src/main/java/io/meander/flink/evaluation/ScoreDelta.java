/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.flink.wire.WireFormat;
import io.meander.flink.wire.WireType;
import io.meander.models.Score;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * What one task scored since it last said so.
 *
 * @param slot a slot's id, or one of the reserved ones of results
 * @param score handed over: the sender does not touch it again
 */
record ScoreDelta(String slot, Score score) {

  static final TypeInformation<ScoreDelta> TYPE = new WireType<>(new Format());

  /** The slot's id in modified UTF-8, then the score. */
  private static final class Format implements WireFormat<ScoreDelta> {

    private static final long serialVersionUID = 1L;

    @Override
    public Class<ScoreDelta> type() {
      return ScoreDelta.class;
    }

    @Override
    public void write(ScoreDelta value, DataOutput out) throws IOException {
      out.writeUTF(value.slot());
      value.score().write(out);
    }

    @Override
    public ScoreDelta read(DataInput in) throws IOException {
      return new ScoreDelta(in.readUTF(), Score.read(in));
    }
  }
}
