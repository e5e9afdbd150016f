/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.MalformedEventException;
import io.meander.models.Deployment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the gate tells every learning task.
 *
 * @param deployment the current one, whole
 * @param questionOrNull what the tasks are asked beside
 */
public record ControlMessage(Deployment deployment, Question questionOrNull) {

  /** Nothing is asked. */
  public ControlMessage(Deployment deployment) {
    this(deployment, null);
  }

  /**
   * A command that only the tasks can answer.
   *
   * @param answer the acknowledgement as far as the gate knows it, encoded
   */
  public record Question(Kind kind, byte[] answer) {

    /** What is asked. */
    public enum Kind {
      /** Count your keys. */
      STATUS,
      /** Write images of all keys that have a log, and of all keys from now on. */
      SEAL,
      /** Write logs again; nothing is answered. */
      RELEASE
    }

    public static Question of(Kind kind, ControlAck answer) {
      return new Question(kind, AvroEncoding.encode(answer));
    }

    /** The acknowledgement as far as the gate knows it. */
    public ControlAck decoded() {
      try {
        return AvroEncoding.decode(answer, ControlAck.class);
      } catch (MalformedEventException e) {
        throw new IllegalStateException("an acknowledgement of our own cannot be read", e);
      }
    }

    /** Layout: kind UTF, length of the answer int, the answer. */
    public void write(DataOutput out) throws IOException {
      out.writeUTF(kind.name());
      out.writeInt(answer.length);
      out.write(answer);
    }

    /** Reads what {@link #write} wrote. */
    public static Question read(DataInput in) throws IOException {
      Kind kind = Kind.valueOf(in.readUTF());
      byte[] answer = new byte[in.readInt()];
      in.readFully(answer);
      return new Question(kind, answer);
    }

    byte[] toBytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      write(new DataOutputStream(bytes));
      return bytes.toByteArray();
    }

    static Question of(byte[] bytes) throws IOException {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
  }
}
