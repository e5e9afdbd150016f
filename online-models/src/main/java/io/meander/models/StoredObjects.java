/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Objects of an image in Java serialisation, their length before them, see {@link JavaObjects}. */
final class StoredObjects {

  private StoredObjects() {}

  static void write(
      Object[] objects, Header header, DataOutputStream out, LiveSize live, boolean canonical)
      throws IOException {
    byte[] written =
        canonical
            ? JavaObjects.canonical(objects, header.instances())
            : JavaObjects.write(objects, header.instances(), live);
    out.writeInt(written.length);
    out.write(written);
  }

  /**
   * @param body that {@code in} reads to its end
   * @param of whose objects they are, for a message
   * @throws ModelFormatException if they are cut off, or hold what an image may not
   */
  static Object[] read(DataInputStream in, byte[] body, Header header, LiveSize live, String of)
      throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new ModelFormatException(of + " claims " + length + " of " + in.available() + " bytes");
    }
    Object[] objects =
        JavaObjects.read(
            new ByteArrayInputStream(body, body.length - in.available(), length),
            Object[].class,
            header.instances(),
            live);
    in.skipNBytes(length);
    return objects;
  }
}
