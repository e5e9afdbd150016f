/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.flink.wire.WireFormat;
import io.meander.flink.wire.WireType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * What one task scored of a stretch since it last said so.
 *
 * @param stretch {@link Stretch#text}
 * @param board bytes of a {@link io.meander.models.Board}
 */
record ScoreDelta(String stretch, byte[] board) {

  static final TypeInformation<ScoreDelta> TYPE = new WireType<>(new Format());

  /** The stretch in UTF-8, then the board, each after its length (int). */
  private static final class Format implements WireFormat<ScoreDelta> {

    private static final long serialVersionUID = 1L;

    @Override
    public Class<ScoreDelta> type() {
      return ScoreDelta.class;
    }

    @Override
    public void write(ScoreDelta value, DataOutput out) throws IOException {
      write(value.stretch().getBytes(StandardCharsets.UTF_8), out);
      write(value.board(), out);
    }

    @Override
    public ScoreDelta read(DataInput in) throws IOException {
      return new ScoreDelta(new String(bytes(in), StandardCharsets.UTF_8), bytes(in));
    }

    private static void write(byte[] bytes, DataOutput out) throws IOException {
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    private static byte[] bytes(DataInput in) throws IOException {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return bytes;
    }
  }
}
