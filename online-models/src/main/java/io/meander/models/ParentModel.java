/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A slot's model that a parent has published, on its way to one of the tasks that hold children.
 * Its bytes are
 *
 * <pre>
 * byte   format version  {@value #FORMAT}
 * UTF    parent, slot, learner; int seed
 * long   incarnation, trained instances, version
 * int    classes, and so many UTF
 * int    length of the payload, and its bytes
 * </pre>
 *
 * @param target a key text that belongs to the task it is for, and to no model
 * @param tasks that get a copy each
 * @param parent the parent's key text
 * @param slot whose model it is; a child copies only what it would make itself
 * @param incarnation of the parent's slot
 * @param trainedInstances in that life
 * @param version of the publication
 * @param classes the class list it was learned under
 * @param payload as {@link LearnerCodec} writes it
 */
public record ParentModel(
    String target,
    int tasks,
    String parent,
    SlotSpec slot,
    long incarnation,
    long trainedInstances,
    long version,
    List<String> classes,
    byte[] payload)
    implements Arrival {

  private static final int FORMAT = 1;

  public ParentModel {
    classes = List.copyOf(classes);
  }

  /** The same for another task. */
  public ParentModel to(String otherTarget, int ofTasks) {
    return new ParentModel(
        otherTarget,
        ofTasks,
        parent,
        slot,
        incarnation,
        trainedInstances,
        version,
        classes,
        payload);
  }

  @Override
  public String key() {
    return target;
  }

  /** All but where it goes. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeUTF(parent);
    out.writeUTF(slot.id());
    out.writeUTF(slot.learner());
    out.writeInt(slot.seed());
    out.writeLong(incarnation);
    out.writeLong(trainedInstances);
    out.writeLong(version);
    out.writeInt(classes.size());
    for (String name : classes) {
      out.writeUTF(name);
    }
    out.writeInt(payload.length);
    out.write(payload);
  }

  /**
   * What {@link #write} wrote, for no task in particular.
   *
   * @throws IOException if the bytes are not that
   */
  public static ParentModel read(DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("a parent's model of format " + format + ", not " + FORMAT);
    }
    String parent = in.readUTF();
    SlotSpec slot = new SlotSpec(in.readUTF(), in.readUTF(), in.readInt());
    long incarnation = in.readLong();
    long trained = in.readLong();
    long version = in.readLong();
    List<String> classes = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      classes.add(in.readUTF());
    }
    byte[] payload = new byte[in.readInt()];
    in.readFully(payload);
    return new ParentModel("", 0, parent, slot, incarnation, trained, version, classes, payload);
  }
}
