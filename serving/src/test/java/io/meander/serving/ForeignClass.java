/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** A payload that is whole and right but for the class that it says it holds. */
final class ForeignClass {

  private ForeignClass() {}

  /**
   * @param payload of a Hoeffding tree
   */
  static byte[] in(byte[] payload) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(payload);
    in.position(2);
    for (int i = 0; i < 3; i++) {
      in.position(in.position() + 1 + in.get(in.position()));
    }
    int header = in.position();
    byte[] body = new byte[in.getInt()];
    in.getInt();
    byte[] compressed = new byte[in.remaining()];
    in.get(compressed);
    Zstd.decompress(body, compressed);

    byte[] foreign = replaced(body);
    byte[] again = Zstd.compress(foreign, 3);
    ByteBuffer out = ByteBuffer.allocate(header + 2 * Integer.BYTES + again.length);
    out.put(payload, 0, header).putInt(foreign.length);
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.position());
    crc.update(again);
    out.putInt((int) crc.getValue()).put(again);
    return out.array();
  }

  /** With the first class description's name and version those of {@link File}. */
  private static byte[] replaced(byte[] body) throws IOException {
    String tree = "moa.classifiers.trees.HoeffdingTree";
    int at = new String(body, StandardCharsets.ISO_8859_1).indexOf(tree) - Short.BYTES;
    int after = at + Short.BYTES + tree.length() + Long.BYTES;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(body, 0, at);
    out.writeUTF(File.class.getName());
    out.writeLong(ObjectStreamClass.lookup(File.class).getSerialVersionUID());
    out.write(body, after, body.length - after);
    return bytes.toByteArray();
  }
}
