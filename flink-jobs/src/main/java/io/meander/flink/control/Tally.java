/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.ControlAck;
import io.meander.flink.learning.ControlMessage.Question;
import io.meander.flink.learning.TaskReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;

/** What the learning tasks have reported so far on one question. Mutable. */
final class Tally {

  private static final int FORMAT = 1;

  private final Question question;
  private final int tasks;
  private final BitSet reported = new BitSet();
  private long live;
  private long unreconciled;
  private long sealed;

  /** Nothing is reported yet on the report's question. */
  Tally(TaskReport report) {
    this(report.question(), report.tasks());
  }

  private Tally(Question question, int tasks) {
    this.question = question;
    this.tasks = tasks;
  }

  void add(TaskReport report) {
    if (!reported.get(report.task())) {
      reported.set(report.task());
      live += report.live();
      unreconciled += report.unreconciled();
      sealed += report.sealed();
    }
  }

  String commandId() {
    return question.decoded().getCommandId();
  }

  int tasks() {
    return tasks;
  }

  boolean isComplete() {
    return reported.cardinality() == tasks;
  }

  ControlAck answer(Instant at) {
    ControlAck answer = question.decoded();
    answer.setAcknowledgedAt(at);
    if (question.kind() == Question.Kind.SEAL) {
      answer.setSealedKeys(sealed);
    } else {
      answer.setLiveKeys(live);
      answer.setUnreconciledKeys(unreconciled);
    }
    return answer;
  }

  /**
   * Layout, in {@code DataOutput}'s encoding: format version byte (1), the question, number of
   * tasks int, number of those that reported int, their indexes int each, live, unreconciled and
   * sealed keys long.
   */
  byte[] write() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(FORMAT);
    question.write(out);
    out.writeInt(tasks);
    out.writeInt(reported.cardinality());
    for (int task = reported.nextSetBit(0); task >= 0; task = reported.nextSetBit(task + 1)) {
      out.writeInt(task);
    }
    out.writeLong(live);
    out.writeLong(unreconciled);
    out.writeLong(sealed);
    return bytes.toByteArray();
  }

  static Tally read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "stored answers are of format " + format + ", this release reads " + FORMAT);
    }
    Tally tally = new Tally(Question.read(in), in.readInt());
    for (int count = in.readInt(); count > 0; count--) {
      tally.reported.set(in.readInt());
    }
    tally.live = in.readLong();
    tally.unreconciled = in.readLong();
    tally.sealed = in.readLong();
    return tally;
  }
}
