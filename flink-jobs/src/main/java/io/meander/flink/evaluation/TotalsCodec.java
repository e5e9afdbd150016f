/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Score;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The totals as they are kept in state: a byte of format version (1), the number of scores (int),
 * then each slot's id (modified UTF-8) and score.
 */
final class TotalsCodec {

  private static final int VERSION = 1;

  private TotalsCodec() {}

  static byte[] write(Map<String, Score> scores) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeInt(scores.size());
      for (Map.Entry<String, Score> score : scores.entrySet()) {
        out.writeUTF(score.getKey());
        score.getValue().write(out);
      }
    }
    return bytes.toByteArray();
  }

  static List<ScoreDelta> read(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException(
            "totals of format version " + version + "; this release reads " + VERSION);
      }
      int count = in.readInt();
      List<ScoreDelta> scores = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        scores.add(new ScoreDelta(in.readUTF(), Score.read(in)));
      }
      return scores;
    }
  }
}
